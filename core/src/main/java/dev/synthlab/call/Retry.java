package dev.synthlab.call;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Repeats work that is no request, a transaction for example, by the rules of the call loop: a
 * bounded number of attempts, pauses that double and are random in length, and none that would
 * outlive the deadline. Immutable, safe for use by many threads.
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
   * Rules with the jitter of the running thread.
   *
   * @param timer the time it lives by
   * @param attempts how often the work is done at most, the first time included
   * @param first bound of the first pause
   * @param max bound of every pause
   * @return the rules
   */
  public static Retry by(Timer timer, int attempts, Duration first, Duration max) {
    if (attempts < 1 || first.isNegative() || max.compareTo(first) < 0) {
      throw new IllegalArgumentException(
          "retries need an attempt and a pause from 0 or more upwards, were "
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
   * Work that may be done several times.
   *
   * @param <T> what it gives
   * @param <E> what it may throw
   */
  @FunctionalInterface
  public interface Work<T extends @Nullable Object, E extends Exception> {
    /**
     * Does it.
     *
     * @return its result
     * @throws E what went wrong
     */
    T run() throws E;
  }

  /**
   * Does the work until it succeeds or must not be repeated.
   *
   * @param deadline the end of all attempts and pauses; an attempt under way is not cut off by it
   * @param work what to do
   * @param again whether a failure may pass when the work is repeated
   * @param <T> what it gives
   * @param <E> what it may throw
   * @return its result
   * @throws E what the last attempt threw
   * @throws InterruptedException when the thread is interrupted in a pause
   */
  public <T extends @Nullable Object, E extends Exception> T run(
      Deadline deadline, Work<T, E> work, Predicate<? super Exception> again)
      throws E, InterruptedException {
    Backoff backoff = new Backoff(attempts, first, max);
    while (true) {
      try {
        return work.run();
      } catch (Exception e) { // whatever it is, it is judged, and thrown on if it is the end
        if (!again.test(e) || !backoff.mayFollow()) {
          throw e;
        }
        Duration pause = partOf(backoff.pause());
        if (pause.compareTo(deadline.remaining()) >= 0) {
          throw e;
        }
        timer.pause(pause);
      }
    }
  }

  private Duration partOf(Duration max) {
    return Duration.ofNanos(random.nextLong(max.toNanos() + 1));
  }
}
