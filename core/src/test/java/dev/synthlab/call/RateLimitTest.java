package dev.synthlab.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthlab.test.ManualTimer;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RateLimitTest {
  private final ManualTimer timer = ManualTimer.automatic();

  private Duration wait(RateLimit limit, long weight) {
    return limit.tryAcquire(weight).orElse(Duration.ZERO);
  }

  @ParameterizedTest
  @CsvSource({"30, 1, 2000", "60, 1, 1000", "600, 10, 100"})
  void allowsABurstOfOneSecondAndNoMore(int perMinute, int concurrency, long waitMillis) {
    RateLimit limit = RateLimit.ofRequests(timer, perMinute);

    for (int i = 0; i < concurrency; i++) {
      assertThat(limit.tryAcquire(1)).isEmpty();
    }

    assertThat(wait(limit, 1)).isEqualTo(Duration.ofMillis(waitMillis));
  }

  @ParameterizedTest
  @CsvSource({
    "100, 100, 1000, 1000",
    "100, 40, 600, 0",
    "100, 0, 1000, 0",
    "500, 900, 200, 1000",
    "100, 99999, 1000, 11000",
    "5000, 1000, 100, 1000"
  })
  void correctsTheEstimateByTheActualUsage(long taken, long used, long next, long waitMillis) {
    RateLimit limit = RateLimit.ofTokens(timer, 6_000);
    assertThat(limit.tryAcquire(taken)).isEmpty();

    limit.settle(taken, used);

    // 1,000 at once, 100 a second.
    assertThat(wait(limit, next)).isEqualTo(Duration.ofMillis(waitMillis));
  }

  @Test
  void refillsOverTime() {
    RateLimit limit = RateLimit.ofTokens(timer, 6_000);
    limit.tryAcquire(1_000);

    timer.push(Duration.ofSeconds(5));

    assertThat(limit.tryAcquire(500)).isEmpty();
    assertThat(wait(limit, 1)).isEqualTo(Duration.ofMillis(10));
  }
}
