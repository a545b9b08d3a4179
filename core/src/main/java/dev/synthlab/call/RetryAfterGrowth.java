package dev.synthlab.call;

import java.time.Duration;

/**
 * The growth of the pauses of a route whose server names the same short time to wait again and
 * again: from the third time in a row on, each pause is twice as long as the one before. Guarded by
 * the lock of the gate.
 */
final class RetryAfterGrowth {
  private static final int AS_NAMED = 2;
  private static final int MAX_DOUBLINGS = 16;

  private int rounds;
  private long roundSince;

  /**
   * The pause after a response that named a time. Responses to requests that were sent before the
   * last pause belong to the same round.
   */
  Duration grown(Duration named, Duration most, long sent, long now) {
    if (rounds == 0 || sent - roundSince > 0) {
      rounds++;
      roundSince = now;
    }
    int doublings = Math.min(Math.max(0, rounds - AS_NAMED), MAX_DOUBLINGS);
    Duration grown = named.multipliedBy(1L << doublings);
    Duration bounded = grown.compareTo(most) < 0 ? grown : most;
    return bounded.compareTo(named) > 0 ? bounded : named;
  }

  /** Starts over, after an answer. */
  void reset() {
    rounds = 0;
  }
}
