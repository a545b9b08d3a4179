package dev.synthlab.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthlab.http.Headers;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RetryAfterTest {
  private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");

  private static Optional<Duration> wait(int status, String body, String... headers) {
    return RetryAfter.of(status, Headers.of(headers), ErrorBody.read(body), NOW);
  }

  private static Optional<Duration> wait(String header, String value) {
    return wait(429, "", header, value);
  }

  @ParameterizedTest
  @CsvSource({
    "Retry-After, 7, 7000",
    "Retry-After, ' 1.25 ', 1250",
    "Retry-After, 86400, 86400000",
    "Retry-After, 1m30s, 90000",
    "Retry-After, 'Sun, 22 Nov 2026 10:00:09 GMT', 9000",
    "Retry-After, 2026-11-22T10:00:09Z, 9000",
    "retry-after-ms, 1500, 1500",
    "retry-after-ms, 0.5, 0"
  })
  void readsEveryFormatOfRetryAfter(String header, String value, long millis) {
    assertThat(wait(header, value))
        .hasValueSatisfying(wait -> assertThat(wait.toMillis()).isEqualTo(millis));
  }

  @ParameterizedTest
  @CsvSource({
    "Retry-After, 1795341603, 3000",
    "Retry-After, 1795341603.5, 3500",
    "Retry-After, 1795341603000, 3000",
    "retry-after-ms, 1795341603000, 3000",
    "x-ratelimit-reset, 1795341603, 3000",
    "X-RateLimit-Reset, 1795341603000, 3000"
  })
  void readsAUnixTimeAsTheTimeUntilThen(String header, String value, long millis) {
    assertThat(wait(header, value)).contains(Duration.ofMillis(millis));
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
        "86401",
        "999999999",
        "1795341600",
        "1700000000",
        "1795600000000",
        "99999999999999999999",
        "123456789012345678901",
        "1234567890123456789012345678901234567890",
        "Sun, 22 Nov 2026 10:00:00 GMT",
        "Sun, 22 Nov 2026 09:59:59 GMT",
        "Mon, 22 Nov 2026 11:00:00 GMT",
        "Mon, 27 Dec 2027 10:00:00 GMT",
        "Fri, 31 Dec 9999 23:59:59 GMT"
      })
  void ignoresATimeThatMakesNoSense(String value) {
    assertThat(wait("Retry-After", value)).isEmpty();
    assertThat(wait("x-ratelimit-reset", value)).isEmpty();
  }

  @Test
  void prefersMilliseconds() {
    assertThat(wait(429, "", "Retry-After", "9", "retry-after-ms", "10"))
        .contains(Duration.ofMillis(10));
    assertThat(wait(429, "", "Retry-After", "9", "retry-after-ms", "x"))
        .contains(Duration.ofSeconds(9));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'error':{'details':[{'retryDelay':'34.074824224s'}]}} | 34074",
        "{'error':{'details':[{'retryDelay':{'seconds':3}}]}} | 3000",
        "{'error':{'message':'slow','retry_after':1.5}} | 1500",
        "{'message':'slow','retryAfter':2} | 2000",
        "{'error':{'metadata':{'headers':{'Retry-After':'3'}}}} | 3000",
        "{'error':{'metadata':{'headers':{'X-RateLimit-Reset':'1795341603000'}}}} | 3000"
      })
  void readsATimeInTheBody(String body, long millis) {
    assertThat(wait(429, body.replace('\'', '"')))
        .hasValueSatisfying(wait -> assertThat(wait.toMillis()).isEqualTo(millis));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Rate limit reached for m. Please try again in 1.5s. Visit x. | 1500",
        "Please try again in 350ms. | 350",
        "Please try again in 6m0s. | 360000",
        "Please try again in 1m2.5s | 62500",
        "Quota exceeded, limit: 15 Please retry in 20.1s. | 20100",
        "Please retry after 26 seconds. | 26000",
        "Try again in 2 minutes and 5 seconds | 125000",
        "Please wait 5 seconds before you retry | 5000"
      })
  void readsATimeInTheMessageOfA429(String message, long millis) {
    String body = "{\"error\":{\"message\":\"" + message + "\"}}";

    assertThat(wait(429, body)).contains(Duration.ofMillis(millis));
    assertThat(wait(500, body)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Please try again later.",
        "Please try again in a moment",
        "retry with 5 examples",
        "wait 99999999 days",
        "I waited 3 seconds"
      })
  void readsNoTimeWhereNoneIsNamed(String message) {
    assertThat(wait(429, message)).isEmpty();
  }

  @Test
  void prefersHeadersToTheBodyAndTheMessageToTheResetOfALimit() {
    String body = "{\"message\":\"try again in 4s\",\"retry_after\":3}";

    assertThat(wait(429, body, "Retry-After", "2")).contains(Duration.ofSeconds(2));
    assertThat(wait(429, body, "Retry-After", "999999999")).contains(Duration.ofSeconds(3));
    assertThat(wait(429, "try again in 4s", "x-ratelimit-reset-requests", "50s"))
        .contains(Duration.ofSeconds(4));
  }
}
