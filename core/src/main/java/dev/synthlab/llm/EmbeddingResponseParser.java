package dev.synthlab.llm;

import dev.synthlab.call.Spend;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import tools.jackson.core.Base64Variant;
import tools.jackson.core.Base64Variants;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * Parses the response to one embeddings request: vectors as base64 of floats or as lists of
 * numbers.
 */
final class EmbeddingResponseParser
    implements ResponseJsonReader.Fields<EmbeddingResponseParser.Vectors> {
  private static final Base64Variant BASE64 = Base64Variants.MIME_NO_LINEFEEDS.withPaddingAllowed();
  private static final int DEFAULT_LENGTH = 1_536;

  private final float[][] vectors;
  private int found;
  private int length;
  private String model = "";
  private final TokenLimit limit;
  private Usage usage;

  /** A parser for a number of inputs with an estimated number of tokens. */
  EmbeddingResponseParser(int inputs, long tokens) {
    vectors = new float[inputs][];
    usage = new Usage(tokens, 0, 0, 0, false);
    // An estimated token stands for four characters.
    limit = TokenLimit.of(4 * tokens, 0, 1);
  }

  /** The vectors of one request, in the order of its inputs. */
  record Vectors(List<float[]> vectors, String model, Usage usage)
      implements ResponseJsonReader.Counted {
    @Override
    public Spend spend(ModelRegistry known, String request) {
      return known.spend(request, model, usage);
    }
  }

  @Override
  public void field(String name, JsonParser in, JsonToken value) throws UnusableResponseException {
    switch (name) {
      case "data" -> items(in, value);
      case "model" -> model = JsonFields.string(in, value).orElse(model);
      case "usage" -> usage = JsonFields.usage(in, value, limit).orElse(usage);
      default -> in.skipChildren();
    }
  }

  @Override
  public Vectors whole() throws UnusableResponseException {
    if (found < vectors.length) {
      throw new UnusableResponseException(found + " embeddings for " + vectors.length + " inputs");
    }
    return new Vectors(List.of(vectors), model, usage);
  }

  private void items(JsonParser in, JsonToken start) throws UnusableResponseException {
    if (start != JsonToken.START_ARRAY) {
      throw new UnusableResponseException("embeddings that are no list");
    }
    while (in.nextToken() == JsonToken.START_OBJECT) {
      item(in);
    }
    if (in.currentToken() != JsonToken.END_ARRAY) {
      throw new UnusableResponseException("an embedding that is no object");
    }
  }

  /** Servers answer in any order: only the index assigns a vector to its input. */
  private void item(JsonParser in) throws UnusableResponseException {
    int index = -1;
    float[] vector = {};
    while (in.nextToken() == JsonToken.PROPERTY_NAME) {
      String field = in.currentName();
      JsonToken value = in.nextToken();
      switch (field) {
        case "index" -> index = index(in, value);
        case "embedding" -> vector = vector(in, value);
        default -> in.skipChildren();
      }
    }
    if (index < 0 || index >= vectors.length) {
      throw new UnusableResponseException("an embedding with no index, or one of no input");
    }
    if (vectors[index] != null) {
      throw new UnusableResponseException("two embeddings for input " + index);
    }
    if (vector.length == 0 || (length > 0 && vector.length != length)) {
      throw new UnusableResponseException(
          "an embedding that is empty, or of another length than the rest");
    }
    for (float number : vector) {
      if (!Float.isFinite(number)) {
        throw new UnusableResponseException("an embedding with " + number + " in it");
      }
    }
    length = vector.length;
    vectors[index] = vector;
    found++;
  }

  private static int index(JsonParser in, JsonToken value) {
    if (value != JsonToken.VALUE_NUMBER_INT) {
      in.skipChildren();
      return -1;
    }
    return Math.clamp(in.getLongValue(), -1, Integer.MAX_VALUE);
  }

  private float[] vector(JsonParser in, JsonToken value) throws UnusableResponseException {
    return switch (value) {
      case VALUE_STRING -> floats(in.getBinaryValue(BASE64));
      case START_ARRAY -> numbers(in);
      default -> throw new UnusableResponseException("an embedding that is neither text nor list");
    };
  }

  private static float[] floats(byte[] bytes) throws UnusableResponseException {
    if (bytes.length % Float.BYTES != 0) {
      throw new UnusableResponseException("an embedding of " + bytes.length + " bytes");
    }
    float[] vector = new float[bytes.length / Float.BYTES];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(vector);
    return vector;
  }

  private float[] numbers(JsonParser in) throws UnusableResponseException {
    float[] vector = new float[length > 0 ? length : DEFAULT_LENGTH];
    int count = 0;
    while (in.nextToken() != JsonToken.END_ARRAY) {
      if (in.currentToken() == null || !in.currentToken().isNumeric()) {
        throw new UnusableResponseException("an embedding with something in it that is no number");
      }
      if (count == vector.length) {
        vector = Arrays.copyOf(vector, count * 2);
      }
      vector[count++] = in.getFloatValue();
    }
    return count == vector.length ? vector : Arrays.copyOf(vector, count);
  }
}
