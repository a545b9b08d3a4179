package dev.synthlab.batch;

import java.util.Optional;

/** A target of result lines. Safe for use by many threads. */
interface OutputSink {

  /**
   * Writes a complete line; returns when it was written or could not be.
   *
   * @return whether it was written
   */
  boolean put(int row, short end, byte[] line);

  /** Writes the queued lines and closes the target. */
  void close();

  /** The failure after which no more lines are written. */
  Optional<Failure> failure();

  /** The failures of a target. */
  sealed interface Failure {
    String message();

    /** No space is left; all written lines are complete. */
    record Full(String message) implements Failure {}

    /** The reader has closed the stream. */
    record Closed(String message) implements Failure {}

    /** Another process changed the file, or the disk did not confirm a write. */
    record Lost(String message) implements Failure {}
  }
}
