package dev.synthlab.local;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * An embeddings request.
 *
 * @param inputs the texts
 * @param dimensions the length of the vectors
 * @param base64 whether the response has them as base64
 */
record EmbeddingRequest(List<String> inputs, Optional<Integer> dimensions, boolean base64) {
  private static final int MAX_INPUTS = 2_048;

  EmbeddingRequest {
    inputs = List.copyOf(inputs);
  }

  static EmbeddingRequest parse(byte[] json) throws ErrorResponse {
    JsonNode body;
    try {
      body = JsonMapper.shared().readTree(json);
    } catch (JacksonException e) {
      throw ErrorResponse.badRequest("", "the body is not JSON: " + e.getOriginalMessage());
    }
    if (!body.isObject()) {
      throw ErrorResponse.badRequest("", "the body must be a JSON object");
    }
    String encoding = body.path("encoding_format").asString("float");
    if (!encoding.equals("float") && !encoding.equals("base64")) {
      throw ErrorResponse.badRequest(
          "encoding_format", "encoding_format must be float or base64, was '" + encoding + "'");
    }
    return new EmbeddingRequest(
        inputs(body.path("input")), dimensions(body), encoding.equals("base64"));
  }

  private static List<String> inputs(JsonNode input) throws ErrorResponse {
    if (input.isString()) {
      return List.of(input.stringValue());
    }
    if (!input.isArray() || input.isEmpty() || input.size() > MAX_INPUTS) {
      throw ErrorResponse.badRequest(
          "input", "input must be a string or an array of 1 to " + MAX_INPUTS + " strings");
    }
    List<String> texts = new ArrayList<>();
    for (JsonNode text : input) {
      if (!text.isString()) {
        throw ErrorResponse.badRequest(
            "input", "input must be strings; the embedded model reads only text");
      }
      texts.add(text.stringValue());
    }
    return texts;
  }

  private static Optional<Integer> dimensions(JsonNode body) throws ErrorResponse {
    JsonNode value = body.path("dimensions");
    if (value.isMissingNode() || value.isNull()) {
      return Optional.empty();
    }
    if (!value.isIntegralNumber() || !value.canConvertToInt() || value.intValue() < 1) {
      throw ErrorResponse.badRequest(
          "dimensions", "dimensions must be a positive integer, was " + value);
    }
    return Optional.of(value.intValue());
  }
}
