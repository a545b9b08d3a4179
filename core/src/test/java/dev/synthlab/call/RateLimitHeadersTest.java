package dev.synthlab.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthlab.http.Headers;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RateLimitHeadersTest {
  private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");

  private static Headers of(String what, String limit, String left, String reset) {
    return Headers.of(
        "x-ratelimit-limit-" + what, limit,
        "x-ratelimit-remaining-" + what, left,
        "x-ratelimit-reset-" + what, reset);
  }

  @ParameterizedTest
  @CsvSource({
    "requests, 60, 0, 60s, 1000",
    "requests, 2, 0, 60s, 30000",
    "requests, 1, 0, 600s, 60000",
    "requests, 0, 0, 6s, 6000",
    "requests, many, 0, 6s, 6000",
    "tokens, 50, 0, 60s, 1200",
    "tokens, 100000, ' 0 ', 60s, 600"
  })
  void waitsForPartOfTheResetTime(
      String what, String limit, String left, String reset, long millis) {
    assertThat(RateLimitHeaders.pause(of(what, limit, left, reset)))
        .contains(Duration.ofMillis(millis));
  }

  @ParameterizedTest
  @CsvSource({
    "requests, 60, 1, 60s",
    "requests, 60, none, 60s",
    "requests, 60, 0, soon",
    "requests, 60, 0, 0s",
    "other, 60, 0, 60s"
  })
  void doesNotWaitWhileTheLimitIsNotExhausted(
      String what, String limit, String left, String reset) {
    assertThat(RateLimitHeaders.pause(of(what, limit, left, reset))).isEmpty();
  }

  @Test
  void prefersTheRequestLimitToTheTokenLimit() {
    Headers both =
        Headers.of(
            "x-ratelimit-remaining-requests", "0",
            "x-ratelimit-reset-requests", "1s",
            "x-ratelimit-remaining-tokens", "0",
            "x-ratelimit-reset-tokens", "2s");

    assertThat(RateLimitHeaders.pause(both)).contains(Duration.ofSeconds(1));
  }

  @ParameterizedTest
  @CsvSource({
    "x-ratelimit-reset-requests, 3s, 3000",
    "x-ratelimit-reset-tokens, 6m0s, 360000",
    "x-ratelimit-reset-tokens-minute, 1.5, 1500",
    "x-ratelimit-reset, 30, 30000",
    "RateLimit-Reset, 7, 7000",
    "anthropic-ratelimit-requests-reset, 2026-11-22T10:00:09Z, 9000",
    "anthropic-ratelimit-input-tokens-reset, 2026-11-22T10:00:09Z, 9000"
  })
  void readsWhenALimitIsReset(String header, String value, long millis) {
    assertThat(RateLimitHeaders.reset(Headers.of(header, value), NOW))
        .contains(Duration.ofMillis(millis));
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0, 20s, 5s, 20000",
    "0, 3, 20s, 30s, 20000",
    "2, 0, 20s, 5s, 5000",
    "2, 3, 20s, 5s, "
  })
  void waitsForTheLimitsThatAreReached(
      String requestsLeft, String tokensLeft, String requests, String tokens, Long millis) {
    Headers headers =
        Headers.of(
            "x-ratelimit-remaining-requests", requestsLeft,
            "x-ratelimit-reset-requests", requests,
            "x-ratelimit-remaining-tokens", tokensLeft,
            "x-ratelimit-reset-tokens", tokens);

    assertThat(RateLimitHeaders.reset(headers, NOW))
        .isEqualTo(Optional.ofNullable(millis).map(Duration::ofMillis));
  }

  @Test
  void usesTheShortestResetIfNoHeaderSaysWhichLimitIsReached() {
    Headers headers =
        Headers.of("x-ratelimit-reset-requests", "1s", "x-ratelimit-reset-tokens", "6m0s");

    assertThat(RateLimitHeaders.reset(headers, NOW)).contains(Duration.ofSeconds(1));
  }
}
