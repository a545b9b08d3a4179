package dev.synthlab.external;

import dev.synthlab.json.Json;
import dev.synthlab.logging.Redactor;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.cfg.MapperConfig;
import tools.jackson.databind.introspect.AnnotatedMember;
import tools.jackson.databind.introspect.AnnotatedParameter;
import tools.jackson.databind.introspect.JacksonAnnotationIntrospector;
import tools.jackson.databind.json.JsonMapper;

/**
 * Records to JSON and back. Fields that nobody knows are passed over; nothing is taken for another
 * type.
 */
final class JsonCodec {
  private static final JsonMapper MAPPER =
      Json.mapper()
          .rebuild()
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .annotationIntrospector(new Strict())
          .build();

  private static final Set<Class<?>> OPTIONAL =
      Set.of(Optional.class, OptionalInt.class, OptionalLong.class, OptionalDouble.class);
  private static final int KEPT = 8 * 1024;

  private JsonCodec() {}

  /** What is no {@link Optional} must be there: a number that is not would be 0. */
  private static final class Strict extends JacksonAnnotationIntrospector {
    private static final long serialVersionUID = 1L;

    @Override
    public @Nullable Boolean hasRequiredMarker(MapperConfig<?> config, AnnotatedMember member) {
      if (member instanceof AnnotatedParameter
          && member.getDeclaringClass().isRecord()
          && !OPTIONAL.contains(member.getRawType())) {
        return Boolean.TRUE;
      }
      return super.hasRequiredMarker(config, member);
    }
  }

  /** What a text is read as. */
  @SuppressWarnings("UnusedTypeParameter") // it says what comes of reading
  record JsonType<T>(JavaType type) {}

  /** Bytes that are not what they should be. */
  static final class UnreadableException extends Exception {
    private static final long serialVersionUID = 1L;
    private final boolean torn;
    private final String beginning;

    UnreadableException(String message, boolean torn, byte[] bytes) {
      super(message);
      this.torn = torn;
      String text = new String(bytes, 0, Math.min(bytes.length, KEPT), StandardCharsets.UTF_8);
      this.beginning = bytes.length > KEPT ? Redactor.redactCut(text) : Redactor.redact(text);
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

  static <T> JsonType<T> of(Class<T> type) {
    return new JsonType<>(MAPPER.constructType(type));
  }

  static <T> JsonType<List<T>> listOf(Class<T> type) {
    return new JsonType<>(MAPPER.getTypeFactory().constructCollectionType(List.class, type));
  }

  static <T> T read(byte[] json, JsonType<T> shape) throws UnreadableException {
    if (blank(json)) {
      throw new UnreadableException("the answer is empty", true, json);
    }
    try {
      T value = MAPPER.readValue(json, shape.type());
      if (value == null) {
        throw new UnreadableException("the answer is null", false, json);
      }
      return value;
    } catch (StreamReadException e) {
      throw new UnreadableException("the answer is no JSON", true, json);
    } catch (JacksonException e) {
      throw new UnreadableException(place(e, shape.type()), false, json);
    }
  }

  private static boolean blank(byte[] json) {
    for (byte b : json) {
      if (b != ' ' && b != '\n' && b != '\r' && b != '\t') {
        return false;
      }
    }
    return true;
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
