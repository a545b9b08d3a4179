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
 * The circuit breaker of one route. It opens when most attempts fail, and after some time
 * half-opens to admit one request as a probe. Safe for use by many threads.
 */
final class RouteBreaker {
  private static final int WINDOW_SIZE = 40;
  private static final int MIN_CALLS = 20;
  private static final float FAILURE_RATE_PERCENT = 80;
  private static final Duration OPEN_TIME = Duration.ofSeconds(15);
  private static final Duration PROBE_WAIT = Duration.ofMillis(200);

  private final CircuitBreaker breaker;
  private final Timer timer;
  private volatile long openUntil;
  private final AtomicInteger transitions = new AtomicInteger();

  RouteBreaker(Timer timer, Runnable onOpen) {
    this.timer = timer;
    breaker =
        CircuitBreaker.of(
            "route",
            CircuitBreakerConfig.custom()
                .slidingWindow(
                    WINDOW_SIZE,
                    MIN_CALLS,
                    CircuitBreakerConfig.SlidingWindowType.COUNT_BASED,
                    // Its lock-free window throws when a call ends after a probe has failed.
                    CircuitBreakerConfig.SlidingWindowSynchronizationStrategy.SYNCHRONIZED)
                .failureRateThreshold(FAILURE_RATE_PERCENT)
                .waitDurationInOpenState(OPEN_TIME)
                .permittedNumberOfCallsInHalfOpenState(1)
                .writableStackTraceEnabled(false)
                .clock(new ByTimer(timer))
                .build());
    breaker
        .getEventPublisher()
        .onStateTransition(
            change -> {
              transitions.incrementAndGet();
              if (change.getStateTransition().getToState() == CircuitBreaker.State.OPEN) {
                openUntil = timer.nanos() + OPEN_TIME.toNanos();
                onOpen.run();
              }
            });
  }

  /** Admits one request, or returns how long to wait. */
  Optional<Duration> tryAcquire() {
    if (breaker.tryAcquirePermission()) {
      return Optional.empty();
    }
    Duration left = Duration.ofNanos(openUntil - timer.nanos()).plusMillis(1);
    // Half-open: the probe is in flight.
    return Optional.of(left.compareTo(PROBE_WAIT) > 0 ? left : PROBE_WAIT);
  }

  void releasePermission() {
    breaker.releasePermission();
  }

  TrafficSnapshot.Breaker state() {
    return switch (breaker.getState()) {
      case OPEN, FORCED_OPEN -> TrafficSnapshot.Breaker.OPEN;
      case HALF_OPEN -> TrafficSnapshot.Breaker.HALF_OPEN;
      case CLOSED, DISABLED, METRICS_ONLY -> TrafficSnapshot.Breaker.CLOSED;
    };
  }

  /** The failed and all of the last requests, in words. */
  String failures() {
    CircuitBreaker.Metrics metrics = breaker.getMetrics();
    return metrics.getNumberOfFailedCalls()
        + " of the last "
        + metrics.getNumberOfBufferedCalls()
        + " requests failed; the next one is sent in "
        + OPEN_TIME.toSeconds()
        + " s";
  }

  /** The number of state transitions so far. */
  int transitions() {
    return transitions.get();
  }

  /**
   * Records the result of a request.
   *
   * @param admittedAt the {@link #transitions} when it was admitted: a request from before the last
   *     transition says nothing about the route since
   */
  void record(RouteSignal signal, int admittedAt) {
    if (admittedAt != transitions.get()) {
      return;
    }
    switch (signal) {
      case SUCCESS -> breaker.onSuccess(0, TimeUnit.NANOSECONDS);
      case FAILURE -> breaker.onError(0, TimeUnit.NANOSECONDS, ATTEMPT_FAILED);
      case THROTTLED, NEUTRAL -> breaker.releasePermission();
    }
  }

  @SuppressWarnings("StaticAssignmentOfThrowable") // never thrown, and it has no stack trace
  private static final Throwable ATTEMPT_FAILED =
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
