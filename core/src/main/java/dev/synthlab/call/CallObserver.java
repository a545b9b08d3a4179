package dev.synthlab.call;

/**
 * A listener that receives the report of every call. It is called on the thread of the caller, so
 * it must return quickly and be safe for use by many threads.
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
