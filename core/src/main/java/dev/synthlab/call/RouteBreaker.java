package dev.synthlab.call;

import dev.synthlab.spans.TrafficSnapshot;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Leaves a route alone for a while when nearly everything sent there fails, then lets one request
 * find out. Safe for use by many threads.
 */
final class RouteBreaker {
  private static final int LAST_CALLS = 40;
  private static final int FEWEST_CALLS = 20;
  private static final float FAILED_PERCENT = 80;
  private static final Duration OPEN = Duration.ofSeconds(15);
  private static final Duration PROBE = Duration.ofMillis(200);

  private final CircuitBreaker breaker;
  private final Timer timer;
  private volatile long openUntil;
  private final AtomicInteger era = new AtomicInteger();

  RouteBreaker(Timer timer, Runnable whenOpened) {
    this.timer = timer;
    breaker =
        CircuitBreaker.of(
            "route",
            CircuitBreakerConfig.custom()
                .slidingWindow(
                    LAST_CALLS,
                    FEWEST_CALLS,
                    CircuitBreakerConfig.SlidingWindowType.COUNT_BASED,
                    // Its lock-free window throws when a call ends after a probe has failed.
                    CircuitBreakerConfig.SlidingWindowSynchronizationStrategy.SYNCHRONIZED)
                .failureRateThreshold(FAILED_PERCENT)
                .waitDurationInOpenState(OPEN)
                .permittedNumberOfCallsInHalfOpenState(1)
                .writableStackTraceEnabled(false)
                .clock(new ByTimer(timer))
                .build());
    breaker
        .getEventPublisher()
        .onStateTransition(
            change -> {
              era.incrementAndGet();
              if (change.getStateTransition().getToState() == CircuitBreaker.State.OPEN) {
                openUntil = timer.nanos() + OPEN.toNanos();
                whenOpened.run();
              }
            });
  }

  /** Lets one request go, or says how long to wait. */
  Optional<Duration> take() {
    if (breaker.tryAcquirePermission()) {
      return Optional.empty();
    }
    Duration left = Duration.ofNanos(openUntil - timer.nanos()).plusMillis(1);
    // Half open: the one request that finds out is under way.
    return Optional.of(left.compareTo(PROBE) > 0 ? left : PROBE);
  }

  void giveBack() {
    breaker.releasePermission();
  }

  TrafficSnapshot.Breaker state() {
    return switch (breaker.getState()) {
      case OPEN, FORCED_OPEN -> TrafficSnapshot.Breaker.OPEN;
      case HALF_OPEN -> TrafficSnapshot.Breaker.HALF_OPEN;
      case CLOSED, DISABLED, METRICS_ONLY -> TrafficSnapshot.Breaker.CLOSED;
    };
  }

  /** A number that changes whenever the breaker opens, probes or closes. */
  int era() {
    return era.get();
  }

  /**
   * Hears how a request went.
   *
   * @param sentIn the {@link #era} in which it was let go: what began before the breaker opened
   *     says nothing about the route after it
   */
  void saw(RouteSignal signal, int sentIn) {
    if (sentIn != era.get()) {
      return;
    }
    switch (signal) {
      case SERVED -> breaker.onSuccess(0, TimeUnit.NANOSECONDS);
      case FAILED -> breaker.onError(0, TimeUnit.NANOSECONDS, FAILURE);
      case THROTTLED, NEUTRAL -> breaker.releasePermission();
    }
  }

  @SuppressWarnings("StaticAssignmentOfThrowable") // never thrown, and it has no stack trace
  private static final Throwable FAILURE =
      new Throwable("an attempt failed", null, false, false) {
        private static final long serialVersionUID = 1L;
      };

  private static final class ByTimer extends Clock {
    private final Timer timer;

    ByTimer(Timer timer) {
      this.timer = timer;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }

    @Override
    public Instant instant() {
      return timer.now();
    }
  }
}
