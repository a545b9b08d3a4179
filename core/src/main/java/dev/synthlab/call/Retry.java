package dev.synthlab.call;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A retry policy for work other than requests, for example transactions. It follows the rules of
 * the call loop: a maximum number of attempts, delays that grow exponentially with jitter, and no
 * delay that ends after the deadline. Immutable, safe for use by many threads.
 */
public final class Retry {
  private final Timer timer;
  private final RandomGenerator random;
  private final int attempts;
  private final Duration first;
  private final Duration max;

  private Retry(Timer timer, RandomGenerator random, int attempts, Duration first, Duration max) {
    this.timer = timer;
    this.random = random;
    this.attempts = attempts;
    this.first = first;
    this.max = max;
  }

  /**
   * Creates a policy.
   *
   * @param timer the clock
   * @param attempts the maximum number of attempts, the first included
   * @param first the maximum of the first delay
   * @param max the maximum of each delay
   * @return the policy
   */
  public static Retry by(Timer timer, int attempts, Duration first, Duration max) {
    if (attempts < 1 || first.isNegative() || max.compareTo(first) < 0) {
      throw new IllegalArgumentException(
          "a retry needs at least 1 attempt, and delays from 0 that do not decrease; got "
              + attempts
              + " with "
              + first
              + " to "
              + max);
    }
    return new Retry(
        Objects.requireNonNull(timer),
        () -> ThreadLocalRandom.current().nextLong(),
        attempts,
        first,
        max);
  }

  /**
   * Work that can be repeated.
   *
   * @param <T> the type of the result
   * @param <E> the type of the exception
   */
  @FunctionalInterface
  public interface Work<T extends @Nullable Object, E extends Exception> {
    /**
     * Does the work once.
     *
     * @return its result
     * @throws E if it fails
     */
    T run() throws E;
  }

  /**
   * Does the work until it succeeds or must not be repeated.
   *
   * @param deadline the end of all attempts and delays; it does not interrupt a running attempt
   * @param work the work
   * @param again whether a failure is transient
   * @param <T> the type of the result
   * @param <E> the type of the exception
   * @return the result of the attempt that succeeded
   * @throws E the exception of the last attempt
   * @throws InterruptedException if the thread is interrupted during a delay
   */
  public <T extends @Nullable Object, E extends Exception> T run(
      Deadline deadline, Work<T, E> work, Predicate<? super Exception> again)
      throws E, InterruptedException {
    Backoff backoff = new Backoff(attempts, first, max);
    while (true) {
      try {
        return work.run();
      } catch (Exception e) { // the predicate decides on every exception; the last one is rethrown
        if (!again.test(e) || !backoff.recordFailure()) {
          throw e;
        }
        Duration delay = randomPart(backoff.delay());
        if (delay.compareTo(deadline.remaining()) >= 0) {
          throw e;
        }
        timer.pause(delay);
      }
    }
  }

  private Duration randomPart(Duration max) {
    return Duration.ofNanos(random.nextLong(max.toNanos() + 1));
  }
}
