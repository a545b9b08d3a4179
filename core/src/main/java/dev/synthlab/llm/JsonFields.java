package dev.synthlab.llm;

import java.util.Optional;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * Reads values that all responses have; a value of an unexpected type counts as missing. The parser
 * is at the value, and is left at its end.
 */
final class JsonFields {
  private JsonFields() {}

  static Optional<String> string(JsonParser in, JsonToken value) {
    if (value == JsonToken.VALUE_STRING) {
      return Optional.of(in.getString());
    }
    in.skipChildren();
    return Optional.empty();
  }

  static long count(JsonParser in, JsonToken value) {
    if (value == JsonToken.VALUE_NUMBER_INT) {
      return Math.max(0, in.getLongValue());
    }
    in.skipChildren();
    return 0;
  }

  /** The tokens, by the names in embedding and image responses; empty beyond the limit. */
  static Optional<Usage> usage(JsonParser in, JsonToken start, TokenLimit limit) {
    if (start != JsonToken.START_OBJECT) {
      in.skipChildren();
      return Optional.empty();
    }
    long input = 0;
    long output = 0;
    while (in.nextToken() == JsonToken.PROPERTY_NAME) {
      String field = in.currentName();
      JsonToken value = in.nextToken();
      switch (field) {
        case "prompt_tokens", "input_tokens" -> input = count(in, value);
        case "output_tokens" -> output = count(in, value);
        default -> in.skipChildren();
      }
    }
    return Optional.of(new Usage(input, output, 0, 0, true)).filter(limit::allows);
  }
}
