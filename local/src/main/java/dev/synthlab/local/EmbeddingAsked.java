package dev.synthlab.local;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What vectors were asked for.
 *
 * @param inputs the texts
 * @param dimensions how long the vectors shall be
 * @param base64 whether they are to come as base64
 */
record EmbeddingAsked(List<String> inputs, Optional<Integer> dimensions, boolean base64) {
  private static final int MOST_INPUTS = 2_048;

  EmbeddingAsked {
    inputs = List.copyOf(inputs);
  }

  static EmbeddingAsked parse(byte[] json) throws Refusal {
    JsonNode body;
    try {
      body = JsonMapper.shared().readTree(json);
    } catch (JacksonException e) {
      throw Refusal.badRequest("", "the body is not JSON: " + e.getOriginalMessage());
    }
    if (!body.isObject()) {
      throw Refusal.badRequest("", "the body must be a JSON object");
    }
    String encoding = body.path("encoding_format").asString("float");
    if (!encoding.equals("float") && !encoding.equals("base64")) {
      throw Refusal.badRequest(
          "encoding_format", "encoding_format must be float or base64, was '" + encoding + "'");
    }
    return new EmbeddingAsked(
        inputs(body.path("input")), dimensions(body), encoding.equals("base64"));
  }

  private static List<String> inputs(JsonNode input) throws Refusal {
    if (input.isString()) {
      return List.of(input.stringValue());
    }
    if (!input.isArray() || input.isEmpty() || input.size() > MOST_INPUTS) {
      throw Refusal.badRequest(
          "input", "input must be a string or an array of 1 to " + MOST_INPUTS + " strings");
    }
    List<String> texts = new ArrayList<>();
    for (JsonNode text : input) {
      if (!text.isString()) {
        throw Refusal.badRequest(
            "input", "input must be strings; the embedded model reads only text");
      }
      texts.add(text.stringValue());
    }
    return texts;
  }

  private static Optional<Integer> dimensions(JsonNode body) throws Refusal {
    JsonNode value = body.path("dimensions");
    if (value.isMissingNode() || value.isNull()) {
      return Optional.empty();
    }
    if (!value.isIntegralNumber() || !value.canConvertToInt() || value.intValue() < 1) {
      throw Refusal.badRequest("dimensions", "dimensions must be a positive integer, was " + value);
    }
    return Optional.of(value.intValue());
  }
}
