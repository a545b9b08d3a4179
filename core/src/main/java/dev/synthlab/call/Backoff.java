package dev.synthlab.call;

import java.time.Duration;

/**
 * How often something failed, whether it may be tried again, and how long the pause before that is
 * at most. For one thread.
 */
final class Backoff {
  private final int max;
  private final Duration first;
  private final Duration maxDelay;
  private int failures;

  Backoff(int max, Duration first, Duration maxDelay) {
    this.max = max;
    this.first = first;
    this.maxDelay = maxDelay;
  }

  static Backoff of(CallPolicy policy) {
    return new Backoff(policy.maxAttempts(), policy.backoffFirst(), policy.backoffMax());
  }

  /** Counts a failure. Whether another try may follow. */
  boolean mayFollow() {
    failures++;
    return failures < max;
  }

  /** The longest pause after the failures so far. */
  Duration pause() {
    return pause(failures);
  }

  /** The longest pause after so many failures: twice as long each time, up to a bound. */
  Duration pause(int failed) {
    Duration pause = first;
    for (int i = 1; i < failed && pause.compareTo(maxDelay) < 0; i++) {
      pause = pause.multipliedBy(2);
    }
    return pause.compareTo(maxDelay) < 0 ? pause : maxDelay;
  }
}
