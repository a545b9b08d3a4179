package dev.synthlab.call;

import io.github.bucket4j.Bandwidth;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import io.github.bucket4j.TimeMeter;
import java.time.Duration;
import java.util.Optional;

/** So much a minute, evenly. Safe for use by many threads. */
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

  /** Requests: none are saved up beyond those of a second, or the first minute would have two. */
  static RateLimit ofRequests(Timer timer, int perMinute) {
    return new RateLimit(timer, perMinute, Math.max(1, perMinute / 60));
  }

  /** Tokens: a single request may take those of ten seconds at once, and any larger one all. */
  static RateLimit ofTokens(Timer timer, int perMinute) {
    return new RateLimit(timer, perMinute, Math.max(1, perMinute / 6));
  }

  /** Takes it, or says how long to wait. What is larger than the limit takes all there is. */
  Optional<Duration> take(long weight) {
    ConsumptionProbe probe = bucket.tryConsumeAndReturnRemaining(clamped(weight));
    return probe.isConsumed()
        ? Optional.empty()
        : Optional.of(Duration.ofNanos(Math.max(1, probe.getNanosToWaitForRefill())));
  }

  /** What may be taken at once now. */
  long free() {
    return bucket.getAvailableTokens();
  }

  /** Puts the difference right once it is known what was used. */
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
