package dev.synthlab.call;

import java.time.Duration;

/**
 * How often something failed, whether it may be tried again, and how long the pause before that is
 * at most. For one thread.
 */
final class Tries {
  private final int most;
  private final Duration first;
  private final Duration longest;
  private int failures;

  Tries(int most, Duration first, Duration longest) {
    this.most = most;
    this.first = first;
    this.longest = longest;
  }

  static Tries of(CallPolicy policy) {
    return new Tries(policy.maxAttempts(), policy.backoffFirst(), policy.backoffMax());
  }

  /** Counts a failure. Whether another try may follow. */
  boolean mayFollow() {
    failures++;
    return failures < most;
  }

  /** The longest pause after the failures so far. */
  Duration pause() {
    return pause(failures);
  }

  /** The longest pause after so many failures: twice as long each time, up to a bound. */
  Duration pause(int failed) {
    Duration pause = first;
    for (int i = 1; i < failed && pause.compareTo(longest) < 0; i++) {
      pause = pause.multipliedBy(2);
    }
    return pause.compareTo(longest) < 0 ? pause : longest;
  }
}
