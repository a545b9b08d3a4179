package dev.synthlab.batch;

import dev.synthlab.json.Json;
import dev.synthlab.llm.PromptTemplate;
import dev.synthlab.logging.Redactor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.ObjectReader;

/**
 * Turns input lines into requests: lines of OpenAI Batch, with {@code messages} or with {@code
 * prompt}, and columns by a template. Adds the options of the run. Safe for use by many threads.
 */
final class RowParser {
  private static final int MAX_REASON = 200;
  private static final Pattern HINT =
      Pattern.compile(
          ", from `[^`]*`|: was expecting \\(JSON.*| \\(code \\d+\\)|: enable `.*|: maybe a .*"
              + "|[:;,(]?[^:;,(]*([Ff]eature[ `'].*|`\\w+Feature.*)");

  /** The end of a url in any form: with a version, a server or a deployment before, or without. */
  private static final Pattern CHAT = Pattern.compile("(?:.*/)?chat/completions/*(?:\\?.*)?");

  private static final Pattern EMBEDDINGS = Pattern.compile("(?:.*/)?embeddings/*(?:\\?.*)?");
  private static final Set<String> ASKING = Set.of("body", "messages", "prompt");
  private static final Set<String> REQUEST_KEYS =
      Set.of("custom_id", "method", "url", "body", "messages", "prompt");

