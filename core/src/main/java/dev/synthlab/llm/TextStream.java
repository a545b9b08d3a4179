package dev.synthlab.llm;

import java.util.Iterator;

/**
 * An answer that comes piece by piece. For one consumer; {@link #close} may be called from any
 * thread, and ends the call. Iterating fails with a {@link dev.synthlab.call.CallException} when
 * the stream breaks; it keeps the text that had come.
 */
public interface TextStream extends Iterable<String>, AutoCloseable {

  /**
   * The pieces, each handed on as it comes. Can be asked once.
   *
   * @return an iterator that waits for the next piece
   */
  @Override
  Iterator<String> iterator();

  /**
   * The whole answer, once the last piece was taken.
   *
   * @return text, usage, finish reason and attempts
   * @throws IllegalStateException while pieces are still to come
   */
  Completion completion();

  /**
   * The tokens, once the last piece was taken.
   *
   * @return as the provider counted them, else estimated
   * @throws IllegalStateException while pieces are still to come
   */
  default Usage usage() {
    return completion().usage();
  }

  /**
   * Why the model stopped, once the last piece was taken.
   *
   * @return the reason
   * @throws IllegalStateException while pieces are still to come
   */
  default FinishReason finishReason() {
    return completion().finishReason();
  }

  /** Ends the call; the socket is closed if pieces were still to come. */
  @Override
  void close();
}
