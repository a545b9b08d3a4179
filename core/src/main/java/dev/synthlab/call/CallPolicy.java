package dev.synthlab.call;

import java.time.Duration;
import java.util.Objects;

/**
 * The number of attempts of a call, their timeout, and the delays between them.
 *
 * @param maxAttempts the maximum number of requests to one model, the first included; in a bulk run
 *     a response that only asks to wait does not count, up to ten minutes of such waits, nor does
 *     one that refuses a parameter, which is then left out
 * @param timeout the time limit of one attempt, to the last byte of its response; for a stream to
 *     its first event, and then the maximum time without data
 * @param backoffFirst the maximum of the first delay
 * @param backoffMax the maximum of each delay; a longer time that a server names is obeyed
 * @param waiting what a call does while its route cannot send
 */
public record CallPolicy(
    int maxAttempts,
    Duration timeout,
    Duration backoffFirst,
    Duration backoffMax,
    WaitMode waiting) {

  /** What a call does while a pause, a limit or a breaker stops its route. */
  public enum WaitMode {
    /** Waits if its deadline allows it, else fails immediately. For a single call. */
    WITHIN_DEADLINE,
    /** Waits as long as needed; the wait does not count for its deadline. For a bulk run. */
    UNBOUNDED
  }

  /** Validates the numbers. */
  public CallPolicy {
    if (maxAttempts < 1) {
      throw new IllegalArgumentException("maxAttempts must be at least 1, was " + maxAttempts);
    }
    if (!timeout.isPositive()) {
      throw new IllegalArgumentException("timeout must be positive, was " + timeout);
    }
    if (backoffFirst.isNegative() || backoffMax.compareTo(backoffFirst) < 0) {
      throw new IllegalArgumentException(
          "backoff must be at least 0 and not decrease, was " + backoffFirst + " to " + backoffMax);
    }
    Objects.requireNonNull(waiting);
  }

  /**
   * The same policy with another number of attempts.
   *
   * @param attempts the maximum number, the first included
   * @return a new policy
   */
  public CallPolicy withMaxAttempts(int attempts) {
    return new CallPolicy(attempts, timeout, backoffFirst, backoffMax, waiting);
  }

  /**
   * The same policy with another timeout of an attempt.
   *
   * @param limit positive
   * @return a new policy
   */
  public CallPolicy withTimeout(Duration limit) {
    return new CallPolicy(maxAttempts, limit, backoffFirst, backoffMax, waiting);
  }

  /**
   * The same policy with another wait mode.
   *
   * @param way what a call does while its route cannot send
   * @return a new policy
   */
  public CallPolicy withWaiting(WaitMode way) {
    return new CallPolicy(maxAttempts, timeout, backoffFirst, backoffMax, way);
  }
}
