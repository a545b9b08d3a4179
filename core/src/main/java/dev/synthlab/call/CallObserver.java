package dev.synthlab.call;

/**
 * A listener that receives the report of every call. It is called on the thread that made the call,
 * or that closed the stream; for requests that a verb sends in parallel that is a virtual thread of
 * the library. It must return quickly and be safe for use by many threads.
 */
@FunctionalInterface
public interface CallObserver {

  /**
   * Receives the report of a call that has ended. A streamed call ends when its stream is closed.
   *
   * @param report the record of the call
   */
  void ended(CallReport report);

  /**
   * Whether reports should contain prompts and answers, because this observer stores them.
   *
   * @return false unless overridden
   */
  default boolean wantsTexts() {
    return false;
  }
}
