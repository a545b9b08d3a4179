package dev.synthlab.call;

import dev.synthlab.http.Headers;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A parser of the time that a server asks to wait. It is read, in this order, from {@code
 * retry-after-ms}, {@code Retry-After} (RFC 9110, section 10.2.3), the same headers of another
 * server that the body repeats, a field of the body such as Google's {@code retryDelay}, and with
 * 429 also from the message and from {@code x-ratelimit-reset} headers.
 */
final class RetryAfter {
  /** A longer time is not believed: it is most often a number with another meaning. */
  static final Duration MAX = Duration.ofDays(1);

  private static final BigDecimal MAX_SECONDS = BigDecimal.valueOf(MAX.toSeconds());

  private static final String UNITS =
      "milliseconds?|msecs?|ms|seconds?|secs?|s|minutes?|mins?|m|hours?|hrs?|h|days?|d";
  private static final Pattern PART =
      Pattern.compile("(\\d{1,9}(?:\\.\\d{1,12})?)\\s?(" + UNITS + ")(?![a-z])");
  private static final Pattern WORDS =
      Pattern.compile(
          "\\b(?:try(?: it)? again|retry(?: your request)?|wait|resets?)"
              + " (?:(?:in|after|for|at least|about|another) ){0,2}"
              + "((?:\\d{1,9}(?:\\.\\d{1,12})?\\s?(?:"
              + UNITS
              + ")(?![a-z]),? ?(?:and )?){1,4})");

  private static final int SEARCHED = 4_000;

  private RetryAfter() {}

  /**
   * The time to wait; empty if there is none, or none that is valid and positive.
   *
   * @param status the status of the response, or the one that its body describes
   */
  static Optional<Duration> of(int status, Headers headers, ErrorBody body, Instant now) {
    Optional<Duration> named =
        of(headers, now)
            .or(() -> of(body.headers(), now))
            .or(() -> body.retryDelay().flatMap(text -> parse(text, now)));
    return status == 429
        ? named
            .or(() -> inWords(body.message()))
            .or(() -> RateLimitHeaders.reset(headers, now))
            .or(() -> RateLimitHeaders.reset(body.headers(), now))
        : named;
  }

  private static Optional<Duration> of(Headers headers, Instant now) {
    return headers
        .first("retry-after-ms")
        .flatMap(text -> number(text).flatMap(ms -> meant(ms.movePointLeft(3), now)))
        .or(() -> headers.first("retry-after").flatMap(text -> parse(text, now)));
  }

  /** Parses a time: a number of seconds, a number with units, a Unix time or a date. */
  static Optional<Duration> parse(String text, Instant now) {
    String written = text.strip();
    Optional<BigDecimal> number = number(written);
    return number.isPresent()
        ? meant(number.get(), now)
        : RateLimitHeaders.time(written).or(() -> until(written, now)).flatMap(RetryAfter::valid);
  }

  private static Optional<BigDecimal> number(String text) {
    String digits = text.strip();
    return digits.length() <= 30 && digits.matches("\\d+(\\.\\d+)?")
        ? Optional.of(new BigDecimal(digits))
        : Optional.empty();
  }

  /** What a number means: seconds, else a time since 1970 in seconds or milliseconds. */
  private static Optional<Duration> meant(BigDecimal number, Instant now) {
    if (number.compareTo(MAX_SECONDS) <= 0) {
      return valid(nanos(number));
    }
    BigDecimal current = BigDecimal.valueOf(now.toEpochMilli(), 3);
    return valid(number.subtract(current))
        .or(() -> valid(number.movePointLeft(3).subtract(current)));
  }

  private static Optional<Duration> valid(BigDecimal seconds) {
    return seconds.compareTo(MAX_SECONDS) > 0 ? Optional.empty() : valid(nanos(seconds));
  }

  private static Optional<Duration> valid(Duration wait) {
    return wait.isPositive() && wait.compareTo(MAX) <= 0 ? Optional.of(wait) : Optional.empty();
  }

  private static Duration nanos(BigDecimal seconds) {
    return Duration.ofNanos(seconds.max(MAX_SECONDS.negate()).movePointRight(9).longValue());
  }

  private static Optional<Duration> until(String text, Instant now) {
    try {
      return Optional.of(Duration.between(now, date(text)));
    } catch (DateTimeException | ArithmeticException e) {
      return Optional.empty();
    }
  }

  private static Instant date(String text) {
    return text.indexOf('T') == 10
        ? OffsetDateTime.parse(text).toInstant()
        : ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
  }

  /** The time in a message such as "Please try again in 1.5s". */
  static Optional<Duration> inWords(String message) {
    String beginning = message.substring(0, Math.min(message.length(), SEARCHED));
    Matcher words = WORDS.matcher(beginning.toLowerCase(Locale.ROOT));
    if (!words.find()) {
      return Optional.empty();
    }
    double seconds = 0;
    Matcher parts = PART.matcher(words.group(1));
    while (parts.find()) {
      seconds += Double.parseDouble(parts.group(1)) * secondsOf(parts.group(2));
    }
    return seconds > MAX.toSeconds()
        ? Optional.empty()
        : valid(Duration.ofNanos((long) (seconds * 1e9)));
  }

  private static double secondsOf(String unit) {
    if (unit.startsWith("ms") || unit.startsWith("milli")) {
      return 1e-3;
    }
    return switch (unit.charAt(0)) {
      case 'd' -> 86_400;
      case 'h' -> 3_600;
      case 'm' -> 60;
      default -> 1;
    };
  }
}
