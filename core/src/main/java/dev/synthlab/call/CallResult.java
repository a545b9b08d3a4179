package dev.synthlab.call;

import dev.synthlab.Internal;

/**
 * The result of one run of the call loop: a value, or the fault that ended it. It has no exception:
 * that is made on the thread to which it is thrown.
 *
 * @param <T> the type of the value
 */
@Internal
public sealed interface CallResult<T> {

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
  record Answered<T>(T value, CallReport report) implements CallResult<T> {
    @Override
    public T get() {
      return value;
    }
  }

  /**
   * A call that failed.
   *
   * @param fault the last fault
   * @param report the record of the call
   * @param <T> the type of the value
   */
  record Failed<T>(Fault fault, CallReport report) implements CallResult<T> {
    @Override
    public T get() {
      throw exception();
    }

    /**
     * Creates the exception of the call.
     *
     * @return a new exception, with the stack trace of the current thread
     */
    public CallException exception() {
      return CallException.of(fault, report);
    }
  }
}
