package dev.synthlab.llm;

import dev.synthlab.call.ErrorBody;
import dev.synthlab.json.Json;
import java.util.Optional;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectReader;

/**
 * Reads values that all responses have; a value of an unexpected type counts as missing. The parser
 * is at the value, and is left at its end.
 */
final class JsonFields {
  private JsonFields() {}

  /** Most answers have no value that is read as a tree. */
  private static final class Trees {
    private static final ObjectReader READER =
        Json.mapper()
            .readerFor(JsonNode.class)
            .without(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
  }

  /** The value as a tree. */
  static JsonNode tree(JsonParser in) {
    return Trees.READER.readTree(in);
  }

  /** The error that the value of an error field describes; empty if the value says nothing. */
  static Optional<ErrorBody> error(JsonParser in) {
    JsonNode value = tree(in);
    return saysNothing(value) ? Optional.empty() : ErrorBody.of(value);
  }

  private static boolean saysNothing(JsonNode value) {
    return value.isContainer()
        ? value.valueStream().allMatch(JsonFields::saysNothing)
        : value.asString("").isBlank() || value.asString("").equals("0");
  }

  static Optional<String> string(JsonParser in, JsonToken value) {
    if (value == JsonToken.VALUE_STRING) {
      return Optional.of(in.getString());
    }
    in.skipChildren();
    return Optional.empty();
  }

  /** The text; the known one if it is equal, as in all events of a stream, or if this is none. */
  static String string(JsonParser in, JsonToken value, String known) {
    if (value != JsonToken.VALUE_STRING) {
      in.skipChildren();
      return known;
    }
    int length = in.getStringLength();
    if (length != known.length()) {
      return in.getString();
    }
    char[] text = in.getStringCharacters();
    int begin = in.getStringOffset();
    for (int i = 0; i < length; i++) {
      if (text[begin + i] != known.charAt(i)) {
        return in.getString();
      }
    }
    return known;
  }

  /** A whole number from 0 on; one that is too large for a long is the largest. */
  static long count(JsonParser in, JsonToken value) {
    if (value == JsonToken.VALUE_NUMBER_INT) {
      return Math.max(0, number(in));
    }
    in.skipChildren();
    return 0;
  }

  /** Whether the value is a whole number from 0 on. */
  static boolean isCount(JsonParser in, JsonToken value) {
    return value == JsonToken.VALUE_NUMBER_INT && number(in) >= 0;
  }

  private static long number(JsonParser in) {
    if (in.getNumberType() != JsonParser.NumberType.BIG_INTEGER) {
      return in.getLongValue();
    }
    return in.getBigIntegerValue().signum() < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
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
