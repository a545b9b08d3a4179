package dev.synthlab.batch;

import dev.synthlab.call.CallException;
import java.time.Duration;

/** The result of the call of one row. {@link RowWorkers} decides what follows for the run. */
sealed interface RowResult {

  /** The model answered. The line holds the answer, or the reason why it cannot be used. */
  record Answered(Line line) implements RowResult {}

  /** The server rejected the request of this row. */
  record Failed(Line line) implements RowResult {}

  /** No request could be made of the row, or its answer could not be read. */
  record Invalid(Line line) implements RowResult {}

  /**
   * The call failed with a transient failure.
   *
   * @param responded whether the server sent a status
   */
  record TransientFailure(Line line, boolean responded) implements RowResult {}

  /**
   * No connection could be made.
   *
   * @param failure the result of the row if the server has responded to other rows
   * @param reason why the run stops if it has not
   */
  record Unreachable(TransientFailure failure, String reason) implements RowResult {}

  /**
   * The server refused the call for a reason that is not about the row, such as the key.
   *
   * @param end how the run ends if other rows are refused, too
   */
  record Refused(Summary.End end, CallException reason) implements RowResult {}

  /**
   * Nothing was sent, because the circuit breaker is open.
   *
   * @param delay how long the worker waits before it takes another row
   */
  record Requeued(Duration delay) implements RowResult {}

  /** Nothing was sent, or nothing that counts, and the run takes no more rows. */
  record Stopped(Summary.End end, String reason) implements RowResult {}

  /** A line of OUT, and the status of the row that it records. */
  final class Line {
    private final short status;
    private final byte[] bytes;

    Line(short status, byte[] bytes) {
      this.status = status;
      this.bytes = bytes;
    }

    short status() {
      return status;
    }

    byte[] bytes() {
      return bytes;
    }
  }
}
