package dev.synthlab.call;

/**
 * How a call ended.
 *
 * @param <T> what it gives
 */
public sealed interface Outcome<T> {

  /**
   * How it went.
   *
   * @return attempts, times, tokens
   */
  CallReport report();

  /**
   * The answer, or the exception thrown.
   *
   * @return the answer
   * @throws CallException when the call failed
   */
  T get();

  /**
   * It has an answer.
   *
   * @param value the answer
   * @param report how it went
   * @param <T> what it gives
   */
  record Answered<T>(T value, CallReport report) implements Outcome<T> {
    @Override
    public T get() {
      return value;
    }
  }

  /**
   * It has none.
   *
   * @param reason what went wrong at last
   * @param report how it went
   * @param <T> what it would have given
   */
  record Failed<T>(CallException reason, CallReport report) implements Outcome<T> {
    @Override
    public T get() {
      throw reason;
    }
  }
}
