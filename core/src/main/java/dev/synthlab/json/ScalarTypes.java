package dev.synthlab.json;

import dev.synthlab.json.SchemaNode.Limits;
import java.lang.invoke.MethodType;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.TemporalAccessor;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The JSON forms of Java types without parts. */
final class ScalarTypes {
  private static final int MAX_DIGITS = 1_000;

  private static final Map<Class<?>, Function<BigDecimal, Object>> NUMBERS =
      Map.of(
          Byte.class, BigDecimal::byteValueExact,
          Short.class, BigDecimal::shortValueExact,
          Integer.class, BigDecimal::intValueExact,
          Long.class, BigDecimal::longValueExact,
          BigInteger.class, ScalarTypes::bigInteger,
          Float.class, number -> finite(number.floatValue()),
          Double.class, number -> finite(number.doubleValue()),
          BigDecimal.class, number -> number);
  private static final Set<Class<?>> FRACTIONS =
      Set.of(Float.class, Double.class, BigDecimal.class);

  private static final String TIME = "([01]\\d|2[0-3]):[0-5]\\d(:[0-5]\\d(\\.\\d{1,9})?)?$";
  private static final String DURATION =
      "^-?P(-?\\d+D)?(T(-?\\d+H)?(-?\\d+M)?(-?\\d+(\\.\\d{1,9})?S)?)?$";
  private static final int UUID_LENGTH = 36;

  private static final Map<Class<?>, SchemaNode> FORMATTED =
      Map.of(
          LocalDate.class,
          formatted("a date as 2026-01-31", "format", "date", LocalDate::parse, Object::toString),
          Instant.class,
          formatted(
              "a moment as 2026-01-31T12:00:00Z",
              "format",
              "date-time",
              text -> Instant.parse(withT(text)),
              Object::toString),
          OffsetDateTime.class,
          formatted(
              "a moment as 2026-01-31T12:00:00+01:00",
              "format",
              "date-time",
              text -> OffsetDateTime.parse(withT(text)),
              at -> DateTimeFormatter.ISO_OFFSET_DATE_TIME.format((TemporalAccessor) at)),
          // RFC 3339, which the formats follow, has no times without an offset.
          LocalDateTime.class,
          formatted(
              "a local date and time as 2026-01-31T12:00:00",
              "pattern",
              "^\\d{4}-\\d\\d-\\d\\dT" + TIME,
              text -> LocalDateTime.parse(withT(text)),
              at -> DateTimeFormatter.ISO_LOCAL_DATE_TIME.format((TemporalAccessor) at)),
          LocalTime.class,
          formatted(
              "a time of day as 12:00:00",
              "pattern",
              "^" + TIME,
              LocalTime::parse,
              at -> DateTimeFormatter.ISO_LOCAL_TIME.format((TemporalAccessor) at)),
          // The format of that name has neither fractions nor negative durations.
          Duration.class,
          formatted(
              "a duration of days, hours, minutes and seconds as P1DT2H3M4.5S",
              "pattern",
              DURATION,
              Duration::parse,
              Object::toString),
          UUID.class,
          formatted(
              "a UUID as 123e4567-e89b-12d3-a456-426614174000",
              "format",
              "uuid",
              ScalarTypes::uuid,
              Object::toString),
          URI.class,
          new SchemaNode.FormattedTextNode("a URI", Map.of(), URI::create, Object::toString));

  private ScalarTypes() {}

  static @Nullable SchemaNode of(Class<?> raw, Limits limits) {
    if (raw == String.class) {
      return new SchemaNode.TextNode(limits);
    }
    if (raw == boolean.class || raw == Boolean.class) {
      return new SchemaNode.BooleanNode();
    }
    if (raw == OptionalInt.class) {
      return new SchemaNode.OptionalNode(
          number(Integer.class, "int", limits),
          OptionalInt.empty(),
          value -> OptionalInt.of((Integer) value),
          some -> ((OptionalInt) some).getAsInt());
    }
    if (raw == OptionalLong.class) {
      return new SchemaNode.OptionalNode(
          number(Long.class, "long", limits),
          OptionalLong.empty(),
          value -> OptionalLong.of((Long) value),
          some -> ((OptionalLong) some).getAsLong());
    }
    if (raw == OptionalDouble.class) {
      return new SchemaNode.OptionalNode(
          number(Double.class, "double", limits),
          OptionalDouble.empty(),
          value -> OptionalDouble.of((Double) value),
          some -> ((OptionalDouble) some).getAsDouble());
    }
    Class<?> boxed = MethodType.methodType(raw).wrap().returnType();
    return NUMBERS.containsKey(boxed)
        ? number(boxed, raw.getSimpleName(), limits)
        : FORMATTED.get(raw);
  }

  private static SchemaNode number(Class<?> boxed, String name, Limits limits) {
    Function<BigDecimal, Object> reads = Objects.requireNonNull(NUMBERS.get(boxed));
    return new SchemaNode.NumberNode(name, !FRACTIONS.contains(boxed), reads, limits);
  }

  private static SchemaNode formatted(
      String what,
      String keyword,
      String value,
      Function<String, Object> reads,
      Function<Object, String> writes) {
    return new SchemaNode.FormattedTextNode(what, Map.of(keyword, value), reads, writes);
  }

  /** A number of the type double or float. */
  private static Number finite(Number number) {
    if (!Double.isFinite(number.doubleValue())) {
      throw new ArithmeticException("out of range");
    }
    return number;
  }

  private static BigInteger bigInteger(BigDecimal number) {
    if (number.precision() - (long) number.scale() > MAX_DIGITS) {
      throw new ArithmeticException("out of range");
    }
    return number.toBigIntegerExact();
  }

  private static UUID uuid(String text) {
    if (text.length() != UUID_LENGTH) {
      throw new IllegalArgumentException("a UUID has 36 characters");
    }
    return UUID.fromString(text);
  }

  /** Models like a space between date and time. */
  static String withT(String text) {
    return text.length() > 10 && text.charAt(10) == ' '
        ? text.substring(0, 10) + 'T' + text.substring(11)
        : text;
  }
}
