package dev.synthlab.llm;

import dev.synthlab.call.CallException;
import dev.synthlab.call.CallReport;

/**
 * The outcome of a call to a model as a value: an answer, an answer that cannot be used, or a
 * failure.
 *
 * @param <T> the type of the answer
 */
public sealed interface Outcome<T> {

  /**
   * The record of the call.
   *
   * @return attempts, times, tokens
   */
  CallReport report();

  /**
   * Returns the answer, or throws the exception.
   *
   * @return the answer
   * @throws AnswerException if the answer was rejected
   * @throws CallException if the call failed
   */
  T get();

  /**
   * A call with an answer.
   *
   * @param value the answer
   * @param report the record of the call
   * @param <T> the type of the answer
   */
  record Answered<T>(T value, CallReport report) implements Outcome<T> {
    @Override
    public T get() {
      return value;
    }
  }

  /**
   * A call with an answer that cannot be used: the model refused, the answer was filtered, or it
   * does not fit. It is paid for.
   *
   * @param exception the reason; {@link AnswerException#completion()} is the answer that came
   * @param report the record of the call
   * @param <T> the type of the answer that was requested
   */
  record Rejected<T>(AnswerException exception, CallReport report) implements Outcome<T> {
    @Override
    public T get() {
      throw exception;
    }
  }

  /**
   * A call that failed, or was cancelled.
   *
   * @param exception the reason, for example a {@link CallException.Cancelled}
   * @param report the record of the call
   * @param <T> the type of the answer that was requested
   */
  record Failed<T>(CallException exception, CallReport report) implements Outcome<T> {
    @Override
    public T get() {
      throw exception;
    }
  }
}
