package dev.synthlab.llm;

import java.util.Iterator;

/**
 * A list that comes element by element, each as soon as the model has written it. For one consumer;
 * {@link #close} may be called from any thread, and ends the call. Iterating fails with a {@link
 * dev.synthlab.call.CallException} when the stream breaks, and with an {@link AnswerException} when
 * what comes is not the list that was asked for; elements that were handed on stay good.
 *
 * @param <T> the elements
 */
public interface ElementStream<T> extends Iterable<T>, AutoCloseable {

  /**
   * The elements, each handed on as it comes. Can be asked once.
   *
   * @return an iterator that waits for the next element
   */
  @Override
  Iterator<T> iterator();

  /**
   * The whole answer, once the last element was taken.
   *
   * @return text, usage, finish reason and attempts
   * @throws IllegalStateException while elements are still to come
   */
  Completion completion();

  /** Ends the call; the socket is closed if elements were still to come. */
  @Override
  void close();
}
