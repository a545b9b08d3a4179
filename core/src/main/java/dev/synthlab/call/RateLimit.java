package dev.synthlab.call;

import io.github.bucket4j.Bandwidth;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import io.github.bucket4j.TimeMeter;
import java.time.Duration;
import java.util.Optional;

/** A limit on requests or tokens per minute, as a token bucket. Safe for use by many threads. */
final class RateLimit {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final Bucket bucket;
  private final long capacity;

  private RateLimit(Timer timer, long perMinute, long capacity) {
    this.capacity = capacity;
    this.bucket =
        Bucket.builder()
            .addLimit(
                Bandwidth.builder()
                    .capacity(capacity)
                    .refillGreedy(perMinute, MINUTE)
                    .initialTokens(capacity)
                    .build())
            .withCustomTimePrecision(new ByTimer(timer))
            .build();
  }

  /**
   * A limit on requests. The bucket holds those of one second: with more, the first minute could
   * have twice the limit.
   */
  static RateLimit ofRequests(Timer timer, int perMinute) {
    return new RateLimit(timer, perMinute, Math.max(1, perMinute / 60));
  }

  /** A limit on tokens. The bucket holds those of ten seconds, so that large requests fit. */
  static RateLimit ofTokens(Timer timer, int perMinute) {
    return new RateLimit(timer, perMinute, Math.max(1, perMinute / 6));
  }

  /** Takes tokens, or returns how long to wait. A weight above the capacity takes all of it. */
  Optional<Duration> tryAcquire(long weight) {
    ConsumptionProbe probe = bucket.tryConsumeAndReturnRemaining(clamped(weight));
    return probe.isConsumed()
        ? Optional.empty()
        : Optional.of(Duration.ofNanos(Math.max(1, probe.getNanosToWaitForRefill())));
  }

  /** The number of tokens that are available now. */
  long available() {
    return bucket.getAvailableTokens();
  }

  /** Corrects the number of tokens when the usage is known. */
  void settle(long taken, long used) {
    long back = clamped(taken) - used;
    if (back > 0) {
      bucket.addTokens(back);
    } else if (back < 0) {
      bucket.consumeIgnoringRateLimits(Math.min(-back, capacity));
    }
  }

  private long clamped(long weight) {
    return Math.clamp(weight, 1, capacity);
  }

  private record ByTimer(Timer timer) implements TimeMeter {
    @Override
    public long currentTimeNanos() {
      return timer.nanos();
    }

    @Override
    public boolean isWallClockBased() {
      return false;
    }
  }
}
