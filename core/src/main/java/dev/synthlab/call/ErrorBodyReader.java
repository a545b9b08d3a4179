package dev.synthlab.call;

import dev.synthlab.http.Headers;
import dev.synthlab.json.Json;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.StreamSupport;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * A reader of one {@link ErrorBody}. Inner objects are read before outer ones, and what is found
 * first is kept.
 */
final class ErrorBodyReader {
  private static final int MAX_DEPTH = 6;
  private static final int MAX_ITEMS = 20;
  private static final int WORD_LIMIT = 100;
  private static final int EXCERPT_LIMIT = 200;

  private static final List<String> CONTAINERS = List.of("error", "errors", "fault");
  private static final List<String> CODES =
      List.of("code", "type", "status", "statusCode", "status_code", "error_type", "errorcode");
  private static final List<String> MESSAGES =
      List.of("message", "error_description", "detail", "msg", "Message", "faultstring", "title");
  private static final List<String> WAITS =
      List.of("retryDelay", "retry_after", "retryAfter", "estimated_time");
  private static final List<String> REASONS = List.of("reason", "quotaId", "limit_source");

  /** Words that say nothing, as some servers write instead of null. */
  private static final Set<String> EMPTY = Set.of("error", "none", "null", "undefined");

  private final Set<String> codes = new LinkedHashSet<>();
  private final Set<String> reasons = new LinkedHashSet<>();
  private Optional<String> parameter = Optional.empty();
  private Optional<String> message = Optional.empty();
  private Optional<String> wait = Optional.empty();
  private Headers headers = Headers.NONE;

  private ErrorBodyReader() {}

  static ErrorBody read(String text) {
    return json(text)
        .map(root -> of(root, errorOr(root)))
        .orElseGet(() -> ErrorBody.of("", Fault.beginning(text.strip(), EXCERPT_LIMIT)));
  }

  static Optional<ErrorBody> of(JsonNode value) {
    return says(value) ? Optional.of(of(value, value)) : Optional.empty();
  }

  static Optional<ErrorBody> in(JsonNode root) {
    if (root.isArray()) {
      return StreamSupport.stream(root.spliterator(), false)
          .limit(MAX_ITEMS)
          .filter(JsonNode::isObject)
          .flatMap(each -> in(each).stream())
          .findFirst();
    }
    JsonNode choices = root.path("choices");
    boolean answer = choices.isArray() || root.path("data").isArray();
    if (says(root.path("error")) || (!answer && isError(root))) {
      return Optional.of(of(root, errorOr(root)));
    }
    return of(choices.path(0).path("error"));
  }

  /** The part that is shown if there is no message. */
  private static JsonNode errorOr(JsonNode root) {
    return root.path("error").isObject() ? root.path("error") : root;
  }

  /** Whether an object that is no answer describes an error without a field of that name. */
  private static boolean isError(JsonNode root) {
    boolean status =
        CODES.stream().flatMap(name -> word(root, name).stream()).anyMatch(ErrorCodes::isStatus);
    return says(root.path("errors"))
        || says(root.path("detail"))
        || root.path("object").asString("").equals("error")
        || root.path("type").asString("").equals("error")
        || (status && says(root.path("message")));
  }

  private static ErrorBody of(JsonNode root, JsonNode shown) {
    ErrorBodyReader reader = new ErrorBodyReader();
    reader.describe(root, 0);
    return new ErrorBody(
        List.copyOf(reader.codes),
        List.copyOf(reader.reasons),
        reader.parameter,
        reader.message.orElseGet(shown::toString),
        reader.wait,
        reader.headers);
  }

  private void describe(JsonNode node, int depth) {
    if (depth > MAX_DEPTH) {
      return;
    }
    if (node.isString()) {
      Optional<JsonNode> inner = json(node.asString());
      inner.ifPresentOrElse(each -> describe(each, depth + 1), () -> keepMessage(node.asString()));
    } else if (node.isArray()) {
      items(node).forEach(each -> describe(each, depth + 1));
    } else if (node.isObject()) {
      CONTAINERS.forEach(name -> describe(node.path(name), depth + 1));
      fields(node, depth);
    }
  }

