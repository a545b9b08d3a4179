package dev.synthlab.local;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Computes the vectors of one request and writes its response. */
final class EmbeddingJob extends Job<Embedder> {
  private static final JsonMapper JSON = JsonMapper.shared();

  private final EmbeddingRequest request;
  private final String model;

  EmbeddingJob(EmbeddingRequest request, String model) {
    this.request = request;
    this.model = model;
  }

  @Override
  String contentType() {
    return "application/json";
  }

  @Override
  void answer(Embedder engine) throws ErrorResponse {
    int tokens = 0;
    for (int i = 0; i < request.inputs().size(); i++) {
      tokens += checked(engine, i);
    }
    ObjectNode answer = JSON.createObjectNode().put("object", "list");
    ArrayNode items = answer.putArray("data");
    for (int i = 0; i < request.inputs().size() && !isCancelled(); i++) {
      float[] vector = engine.embed(request.inputs().get(i));
      if (i == 0) {
        checkDimensions(vector.length);
        started().complete(body);
      }
      add(items.addObject().put("object", "embedding").put("index", i), vector);
    }
    answer.put("model", model);
    answer.putObject("usage").put("prompt_tokens", tokens).put("total_tokens", tokens);
    body.write(answer.toString().getBytes(StandardCharsets.UTF_8));
  }

  private int checked(Embedder engine, int index) throws ErrorResponse {
    String name = request.inputs().size() == 1 ? "input" : "input[" + index + "]";
    int tokens = engine.tokens(request.inputs().get(index));
    if (tokens == 0) {
      throw ErrorResponse.badRequest(name, name + " has no token");
    }
    if (tokens > engine.maxTokens()) {
      throw new ErrorResponse(
          400,
          name,
          "context_length_exceeded",
          name
              + " has "
              + tokens
              + " tokens; the embedded model makes vectors of at most "
              + engine.maxTokens());
    }
    return tokens;
  }

  private void checkDimensions(int length) throws ErrorResponse {
    if (request.dimensions().isPresent() && request.dimensions().get() != length) {
      throw ErrorResponse.badRequest(
          "dimensions",
          "dimensions must be "
              + length
              + ", which is what the vectors of the embedded model have, was "
              + request.dimensions().get());
    }
  }

  private void add(ObjectNode item, float[] vector) {
    if (request.base64()) {
      ByteBuffer bytes =
          ByteBuffer.allocate(vector.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
      bytes.asFloatBuffer().put(vector);
      item.put("embedding", Base64.getEncoder().encodeToString(bytes.array()));
      return;
    }
    ArrayNode numbers = item.putArray("embedding");
    for (float number : vector) {
      numbers.add(number);
    }
  }
}
