package dev.synthlab.batch;

import dev.synthlab.json.Json;
import dev.synthlab.llm.CallOptions;
import dev.synthlab.llm.EmbeddingRequest;
import dev.synthlab.llm.Embeddings;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/**
 * Converts the body of an embedding line of the Batch API to an embedding request, and its vectors
 * to the body of the response line.
 */
final class EmbeddingRowCodec {
  /** The {@code url} of an embedding line. */
  static final String URL = "/v1/embeddings";

  private static final String ENCODING = "encoding_format";
  private static final Set<String> OWN = Set.of("model", "input", "dimensions", ENCODING);

  private EmbeddingRowCodec() {}

  /**
   * The request that a body makes.
   *
   * @throws IllegalArgumentException when it makes none, with the reason
   */
  static EmbeddingRequest request(Map<String, Object> body) {
    EmbeddingRequest request =
        new EmbeddingRequest(inputs(body.get("input")), dimensions(body), CallOptions.NONE);
    Object encoding = body.getOrDefault(ENCODING, "float");
    if (!encoding.equals("float") && !encoding.equals("base64")) {
      throw new IllegalArgumentException("its encoding_format is neither float nor base64");
    }
    if (body.get("model") instanceof String model && !model.isBlank()) {
      request = request.withModel(model);
    }
    for (Map.Entry<String, Object> more : body.entrySet()) {
      if (!OWN.contains(more.getKey())) {
        request = request.with(more.getKey(), more.getValue());
      }
    }
    return request;
  }

  private static List<String> inputs(@Nullable Object input) {
    if (input instanceof String text) {
      return List.of(text);
    }
    List<String> texts = new ArrayList<>();
    for (Object one : input instanceof List<?> list ? list : List.of()) {
      if (!(one instanceof String text)) {
        throw new IllegalArgumentException("its input has something in it that is no text");
      }
      texts.add(text);
    }
    if (texts.isEmpty()) {
      throw new IllegalArgumentException("its input is neither a text nor a list of texts");
    }
    return texts;
  }

  private static OptionalInt dimensions(Map<String, Object> body) {
    Object dimensions = body.get("dimensions");
    if (dimensions == null) {
      return OptionalInt.empty();
    }
    if (!(dimensions instanceof Integer number)) {
      throw new IllegalArgumentException("its dimensions are no whole number");
    }
    return OptionalInt.of(number);
  }

  /** The answer as the server's, in the encoding that the row has asked for. */
  static String body(Row.Embed row, Embeddings answer) {
    StringWriter text = new StringWriter(answer.vectors().size() * answer.dimensions() * 12 + 256);
    try (JsonGenerator json = Json.mapper().createGenerator(text)) {
      json.writeStartObject();
      json.writeStringProperty("object", "list");
      json.writeArrayPropertyStart("data");
      for (int i = 0; i < answer.vectors().size(); i++) {
        json.writeStartObject();
        json.writeStringProperty("object", "embedding");
        json.writeNumberProperty("index", i);
        json.writeName("embedding");
        if (row.base64()) {
          json.writeString(base64(answer.vectors().get(i)));
        } else {
          vector(json, answer.vectors().get(i));
        }
        json.writeEndObject();
      }
      json.writeEndArray();
      json.writeStringProperty("model", answer.respondedModel());
      if (answer.usage().known()) {
        json.writeObjectPropertyStart("usage");
        json.writeNumberProperty("prompt_tokens", answer.usage().inputTokens());
        json.writeNumberProperty("total_tokens", answer.usage().totalTokens());
        json.writeEndObject();
      }
      json.writeEndObject();
    }
    return text.toString();
  }

  /** One vector by itself, several as a list of them. */
  static void flat(JsonGenerator json, Embeddings answer) {
    if (answer.vectors().size() == 1) {
      json.writeName("embedding");
      vector(json, answer.vectors().getFirst());
      return;
    }
    json.writeArrayPropertyStart("embeddings");
    answer.vectors().forEach(vector -> vector(json, vector));
    json.writeEndArray();
  }

  private static void vector(JsonGenerator json, float[] vector) {
    json.writeStartArray();
    for (float number : vector) {
      json.writeNumber(number);
    }
    json.writeEndArray();
  }

  private static String base64(float[] vector) {
    ByteBuffer bytes =
        ByteBuffer.allocate(vector.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(vector);
    return Base64.getEncoder().encodeToString(bytes.array());
  }
}
