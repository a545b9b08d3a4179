package dev.synthlab.json;

import dev.synthlab.json.SchemaNode.Absence;
import dev.synthlab.json.SchemaNode.Limits;
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
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The JSON forms of Java types without parts. */
final class ScalarTypes {
  private static final Set<Class<?>> WHOLE =
      Set.of(
          byte.class,
          short.class,
          int.class,
          long.class,
          Byte.class,
          Short.class,
          Integer.class,
          Long.class,
          BigInteger.class);
  private static final Set<Class<?>> DECIMAL =
      Set.of(float.class, double.class, Float.class, Double.class, BigDecimal.class);
  private static final String TIME = "([01]\\d|2[0-3]):[0-5]\\d(:[0-5]\\d(\\.\\d{1,9})?)?$";
  private static final String DURATION =
      "^-?P(-?\\d+D)?(T(-?\\d+H)?(-?\\d+M)?(-?\\d+(\\.\\d{1,9})?S)?)?$";
  private static final int UUID_LENGTH = 36;

  private static final Map<Class<?>, SchemaNode.FormattedTextNode> SPELLED =
      Map.of(
          LocalDate.class,
          spelled(LocalDate.class, "a date as 2026-01-31", "date", LocalDate::parse),
          Instant.class,
          spelled(
              Instant.class,
              "a moment as 2026-01-31T12:00:00Z",
              "date-time",
              text -> Instant.parse(withT(text))),
          OffsetDateTime.class,
          new SchemaNode.FormattedTextNode(
              OffsetDateTime.class,
              "a moment as 2026-01-31T12:00:00+01:00",
              Map.of("format", "date-time"),
              text -> OffsetDateTime.parse(withT(text)),
              at -> DateTimeFormatter.ISO_OFFSET_DATE_TIME.format((TemporalAccessor) at)),
          // RFC 3339, which the formats follow, has no times without an offset.
          LocalDateTime.class,
          new SchemaNode.FormattedTextNode(
              LocalDateTime.class,
              "a local date and time as 2026-01-31T12:00:00",
              Map.of("pattern", "^\\d{4}-\\d\\d-\\d\\dT" + TIME),
              text -> LocalDateTime.parse(withT(text)),
              at -> DateTimeFormatter.ISO_LOCAL_DATE_TIME.format((TemporalAccessor) at)),
          LocalTime.class,
          new SchemaNode.FormattedTextNode(
              LocalTime.class,
              "a time of day as 12:00:00",
              Map.of("pattern", "^" + TIME),
              LocalTime::parse,
              at -> DateTimeFormatter.ISO_LOCAL_TIME.format((TemporalAccessor) at)),
          Duration.class,
          // The format of that name knows neither fractions nor what lies in the past.
          new SchemaNode.FormattedTextNode(
              Duration.class,
              "a duration of days, hours, minutes and seconds as P1DT2H3M4.5S",
              Map.of("pattern", DURATION),
              Duration::parse,
              Object::toString),
          UUID.class,
          spelled(
              UUID.class,
              "a UUID as 123e4567-e89b-12d3-a456-426614174000",
              "uuid",
              ScalarTypes::uuid),
          URI.class,
          new SchemaNode.FormattedTextNode(
              URI.class, "a URI", Map.of(), URI::create, Object::toString));

  private ScalarTypes() {}

  static @Nullable SchemaNode of(Class<?> raw, Limits limits) {
    if (raw == String.class) {
      return new SchemaNode.TextNode(limits);
    }
    if (raw == boolean.class || raw == Boolean.class) {
      return new SchemaNode.BooleanNode();
    }
    if (WHOLE.contains(raw) || DECIMAL.contains(raw)) {
      return new SchemaNode.NumberNode(raw, WHOLE.contains(raw), limits);
    }
    if (raw == OptionalInt.class) {
      return new SchemaNode.OptionalNode(
          new SchemaNode.NumberNode(int.class, true, limits), Absence.INT);
    }
    if (raw == OptionalLong.class) {
      return new SchemaNode.OptionalNode(
          new SchemaNode.NumberNode(long.class, true, limits), Absence.LONG);
    }
    if (raw == OptionalDouble.class) {
      return new SchemaNode.OptionalNode(
          new SchemaNode.NumberNode(double.class, false, limits), Absence.DOUBLE);
    }
    return SPELLED.get(raw);
  }

  private static SchemaNode.FormattedTextNode spelled(
      Class<?> type, String what, String format, Function<String, Object> reads) {
    return new SchemaNode.FormattedTextNode(
        type, what, Map.of("format", format), reads, Object::toString);
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
