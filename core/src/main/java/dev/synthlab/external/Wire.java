package dev.synthlab.external;

import dev.synthlab.http.Json;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Records to JSON and back. Fields that nobody knows are passed over; nothing is taken for another
 * type.
 */
final class Wire {
  private static final JsonMapper MAPPER =
      Json.mapper()
          .rebuild()
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .build();

  private static final int KEPT = 8 * 1024;

  private Wire() {}

  /** Bytes that are not what they should be. */
  static final class UnreadableException extends Exception {
    private static final long serialVersionUID = 1L;
    private final boolean torn;
    private final String beginning;

    UnreadableException(String message, boolean torn, byte[] bytes) {
      super(message);
      this.torn = torn;
      this.beginning = new String(bytes, 0, Math.min(bytes.length, KEPT), StandardCharsets.UTF_8);
    }

    /** How the body began. */
    String beginning() {
      return beginning;
    }

    /** Whether it is no whole JSON at all, which another try may mend. */
    boolean torn() {
      return torn;
    }
  }

  static void load() {
    MAPPER.getTypeFactory();
  }

  static byte[] written(Object body) {
    try {
      return MAPPER.writeValueAsBytes(body);
    } catch (JacksonException e) {
      throw new IllegalArgumentException(
          "a " + body.getClass().getSimpleName() + " cannot be written as JSON", e);
    }
  }

  static JavaType type(Type type) {
    return MAPPER.constructType(type);
  }

  static JavaType listOf(Class<?> type) {
    return MAPPER.getTypeFactory().constructCollectionType(List.class, type);
  }

  static <T> T read(byte[] json, JavaType type) throws UnreadableException {
    try {
      T value = MAPPER.readValue(json, type);
      if (value == null) {
        throw new UnreadableException("the answer is null", false, json);
      }
      return value;
    } catch (StreamReadException e) {
      throw new UnreadableException("the answer is no JSON", true, json);
    } catch (JacksonException e) {
      throw new UnreadableException(place(e, type), false, json);
    }
  }

  private static String place(JacksonException e, JavaType type) {
    StringBuilder path = new StringBuilder();
    for (JacksonException.Reference step : e.getPath()) {
      if (step.getPropertyName() == null) {
        path.append('[').append(step.getIndex()).append(']');
      } else {
        path.append(path.isEmpty() ? "" : ".").append(step.getPropertyName());
      }
    }
    String where = path.isEmpty() ? "the answer" : "\"" + path + "\" in the answer";
    return where + " does not fit " + type.getRawClass().getSimpleName();
  }
}
