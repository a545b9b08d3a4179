package dev.synthlab.llm;

import java.util.Iterator;

/**
 * The elements of a list as a stream, each as soon as the model has written it. For one consumer;
 * {@link #close} may be called from any thread and ends the call. The iterator throws a {@link
 * dev.synthlab.call.CallException} when the stream breaks, and an {@link AnswerException} when the
 * answer is not a list of such elements; earlier elements stay valid.
 *
 * @param <T> the type of the elements
 */
public interface ElementStream<T> extends Iterable<T>, AutoCloseable {

  /**
   * The elements, as they arrive. Can be called once.
   *
   * @return an iterator that waits for the next element
   */
  @Override
  Iterator<T> iterator();

  /**
   * The whole answer, after the last element.
   *
   * @return text, usage, finish reason and attempts
   * @throws IllegalStateException before the last element
   */
  Completion completion();

  /** Ends the call; closes the socket if the stream has not ended. */
  @Override
  void close();
}
