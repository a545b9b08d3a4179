package dev.synthlab.local;

import dev.synthlab.local.Engine.Sampling;
import dev.synthlab.local.Engine.Turn;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A chat completion request.
 *
 * @param turns the conversation
 * @param sampling the sampling options
 * @param stream whether the response is a stream of events
 * @param usageEvent whether the stream ends with a usage event
 */
record ChatRequest(List<Turn> turns, Sampling sampling, boolean stream, boolean usageEvent) {
  // The values that the authors of the default model recommend.
  private static final double TEMPERATURE = 0.2;
  private static final double TOP_P = 0.9;
  private static final String ANY_OBJECT = "{\"type\":\"object\"}";
  private static final JsonMapper JSON = JsonMapper.shared();

  ChatRequest {
    turns = List.copyOf(turns);
  }

  static ChatRequest parse(byte[] json, int defaultMaxTokens) throws ErrorResponse {
    JsonNode body;
    try {
      body = JSON.readTree(json);
    } catch (JacksonException e) {
      throw ErrorResponse.badRequest("", "the body is not JSON: " + e.getOriginalMessage());
    }
    if (!body.isObject()) {
      throw ErrorResponse.badRequest("", "the body must be a JSON object");
    }
    if (positive(body, "n").orElse(1) > 1) {
      throw ErrorResponse.badRequest("n", "n must be 1: the embedded model makes one choice");
    }
    Sampling sampling =
        new Sampling(
            decimal(body, "temperature", 2).orElse(TEMPERATURE),
            decimal(body, "top_p", 1).orElse(TOP_P),
            seed(body),
            stops(body),
            maxTokens(body, defaultMaxTokens),
            schema(body));
    return new ChatRequest(
        turns(body),
        sampling,
        flag(body, "stream"),
        flag(body.path("stream_options"), "include_usage"));
  }

  private static int maxTokens(JsonNode body, int otherwise) throws ErrorResponse {
    Optional<Integer> request = positive(body, "max_completion_tokens");
    if (request.isEmpty()) {
      request = positive(body, "max_tokens");
    }
    return request.orElse(otherwise);
  }

  private static List<Turn> turns(JsonNode body) throws ErrorResponse {
    JsonNode messages = body.path("messages");
    if (!messages.isArray() || messages.isEmpty()) {
      throw ErrorResponse.badRequest(
          "messages", "messages must be an array with at least one message");
    }
    List<Turn> turns = new ArrayList<>();
    for (int i = 0; i < messages.size(); i++) {
      String at = "messages[" + i + "]";
      JsonNode message = messages.get(i);
      turns.add(new Turn(role(message, at), content(message.path("content"), at + ".content")));
    }
    return turns;
  }

  private static String role(JsonNode message, String at) throws ErrorResponse {
    String role = message.path("role").asString("");
    return switch (role) {
      case "system", "developer" -> "system";
      case "user", "assistant" -> role;
      default ->
          throw ErrorResponse.badRequest(
              at + ".role",
              at + ".role must be system, developer, user or assistant, was '" + role + "'");
    };
  }

  private static String content(JsonNode content, String at) throws ErrorResponse {
    if (content.isString()) {
      return content.stringValue();
    }
    if (!content.isArray() || content.isEmpty()) {
      throw ErrorResponse.badRequest(at, at + " must be a string or an array of text parts");
    }
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < content.size(); i++) {
      JsonNode part = content.get(i);
      String type = part.path("type").asString("");
      if (!type.equals("text") || !part.path("text").isString()) {
        String partAt = at + "[" + i + "]";
        throw ErrorResponse.badRequest(
            partAt, partAt + " is of type '" + type + "'; the embedded model reads only text");
      }
      text.append(part.path("text").stringValue());
    }
    return text.toString();
  }

  private static List<String> stops(JsonNode body) throws ErrorResponse {
    JsonNode stop = body.path("stop");
    if (absent(stop)) {
      return List.of();
    }
    List<String> stops = new ArrayList<>();
    for (JsonNode word : stop.isArray() ? stop : JSON.createArrayNode().add(stop)) {
      if (!word.isString() || word.stringValue().isEmpty()) {
        throw ErrorResponse.badRequest(
            "stop", "stop must be a string or strings, none of them empty");
      }
      stops.add(word.stringValue());
    }
    return stops;
  }

  private static Optional<String> schema(JsonNode body) throws ErrorResponse {
    JsonNode format = body.path("response_format");
    if (absent(format)) {
      return Optional.empty();
    }
    String type = format.path("type").asString("");
    return switch (type) {
      case "text" -> Optional.empty();
      case "json_object" -> Optional.of(ANY_OBJECT);
      case "json_schema" -> {
        JsonNode schema = format.path("json_schema").path("schema");
        if (!schema.isObject()) {
          throw ErrorResponse.badRequest(
              "response_format", "response_format.json_schema.schema must be an object");
        }
        yield Optional.of(schema.toString());
      }
      default ->
          throw ErrorResponse.badRequest(
              "response_format",
              "response_format.type must be text, json_object or json_schema, was '" + type + "'");
    };
  }

  private static Optional<Integer> seed(JsonNode body) throws ErrorResponse {
    JsonNode seed = body.path("seed");
    if (absent(seed)) {
      return Optional.empty();
    }
    if (!seed.isIntegralNumber()) {
      throw ErrorResponse.badRequest("seed", "seed must be an integer");
    }
    // The engine accepts seeds of 31 bits; a negative one means a random seed.
    return Optional.of((int) (seed.bigIntegerValue().longValue() & Integer.MAX_VALUE));
  }

  private static Optional<Integer> positive(JsonNode body, String name) throws ErrorResponse {
    JsonNode value = body.path(name);
    if (absent(value)) {
      return Optional.empty();
    }
    if (!value.isIntegralNumber() || !value.canConvertToInt() || value.intValue() < 1) {
      throw ErrorResponse.badRequest(name, name + " must be a positive integer, was " + value);
    }
    return Optional.of(value.intValue());
  }

  private static Optional<Double> decimal(JsonNode body, String name, double max)
      throws ErrorResponse {
    JsonNode value = body.path(name);
    if (absent(value)) {
      return Optional.empty();
    }
    if (!value.isNumber() || !(value.doubleValue() >= 0 && value.doubleValue() <= max)) {
      throw ErrorResponse.badRequest(
          name, name + " must be a number from 0 to " + max + ", was " + value);
    }
    return Optional.of(value.doubleValue());
  }

  private static boolean flag(JsonNode body, String name) throws ErrorResponse {
    JsonNode value = body.path(name);
    if (!absent(value) && !value.isBoolean()) {
      throw ErrorResponse.badRequest(name, name + " must be true or false, was " + value);
    }
    return value.asBoolean(false);
  }

  private static boolean absent(JsonNode value) {
    return value.isMissingNode() || value.isNull();
  }
}
