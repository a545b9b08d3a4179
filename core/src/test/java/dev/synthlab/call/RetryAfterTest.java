package dev.synthlab.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthlab.http.Headers;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RetryAfterTest {
  private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");

  @ParameterizedTest
  @CsvSource({
    "Retry-After, 7, 7000",
    "Retry-After, ' 1.25 ', 1250",
    "Retry-After, 'Sun, 22 Nov 2026 10:00:09 GMT', 9000",
    "retry-after-ms, 1500, 1500",
    "retry-after-ms, 0.5, 0"
  })
  void takesEveryFormInWhichAServerNamesATime(String header, String value, long millis) {
    assertThat(RetryAfter.of(Headers.of(header, value), NOW))
        .hasValueSatisfying(wait -> assertThat(wait.toMillis()).isEqualTo(millis));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "0",
        "0.0",
        "-1",
        "soon",
        "1e3",
        "123456789012345678901",
        "Sun, 22 Nov 2026 10:00:00 GMT",
        "Sun, 22 Nov 2026 09:59:59 GMT",
        "Mon, 22 Nov 2026 11:00:00 GMT"
      })
  void hearsNothingInATimeThatMakesNoSense(String value) {
    assertThat(RetryAfter.of(Headers.of("Retry-After", value), NOW)).isEmpty();
  }

  @Test
  void prefersMilliseconds() {
    Headers both = Headers.of("Retry-After", "9", "retry-after-ms", "10");

    assertThat(RetryAfter.of(both, NOW)).contains(Duration.ofMillis(10));
    assertThat(RetryAfter.of(Headers.of("Retry-After", "9", "retry-after-ms", "x"), NOW))
        .contains(Duration.ofSeconds(9));
  }

  @Test
  void boundsATimeBeyondAllReason() {
    assertThat(RetryAfter.of(Headers.of("Retry-After", "99999999999999999999"), NOW))
        .contains(Duration.ofDays(3650));
  }
}
