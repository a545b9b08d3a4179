package dev.synthlab.batch;

import java.util.Optional;

/** Takes result lines. Safe for use by many threads. */
interface OutputSink {

  /**
   * Hands a whole line over, and returns when it was written or could not be.
   *
   * @return whether it was written
   */
  boolean put(int row, short end, byte[] line);

  /** Writes what is left, and lets go. */
  void close();

  /** Why no more lines can be written. */
  Optional<Failure> failure();

  /** Why lines cannot be written. */
  sealed interface Failure {
    String message();

    /** There is no room; what was written is whole. */
    record Full(String message) implements Failure {}

    /** Whoever read the stream has gone. */
    record Closed(String message) implements Failure {}

    /** The file is not ours alone any more, or the disk does not say that it keeps what it got. */
    record Lost(String message) implements Failure {}
  }
}
