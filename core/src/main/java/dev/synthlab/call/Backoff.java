package dev.synthlab.call;

import java.time.Duration;

/**
 * Exponential backoff: counts failures, and gives the maximum delay before the next attempt. For
 * one thread.
 */
final class Backoff {
  private final int maxAttempts;
  private final Duration first;
  private final Duration maxDelay;
  private int failures;

  Backoff(int maxAttempts, Duration first, Duration maxDelay) {
    this.maxAttempts = maxAttempts;
    this.first = first;
    this.maxDelay = maxDelay;
  }

  static Backoff of(CallPolicy policy) {
    return new Backoff(policy.maxAttempts(), policy.backoffFirst(), policy.backoffMax());
  }

  /** Counts a failure. Returns whether another attempt is allowed. */
  boolean recordFailure() {
    failures++;
    return failures < maxAttempts;
  }

  /** The maximum delay after the failures so far. */
  Duration delay() {
    return delayAfter(failures);
  }

  /** The maximum delay after a number of failures: it doubles each time, up to a maximum. */
  Duration delayAfter(int failed) {
    Duration delay = first;
    for (int i = 1; i < failed && delay.compareTo(maxDelay) < 0; i++) {
      delay = delay.multipliedBy(2);
    }
    return delay.compareTo(maxDelay) < 0 ? delay : maxDelay;
  }
}
