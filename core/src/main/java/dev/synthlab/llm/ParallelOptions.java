package dev.synthlab.llm;

import dev.synthlab.call.Outcome;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * How many calls are made together. Immutable.
 *
 * @param concurrency how many may be in flight, else as many as the client was set up for
 * @param deadline for all of them together, from the first on, besides that of each
 * @param listener hears of each as it ends
 */
public record ParallelOptions(
    OptionalInt concurrency, Optional<Duration> deadline, Listener listener) {

  /** As many at once as the client was set up for; nobody listens. */
  public static final ParallelOptions DEFAULT =
      new ParallelOptions(OptionalInt.empty(), Optional.empty(), (place, outcome) -> {});

  /** Checks the numbers. */
  public ParallelOptions {
    Objects.requireNonNull(listener);
    if (concurrency.orElse(1) < 1) {
      throw new IllegalArgumentException(
          "atOnce must be at least 1, was " + concurrency.getAsInt());
    }
    if (deadline.isPresent() && !deadline.get().isPositive()) {
      throw new IllegalArgumentException("deadline must be positive, was " + deadline.get());
    }
  }

  /** Hears of each call as it ends: one after the other, in the order in which they end. */
  @FunctionalInterface
  public interface Listener {
    /**
     * A call has ended. What this throws ends the whole: calls in flight may end, and are told of,
     * nothing more is sent, then it is thrown to the caller.
     *
     * @param place of the request in the list, from 0
     * @param outcome the answer, which may have a {@link Completion#problem()}, or why there is
     *     none
     */
    void ended(int place, Outcome<Completion> outcome);
  }

  /**
   * The same with another bound.
   *
   * @param calls how many may be in flight
   * @return a new value
   */
  public ParallelOptions withConcurrency(int calls) {
    return new ParallelOptions(OptionalInt.of(calls), deadline, listener);
  }

  /**
   * The same with an end for all.
   *
   * @param within what has not ended by then fails with a {@link
   *     dev.synthlab.call.CallException.DeadlineExceeded}; what has ended is kept
   * @return a new value
   */
  public ParallelOptions withDeadline(Duration within) {
    return new ParallelOptions(concurrency, Optional.of(within), listener);
  }

  /**
   * The same with somebody who listens.
   *
   * @param hears of each call as it ends
   * @return a new value
   */
  public ParallelOptions withListener(Listener hears) {
    return new ParallelOptions(concurrency, deadline, hears);
  }
}
