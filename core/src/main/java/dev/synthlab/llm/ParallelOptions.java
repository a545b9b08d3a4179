package dev.synthlab.llm;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The options of {@link LlmClient#askAll}: concurrency and deadline. Immutable.
 *
 * @param concurrency the maximum number of calls in flight, else that of the client
 * @param deadline for all calls together, in addition to the deadline of each
 */
public record ParallelOptions(OptionalInt concurrency, Optional<Duration> deadline) {

  /** The concurrency of the client, no deadline. */
  public static final ParallelOptions DEFAULT =
      new ParallelOptions(OptionalInt.empty(), Optional.empty());

  /** Checks the numbers. */
  public ParallelOptions {
    if (concurrency.orElse(1) < 1) {
      throw new IllegalArgumentException(
          "concurrency must be at least 1, was " + concurrency.getAsInt());
    }
    if (deadline.isPresent() && !deadline.get().isPositive()) {
      throw new IllegalArgumentException("deadline must be positive, was " + deadline.get());
    }
  }

  /**
   * Gets the outcome of each call, one after the other, in the order in which the calls end.
   *
   * @param <T> the type of the answers
   */
  @FunctionalInterface
  public interface Listener<T> {
    /**
     * Called when a call has ended. If it throws, no further request is sent; calls in flight may
     * end and are reported, then the exception is thrown to the caller.
     *
     * @param index of the request in the list, from 0
     * @param outcome the answer, the rejected answer, or the failure
     */
    void ended(int index, Outcome<T> outcome);
  }

  /**
   * The same options with another concurrency.
   *
   * @param calls the maximum number of calls in flight
   * @return new options
   */
  public ParallelOptions withConcurrency(int calls) {
    return new ParallelOptions(OptionalInt.of(calls), deadline);
  }

  /**
   * The same options with a deadline for all calls.
   *
   * @param within a call that has not ended by then fails with a {@link
   *     dev.synthlab.call.CallException.DeadlineExceeded}; the other outcomes are returned
   * @return new options
   */
  public ParallelOptions withDeadline(Duration within) {
    return new ParallelOptions(concurrency, Optional.of(within));
  }
}
