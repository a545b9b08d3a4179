package dev.synthlab.call;

/** Hears how every call went. Called on the caller's thread: quick, and safe for many threads. */
@FunctionalInterface
public interface CallObserver {

  /**
   * A call has ended; a stream when it was closed.
   *
   * @param report how it went
   */
  void ended(CallReport report);

  /**
   * Whether it keeps prompts and answers, so that a report should have them.
   *
   * @return false where nobody said so
   */
  default boolean wantsTexts() {
    return false;
  }
}
