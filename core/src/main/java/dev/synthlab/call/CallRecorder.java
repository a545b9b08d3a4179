package dev.synthlab.call;

/**
 * An observer that keeps what it hears, and has kept all of it when it is closed. Safe for use by
 * many threads.
 */
public interface CallRecorder extends CallObserver, AutoCloseable {

  /** Keeps what it has heard so far and ends; waits for that a few seconds at most. */
  @Override
  void close();
}