  private void fields(JsonNode node, int depth) {
    CODES.forEach(name -> word(node, name).ifPresent(codes::add));
    REASONS.forEach(name -> word(node, name).ifPresent(reasons::add));
    parameter = parameter.or(() -> word(node, "param"));
    WAITS.forEach(name -> wait = wait.or(() -> time(node.path(name))));
    JsonNode place = node.path("loc");
    Optional<String> before = message;
    MESSAGES.forEach(name -> describe(node.path(name), depth + 1));
    if (before.isEmpty() && place.isArray() && !place.isEmpty()) {
      message = message.map(text -> text + " (" + path(place) + ")");
    }
    describe(node.path("details"), depth + 1);
    describe(node.path("violations"), depth + 1);
    word(node.path("innererror"), "code").ifPresent(reasons::add);
    metadata(node.path("metadata"), depth);
  }

  /** What a router adds about the server behind it. */
  private void metadata(JsonNode node, int depth) {
    word(node, "limit_source").ifPresent(reasons::add);
    REASONS.forEach(name -> word(node, name).ifPresent(reasons::add));
    WAITS.forEach(name -> wait = wait.or(() -> time(node.path(name))));
    node.path("headers").properties().stream()
        .limit(MAX_ITEMS)
        .forEach(
            field ->
                text(field.getValue())
                    .ifPresent(value -> headers = headers.with(field.getKey(), value)));
    if (node.path("raw").isString()) {
      ErrorBodyReader behind = new ErrorBodyReader();
      behind.describe(node.path("raw"), depth + 1);
      behind.message.ifPresent(
          text ->
              message =
                  Optional.of(
                      message.map(own -> own + ": ").orElse("")
                          + Fault.beginning(text, EXCERPT_LIMIT)));
    }
  }

  private void keepMessage(String text) {
    if (message.isEmpty() && !text.isBlank()) {
      message = Optional.of(text.strip());
    }
  }

  private static Optional<JsonNode> json(String text) {
    String stripped = text.strip();
    if (!stripped.startsWith("{") && !stripped.startsWith("[")) {
      return Optional.empty();
    }
    try {
      return Optional.of(Json.mapper().readTree(stripped));
    } catch (JacksonException e) {
      return Optional.empty(); // plain words, or JSON that was cut off
    }
  }

  private static List<JsonNode> items(JsonNode array) {
    List<JsonNode> items = new ArrayList<>();
    for (int i = 0; i < Math.min(array.size(), MAX_ITEMS); i++) {
      items.add(array.get(i));
    }
    return items;
  }

  private static String path(JsonNode place) {
    return String.join(".", items(place).stream().map(each -> each.asString("")).toList());
  }

  /** A time with its unit: a number is seconds, an object is that of Google's RetryInfo. */
  private static Optional<String> time(JsonNode value) {
    if (value.isObject()) {
      return text(value.path("seconds"));
    }
    return text(value);
  }

  /** Whether a value is there and says something. */
  private static boolean says(JsonNode value) {
    boolean nothing =
        value.isMissingNode()
            || value.isNull()
            || (value.isBoolean() && !value.booleanValue())
            || (value.isString() && value.asString().isBlank())
            || (value.isContainer() && value.isEmpty());
    return !nothing;
  }

  private static Optional<String> word(JsonNode node, String name) {
    return text(node.path(name))
        .filter(word -> !EMPTY.contains(word.toLowerCase(Locale.ROOT)))
        .map(word -> Fault.beginning(word, WORD_LIMIT));
  }

  private static Optional<String> text(JsonNode value) {
    return value.isString() || value.isNumber()
        ? Optional.of(value.asString()).map(String::strip).filter(text -> !text.isEmpty())
        : Optional.empty();
  }
}
