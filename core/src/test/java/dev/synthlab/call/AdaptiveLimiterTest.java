package dev.synthlab.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.Optional;
import java.util.PriorityQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The pace against a simulated server that refuses more than so many requests a second. */
class AdaptiveLimiterTest {
  private static final long SECOND = 1_000_000_000L;

  private record Answer(long sent, long at, RouteSignal signal) {}

  private final AdaptiveLimiter limiter = new AdaptiveLimiter(512, 0);
  private final PriorityQueue<Answer> underWay =
      new PriorityQueue<>(Comparator.comparingLong(Answer::at));
  private final Deque<Long> lastSecond = new ArrayDeque<>();
  private long now;
  private long served;
  private long refused;

  /** Runs for a while against a limit over the last second, and any latency. */
  private void run(Duration time, int limit, Duration latency) {
    long end = now + time.toNanos();
    while (now < end) {
      while (!underWay.isEmpty() && underWay.peek().at() <= now) {
        Answer answer = underWay.poll();
        limiter.record(answer.signal(), answer.sent(), now);
      }
      long next = underWay.isEmpty() ? end : underWay.peek().at();
      if (underWay.size() < limiter.inFlight()) {
        Optional<Duration> wait = limiter.tryAcquire(now);
        if (wait.isEmpty()) {
          underWay.add(new Answer(now, now + latency.toNanos(), sent(limit)));
          continue;
        }
        next = Math.min(next, now + wait.get().toNanos());
      }
      now = Math.min(end, Math.max(next, now + 1));
    }
  }

  private RouteSignal sent(int limit) {
    while (!lastSecond.isEmpty() && lastSecond.peek() <= now - SECOND) {
      lastSecond.poll();
    }
    if (lastSecond.size() >= limit) {
      refused++;
      return RouteSignal.THROTTLED;
    }
    lastSecond.add(now);
    served++;
    return RouteSignal.SUCCESS;
  }

  @ParameterizedTest
  @CsvSource({
    "20, 30, 0.9, 0.05",
    "20, 300, 0.9, 0.05",
    "100, 50, 0.9, 0.05",
    "5, 100, 0.8, 0.1",
    "20, 2000, 0.8, 0.1"
  })
  void usesMostOfTheServersCapacityWithFewRefusals(
      int limit, int latencyMillis, double share, double waste) {
    Duration latency = Duration.ofMillis(latencyMillis);
    run(Duration.ofSeconds(20), limit, latency);
    served = 0;
    refused = 0;

    run(Duration.ofSeconds(60), limit, latency);

    assertThat(served / 60.0).as("served a second").isGreaterThanOrEqualTo(share * limit);
    assertThat((double) refused / (served + refused)).as("refused").isLessThanOrEqualTo(waste);
  }

  @ParameterizedTest
  @CsvSource({
    "20, 30, 0.92, 0.04",
    "20, 100, 0.92, 0.04",
    "20, 300, 0.92, 0.04",
    "20, 2000, 0.78, 0.1",
    "100, 100, 0.92, 0.02",
    "5, 100, 0.9, 0.06",
    "2, 100, 0.9, 0.08"
  })
  void losesLittleThroughputInTheFirstMinute(
      int limit, int latencyMillis, double share, double waste) {
    run(Duration.ofSeconds(60), limit, Duration.ofMillis(latencyMillis));

    assertThat(served / 60.0).as("served a second").isGreaterThanOrEqualTo(share * limit);
    assertThat((double) refused / (served + refused)).as("refused").isLessThanOrEqualTo(waste);
  }

  @ParameterizedTest
  @CsvSource({"30", "300"})
  void adaptsToAHigherServerLimitWithinAMinute(int latencyMillis) {
    Duration latency = Duration.ofMillis(latencyMillis);
    run(Duration.ofSeconds(30), 20, latency);

    run(Duration.ofSeconds(50), 60, latency);
    served = 0;
    run(Duration.ofSeconds(10), 60, latency);

    assertThat(served / 10.0).isGreaterThanOrEqualTo(0.9 * 60);
  }

  @ParameterizedTest
  @CsvSource({"30", "300"})
  void adaptsToALowerServerLimit(int latencyMillis) {
    Duration latency = Duration.ofMillis(latencyMillis);
    run(Duration.ofSeconds(30), 60, latency);

    run(Duration.ofSeconds(10), 20, latency);
    served = 0;
    refused = 0;
    run(Duration.ofSeconds(30), 20, latency);

    assertThat(served / 30.0).isGreaterThanOrEqualTo(0.85 * 20);
    assertThat((double) refused / (served + refused)).isLessThanOrEqualTo(0.08);
  }

  @Test
  void lowersConcurrencyWhenTheServerFails() {
    for (int i = 0; i < 99; i++) {
      limiter.record(RouteSignal.SUCCESS, 0, 0);
    }
    assertThat(limiter.inFlight()).isEqualTo(100);

    limiter.record(RouteSignal.FAILURE, SECOND, 2 * SECOND);
    assertThat(limiter.inFlight()).isEqualTo(70);
    // Sent before that failure was known, it tells nothing new.
    limiter.record(RouteSignal.FAILURE, 2 * SECOND - 1, 3 * SECOND);
    assertThat(limiter.inFlight()).isEqualTo(70);
    limiter.record(RouteSignal.FAILURE, 2 * SECOND, 3 * SECOND);
    assertThat(limiter.inFlight()).isEqualTo(49);

    for (int i = 0; i < 50; i++) {
      limiter.record(RouteSignal.SUCCESS, 3 * SECOND, 4 * SECOND);
    }
    assertThat(limiter.inFlight()).isEqualTo(50);
    limiter.record(RouteSignal.NEUTRAL, 4 * SECOND, 4 * SECOND);
    assertThat(limiter.rate()).isInfinite();
  }

  @Test
  void waitsLongerWithEachRefusalWithinASecondAtAnUnchangedRate() {
    for (int i = 0; i < 41; i++) {
      assertThat(limiter.tryAcquire(0)).isEmpty();
    }
    limiter.record(RouteSignal.THROTTLED, 0, SECOND / 10);
    assertThat(limiter.rate()).isEqualTo(36);

    for (int missed : new int[] {1, 2, 4, 8, 8}) {
      limiter.record(RouteSignal.THROTTLED, SECOND / 10, SECOND / 10);
      long wait = limiter.tryAcquire(SECOND / 10).orElseThrow().toNanos();
      assertThat(wait / 1e9).isCloseTo(missed / 36.0, within(0.001));
    }
    assertThat(limiter.rate()).isEqualTo(36);

    limiter.record(RouteSignal.THROTTLED, 2 * SECOND, 2 * SECOND);
    assertThat(limiter.rate()).isLessThan(36);
  }

  @Test
  void ignoresRefusalsOfRequestsSentBeforeTheLastDecrease() {
    for (int i = 0; i < 41; i++) {
      limiter.tryAcquire(0);
    }
    limiter.record(RouteSignal.THROTTLED, 0, SECOND);
    double rate = limiter.rate();

    limiter.record(RouteSignal.THROTTLED, SECOND - 1, 5 * SECOND);

    assertThat(limiter.rate()).isEqualTo(rate);
  }
}
