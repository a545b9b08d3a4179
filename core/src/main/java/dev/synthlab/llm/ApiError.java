package dev.synthlab.llm;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * An error of the API in the body of a response with a success status: an object, a text, a list of
 * them, or one within another.
 *
 * @param codes the codes that it gives, the most exact one first: words, then numbers
 * @param message the words of the server
 */
record ApiError(List<String> codes, String message) {
  private static final List<String> CODES = List.of("code", "type", "status", "status_code");
  private static final List<String> MESSAGES =
      List.of("message", "msg", "detail", "error", "description");
  private static final int MIN_STATUS = 400;

  /** The error that the value of an {@code error} field states; empty if it states none. */
  static Optional<ApiError> of(JsonNode value) {
    if (value.isString() || value.isNumber()) {
      return Optional.of(value.asString().strip())
          .filter(said -> !said.isEmpty() && !said.equals("0"))
          .map(said -> new ApiError(List.of(said), said));
    }
    if (value.isArray()) {
      return value.valueStream().flatMap(each -> of(each).stream()).findFirst();
    }
    return value.isObject() ? object(value) : Optional.empty();
  }

  private static Optional<ApiError> object(JsonNode error) {
    List<String> codes = codes(error);
    Optional<String> message = message(error);
    Optional<ApiError> inner = of(error.path("error"));
    if (inner.isPresent() && message.filter(m -> !m.equals(inner.get().message())).isEmpty()) {
      List<String> all = new ArrayList<>(inner.get().codes());
      all.addAll(codes);
      return Optional.of(new ApiError(all, inner.get().message()));
    }
    boolean silent = codes.isEmpty() && message.isEmpty() && error.valueStream().allMatch(ApiError::isBlank);
    return silent
        ? Optional.empty()
        : Optional.of(new ApiError(codes, message.orElseGet(error::toString)));
  }

  /** The error that a whole body or event states where an answer should be. */
  static Optional<ApiError> in(JsonNode body) {
    if (body.isArray()) {
      return body.valueStream().flatMap(each -> in(each).stream()).findFirst();
    }
    Optional<ApiError> named = of(body.path("error")).or(() -> of(body.path("errors")));
    if (named.isPresent() || !body.isObject()) {
      return named;
    }
    boolean isError =
        body.path("object").asString("").equals("error")
            || body.path("type").asString("").equals("error")
            || body.has("detail")
            || (message(body).isPresent() && codes(body).stream().anyMatch(ApiError::isStatus));
    return isError ? object(body) : Optional.empty();
  }

  private static boolean isBlank(JsonNode value) {
    return value.isNull()
        || (value.isContainer() && value.isEmpty())
        || (value.isValueNode() && (value.asString().isBlank() || value.asString().equals("0")));
  }

  private static boolean isStatus(String code) {
    return code.matches("\\d{3}") && Integer.parseInt(code) >= MIN_STATUS;
  }

  private static List<String> codes(JsonNode error) {
    List<String> words = new ArrayList<>();
    List<String> numbers = new ArrayList<>();
    for (String name : CODES) {
      JsonNode code = error.path(name);
      if (code.isString() || code.isIntegralNumber()) {
        String text = code.asString().strip();
        (text.matches("-?\\d*") ? numbers : words).add(text);
      }
    }
    numbers.removeIf(number -> number.isEmpty() || number.equals("0"));
    words.addAll(numbers);
    return words;
  }

  private static Optional<String> message(JsonNode error) {
    for (String name : MESSAGES) {
      JsonNode value = error.path(name);
      if (value.isString() && !value.asString().isBlank()) {
        return Optional.of(value.asString());
      }
    }
    return Optional.empty();
  }
}
