package dev.synthlab.call;

import java.time.Duration;
import java.util.Objects;

/**
 * How long and how often a call is tried.
 *
 * @param maxAttempts attempts that may fail, the first included; answers that only ask to wait do
 *     not count
 * @param timeout one attempt, to the last byte of its answer; for a stream to its first event, and
 *     then the longest silence
 * @param backoffFirst upper bound of the first pause
 * @param backoffMax upper bound of every pause that is our own; pauses a server names are obeyed
 * @param waiting what a call does while its route is held back
 */
public record CallPolicy(
    int maxAttempts,
    Duration timeout,
    Duration backoffFirst,
    Duration backoffMax,
    WaitMode waiting) {

  /** What a call does while its route is held back by a pause, a limit or a breaker. */
  public enum WaitMode {
    /** Waits if its deadline allows it, else fails at once. For a single call. */
    WITHIN_DEADLINE,
    /** Waits as long as it takes; the wait is not charged to its deadline. For a bulk run. */
    UNBOUNDED
  }

  /** Checks the numbers. */
  public CallPolicy {
    if (maxAttempts < 1) {
      throw new IllegalArgumentException("maxAttempts must be at least 1, was " + maxAttempts);
    }
    if (!timeout.isPositive()) {
      throw new IllegalArgumentException("timeout must be positive, was " + timeout);
    }
    if (backoffFirst.isNegative() || backoffMax.compareTo(backoffFirst) < 0) {
      throw new IllegalArgumentException(
          "backoff must go from 0 or more upwards, was " + backoffFirst + " to " + backoffMax);
    }
    Objects.requireNonNull(waiting);
  }

  /**
   * The same policy with another number of attempts.
   *
   * @param attempts the first included
   * @return a new policy
   */
  public CallPolicy withMaxAttempts(int attempts) {
    return new CallPolicy(attempts, timeout, backoffFirst, backoffMax, waiting);
  }

  /**
   * The same policy with another time for one attempt.
   *
   * @param limit positive
   * @return a new policy
   */
  public CallPolicy withTimeout(Duration limit) {
    return new CallPolicy(maxAttempts, limit, backoffFirst, backoffMax, waiting);
  }

  /**
   * The same policy with another way to wait.
   *
   * @param way what a call does while its route is held back
   * @return a new policy
   */
  public CallPolicy withWaiting(WaitMode way) {
    return new CallPolicy(maxAttempts, timeout, backoffFirst, backoffMax, way);
  }
}
