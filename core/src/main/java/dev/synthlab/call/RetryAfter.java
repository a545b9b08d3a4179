package dev.synthlab.call;

import dev.synthlab.http.Headers;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/**
 * A parser of the time that a server asks to wait: {@code retry-after-ms}, or {@code Retry-After}
 * in seconds or as a date (RFC 9110, section 10.2.3); decimals are accepted.
 */
final class RetryAfter {
  private static final BigDecimal MAX_SECONDS =
      BigDecimal.valueOf(Duration.ofDays(3650).toSeconds());

  private RetryAfter() {}

  /** The time to wait; empty if there is none, or none that is valid and positive. */
  static Optional<Duration> of(Headers headers, Instant now) {
    return headers
        .first("retry-after-ms")
        .flatMap(text -> seconds(text).map(s -> s.movePointLeft(3)))
        .or(() -> headers.first("retry-after").flatMap(RetryAfter::seconds))
        .map(RetryAfter::duration)
        .or(() -> headers.first("retry-after").flatMap(text -> untilDate(text, now)))
        .filter(Duration::isPositive);
  }

  private static Optional<BigDecimal> seconds(String text) {
    String digits = text.strip();
    if (digits.length() > 20 || !digits.matches("\\d+(\\.\\d+)?")) {
      return Optional.empty();
    }
    return Optional.of(new BigDecimal(digits));
  }

  private static Duration duration(BigDecimal seconds) {
    return Duration.ofNanos(seconds.min(MAX_SECONDS).movePointRight(9).longValue());
  }

  private static Optional<Duration> untilDate(String text, Instant now) {
    try {
      Instant then =
          ZonedDateTime.parse(text.strip(), DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
      return Optional.of(Duration.between(now, then));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }
}
