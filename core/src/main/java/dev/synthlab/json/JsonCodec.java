package dev.synthlab.json;

import dev.synthlab.Internal;
import dev.synthlab.logging.Redactor;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.cfg.EnumFeature;
import tools.jackson.databind.cfg.MapperConfig;
import tools.jackson.databind.introspect.AnnotatedMember;
import tools.jackson.databind.introspect.AnnotatedParameter;
import tools.jackson.databind.introspect.JacksonAnnotationIntrospector;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.type.LogicalType;

/**
 * The codec of the bodies that external services take and give: any type that Jackson binds. It
 * ignores unknown members and converts no value to another type. Immutable; safe for use by many
 * threads.
 *
 * @param <T> the type of a body
 */
@Internal
public final class JsonCodec<T> {
  private static final JsonMapper MAPPER =
      Json.mapper()
          .rebuild()
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
          .enable(EnumFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .withCoercionConfig(
              LogicalType.Textual,
              text ->
                  Stream.of(
                          CoercionInputShape.Integer,
                          CoercionInputShape.Float,
                          CoercionInputShape.Boolean)
                      .forEach(shape -> text.setCoercion(shape, CoercionAction.Fail)))
          .annotationIntrospector(new Strict())
          .build();

  private static final Set<Class<?>> OPTIONAL =
      Set.of(Optional.class, OptionalInt.class, OptionalLong.class, OptionalDouble.class);
  private static final int KEPT = 8 * 1024;

  private final JavaType type;

  private JsonCodec(JavaType type) {
    this.type = type;
  }

  /** Requires every component that is not optional: a missing number would be 0. */
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

  /** Says that a body is not what it should be. */
  public static final class UnreadableException extends Exception {
    private static final long serialVersionUID = 1L;

    /** Whether it is not a whole JSON text. */
    private final boolean torn;

    /** How the body began. */
    private final String beginning;

    /**
     * An exception.
     *
     * @param message what is wrong
     * @param torn whether it is not a whole JSON text
     * @param bytes the body
     */
    public UnreadableException(String message, boolean torn, byte[] bytes) {
      super(message);
      this.torn = torn;
      String text = new String(bytes, 0, Math.min(bytes.length, KEPT), StandardCharsets.UTF_8);
      this.beginning = bytes.length > KEPT ? Redactor.redactCut(text) : Redactor.redact(text);
    }

    /**
     * The beginning of the body.
     *
     * @return redacted text
     */
    public String beginning() {
      return beginning;
    }

    /**
     * Whether the body is not a whole JSON text, so that another attempt may succeed.
     *
     * @return whether it is
     */
    public boolean torn() {
      return torn;
    }
  }

  /**
   * The codec of a type.
   *
   * @param <T> the type
   * @param type of the body
   * @return the codec
   */
  public static <T> JsonCodec<T> of(Class<T> type) {
    return new JsonCodec<>(MAPPER.constructType(type));
  }

  /**
   * The codec of a list.
   *
   * @param <T> the type of its elements
   * @param type of the elements
   * @return the codec
   */
  public static <T> JsonCodec<List<T>> listOf(Class<T> type) {
    return new JsonCodec<>(MAPPER.getTypeFactory().constructCollectionType(List.class, type));
  }

  /**
   * The JSON of a body.
   *
   * @param body what Jackson can write
   * @return UTF-8
   * @throws IllegalArgumentException when Jackson cannot write it
   */
  public static byte[] written(Object body) {
    try {
      return MAPPER.writeValueAsBytes(body);
    } catch (JacksonException e) {
      throw new IllegalArgumentException(
          "a " + body.getClass().getSimpleName() + " cannot be written as JSON", e);
    }
  }

  /**
   * The value of a body.
   *
   * @param json the whole body
   * @return the value
   * @throws UnreadableException when the body is empty, null, not JSON or of another type
   */
  public T read(byte[] json) throws UnreadableException {
    if (IntStream.range(0, json.length).allMatch(i -> json[i] >= 0 && json[i] <= ' ')) {
      throw new UnreadableException("the answer is empty", true, json);
    }
    try {
      T value = MAPPER.readValue(json, type);
      if (value == null) {
        throw new UnreadableException("the answer is null", false, json);
      }
      return value;
    } catch (StreamReadException e) {
      throw new UnreadableException("the answer is no JSON", true, json);
    } catch (JacksonException e) {
      throw new UnreadableException(
          place(e) + " does not fit " + type.getRawClass().getSimpleName(), false, json);
    }
  }

  private static String place(JacksonException e) {
    StringBuilder path = new StringBuilder();
    for (JacksonException.Reference step : e.getPath()) {
      if (step.getPropertyName() == null) {
        path.append('[').append(step.getIndex()).append(']');
      } else {
        path.append(path.isEmpty() ? "" : ".").append(step.getPropertyName());
      }
    }
    return path.isEmpty() ? "the answer" : "\"" + path + "\" in the answer";
  }
}
