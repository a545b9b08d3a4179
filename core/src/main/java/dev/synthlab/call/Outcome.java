package dev.synthlab.call;

/**
 * The outcome of a call: a value or a failure.
 *
 * @param <T> the type of the value
 */
public sealed interface Outcome<T> {

  /**
   * The record of the call.
   *
   * @return attempts, times, tokens
   */
  CallReport report();

  /**
   * Returns the value, or throws the failure.
   *
   * @return the value
   * @throws CallException if the call failed
   */
  T get();

  /**
   * A call that succeeded.
   *
   * @param value the value
   * @param report the record of the call
   * @param <T> the type of the value
   */
  record Answered<T>(T value, CallReport report) implements Outcome<T> {
    @Override
    public T get() {
      return value;
    }
  }

  /**
   * A call that failed.
   *
   * @param reason the exception of its last fault
   * @param report the record of the call
   * @param <T> the type of the value
   */
  record Failed<T>(CallException reason, CallReport report) implements Outcome<T> {
    @Override
    public T get() {
      throw reason;
    }
  }
}