  private final BulkOptions options;
  private final Optional<PromptTemplate> template;
  private final Optional<PromptTemplate> system;
  private final ObjectReader reader =
      Json.mapper()
          .readerFor(Object.class)
          .with(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .with(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);

  RowParser(BulkOptions options) {
    this.options = options;
    this.template = template(options.input().format());
    this.system = system(options);
  }

  /** A table without a template must have a column of prompts. */
  private static Optional<PromptTemplate> template(InputFormat format) {
    return format.tabular()
        ? format.template().or(() -> Optional.of(PromptTemplate.of("{{prompt}}")))
        : format.template();
  }

  /** The system message is a template only where rows are columns. */
  private static Optional<PromptTemplate> system(BulkOptions options) {
    boolean columns =
        options.input().format().tabular() || options.input().format().template().isPresent();
    return columns ? options.request().system().map(PromptTemplate::of) : Optional.empty();
  }

  /** All templates that are filled with the columns of a row. */
  static Stream<PromptTemplate> templates(BulkOptions options) {
    return Stream.concat(options.input().format().template().stream(), system(options).stream());
  }

  /** Whether the system message needs columns, too. */
  boolean fillsSystem() {
    return system.stream().anyMatch(text -> !text.variables().isEmpty());
  }

  /** The needed column that a valid line lacks. */
  Optional<String> missing(InputRows.Line line) {
    try {
      Map<String, Object> object = object(line);
      Optional<String> id =
          options.input().format().idColumn().filter(column -> object.get(column) == null);
      if (id.isPresent()) {
        return Optional.of("it has no \"" + id.get() + "\", which --id names");
      }
      filled(body(object), object);
      return Optional.empty();
    } catch (MissingColumn e) {
      return Optional.of(String.valueOf(e.getMessage()));
    } catch (Malformed e) {
      return Optional.empty();
    }
  }

  Row parse(Row.Key key, InputRows.Line line) {
    Map<String, Object> columns = new LinkedHashMap<>();
    try {
      Map<String, Object> object = object(line);
      Set<String> request =
          options.input().format().tabular() || templated(object)
              ? Set.of("custom_id")
              : REQUEST_KEYS;
      object.forEach(
          (name, value) -> {
            if (!request.contains(name)) {
              columns.put(name, value);
            }
          });
      if (object.containsKey("body") && isEmbedding(object)) {
        return embedding(key, object, columns);
      }
      return new Row.Ready(key, filled(body(object), object), columns);
    } catch (Malformed e) {
      return new Row.Invalid(key, "line " + key.line() + ": " + e.getMessage(), columns);
    }
  }

  private Map<String, Object> object(InputRows.Line line) {
    if (line.tooLong()) {
      throw new Malformed("the line is longer than " + (LineReader.MAX_INPUT >> 20) + " MB");
    }
    if (line.unusableId()) {
      throw new Malformed("its id is neither a text nor a number");
    }
    line.problem()
        .ifPresent(
            why -> {
              throw new Malformed(why);
            });
    return object(line.bytes());
  }

  private Map<String, Object> object(byte[] line) {
    try {
      int from = RowHasher.start(line, 0, line.length);
      Object value = reader.readValue(line, from, line.length - from);
      return asMap(value, "the line is not a JSON object");
    } catch (JacksonException e) {
      throw new Malformed("not JSON: " + reason(e));
    }
  }

  /** The reason in the message of the parser, without its hints for programmers. */
  static String reason(JacksonException e) {
    String told = String.valueOf(e.getOriginalMessage()).lines().findFirst().orElse("");
    if (told.startsWith("Trailing token")) {
      return "something follows the object";
    }
    String reason = HINT.matcher(told).replaceAll("");
    String begun = Redactor.redactBeginning(reason, MAX_REASON);
    return reason.length() <= MAX_REASON ? begun : begun + "…";
  }

  private static Object fill(PromptTemplate template, Map<String, Object> columns) {
    try {
      return template.fill(columns);
    } catch (IllegalArgumentException e) {
      throw new MissingColumn(String.valueOf(e.getMessage()));
    }
  }

  /** A request wins over the template, unless the template names a key of the request. */
  private boolean templated(Map<String, Object> object) {
    if (template.isEmpty()) {
      return false;
    }
    boolean request =
        object.get("body") instanceof Map<?, ?>
            || object.get("messages") instanceof List<?>
            || object.get("prompt") instanceof String;
    return !request
        || options.input().format().tabular()
        || template.get().variables().stream().anyMatch(ASKING::contains);
  }

  private Map<String, Object> body(Map<String, Object> object) {
    if (templated(object)) {
      Object prompt = fill(template.orElseThrow(), object);
      Map<String, Object> body = new LinkedHashMap<>();
      body.put("messages", List.of(message("user", prompt)));
      return body;
    }
    return ownBody(object);
  }

  /** In a fixed order: the same row is the same bytes in every process. */
  private static Map<String, Object> message(String role, Object content) {
    Map<String, Object> message = new LinkedHashMap<>();
    message.put("role", role);
    message.put("content", content);
    return message;
  }

  private static Map<String, Object> ownBody(Map<String, Object> object) {
    if (object.containsKey("body")) {
      checkAddress(object);
      Map<String, Object> body = asMap(object.get("body"), "its body is not a JSON object");
      messages(body);
      return new LinkedHashMap<>(body);
    }
    Map<String, Object> body = new LinkedHashMap<>();
    if (object.containsKey("messages")) {
      body.put("messages", messages(object));
    } else if (object.get("prompt") instanceof String prompt) {
      body.put("messages", List.of(message("user", prompt)));
    } else if (object.containsKey("prompt")) {
      throw new Malformed("its prompt is not a text");
    } else {
      throw new Malformed("it has neither body, messages nor prompt");
    }
    return body;
  }

  private Row embedding(Row.Key key, Map<String, Object> object, Map<String, Object> columns) {
    checkAddress(object);
    Map<String, Object> body =
        asMap(object.getOrDefault("body", ""), "its body is not a JSON object");
    options.model().embedding().ifPresent(model -> put(body, "model", model));
    options.request().parameters().forEach((name, value) -> put(body, name, value));
    options.model().local().ifPresent(model -> body.put("model", model));
    try {
      boolean base64 = "base64".equals(body.get("encoding_format"));
      return new Row.Embed(key, EmbeddingRowCodec.request(body), base64, columns);
    } catch (IllegalArgumentException e) {
      throw new Malformed(String.valueOf(e.getMessage()));
    }
  }

  private static boolean isEmbedding(Map<String, Object> object) {
    return object.get("url") instanceof String url && EMBEDDINGS.matcher(url).matches();
  }

  private static void checkAddress(Map<String, Object> object) {
    Object url = object.get("url");
    boolean chat = url == null || (url instanceof String text && CHAT.matcher(text).matches());
    if (!chat && !isEmbedding(object)) {
      throw new Malformed(
          "its url is "
              + url
              + "; it must end with /chat/completions or /embeddings, or be left out");
    }
    Object method = object.getOrDefault("method", "POST");
    if (!"POST".equals(method.toString().toUpperCase(Locale.ROOT))) {
      throw new Malformed("its method is " + method + "; only POST is served");
    }
  }

  private static List<Object> messages(Map<String, Object> object) {
    if (!(object.get("messages") instanceof List<?> list) || list.isEmpty()) {
      throw new Malformed("its messages are not a list with at least one message");
    }
    List<Object> messages = new ArrayList<>();
    for (Object message : list) {
      messages.add(asMap(message, "one of its messages is not a JSON object"));
    }
    return messages;
  }

  /** The body wins over the options, or with --override the options over the body. */
  private Map<String, Object> filled(Map<String, Object> body, Map<String, Object> columns) {
    body.remove("stream");
    body.remove("stream_options");
    options.model().name().ifPresent(model -> put(body, "model", model));
    options.request().temperature().ifPresent(value -> put(body, "temperature", value));
    options.request().maxTokens().ifPresent(tokens -> putMaxTokens(body, tokens));
    options.request().parameters().forEach((name, value) -> put(body, name, value));
    options.model().local().ifPresent(model -> body.put("model", model));
    options.request().system().ifPresent(text -> putSystem(body, text, columns));
    return body;
  }

  private void put(Map<String, Object> body, String name, Object value) {
    if (options.request().override() || body.get(name) == null) {
      body.put(name, value);
    }
  }

  private void putMaxTokens(Map<String, Object> body, int tokens) {
    String newer = "max_completion_tokens";
    if (body.get(newer) == null) {
      put(body, "max_tokens", tokens);
    } else {
      put(body, newer, tokens);
    }
  }

  private void putSystem(Map<String, Object> body, String text, Map<String, Object> columns) {
    List<Object> messages = messages(body);
    boolean present = messages.stream().anyMatch(RowParser::setsRules);
    if (present && !options.request().override()) {
      return;
    }
    messages.removeIf(RowParser::setsRules);
    Object content = system.isPresent() ? fill(system.get(), columns) : text;
    messages.addFirst(message("system", content));
    body.put("messages", messages);
  }

  private static boolean setsRules(Object message) {
    Object role = message instanceof Map<?, ?> map ? map.get("role") : null;
    return "system".equals(role) || "developer".equals(role);
  }

  private static Map<String, Object> asMap(Object value, String otherwise) {
    if (!(value instanceof Map<?, ?> map)) {
      throw new Malformed(otherwise);
    }
    Map<String, Object> copy = new LinkedHashMap<>();
    map.forEach((name, part) -> copy.put(String.valueOf(name), part));
    return copy;
  }

  /** The model in a request body. */
  static Optional<String> model(Map<String, Object> body) {
    return body.get("model") instanceof String model ? Optional.of(model) : Optional.empty();
  }

  private static class Malformed extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Malformed(String why) {
      super(why, null, false, false);
    }
  }

  private static final class MissingColumn extends Malformed {
    private static final long serialVersionUID = 1L;

    MissingColumn(String why) {
      super(why);
    }
  }
}
