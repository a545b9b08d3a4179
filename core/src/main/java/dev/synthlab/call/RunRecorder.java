package dev.synthlab.call;

import dev.synthlab.Internal;
import java.time.Instant;
import java.util.Map;

/**
 * A recorder of bulk runs, and of the calls in their results files. The results file stays the
 * source of truth: a run continues if recording fails. Safe for use by many threads.
 */
@Internal
public interface RunRecorder {

  /**
   * Whether all calls of a results file are recorded.
   *
   * @param run the name of the run
   * @param length the size of the file in bytes
   * @return true only if the run ended normally with a file of this size
   */
  boolean knows(String run, long length);

  /**
   * Records that a run starts or resumes.
   *
   * @param start the properties of the run
   */
  void begun(Start start);

  /**
   * Records a call from a line of the results file; it may be recorded already.
   *
   * @param report the record of the call, as read from the line
   */
  void replayed(CallReport report);

  /**
   * Records that a run ended normally.
   *
   * @param run the name of the run
   * @param end its state and counts
   */
  void ended(String run, End end);

  /**
   * The properties of a run at its start.
   *
   * @param run its name, the same each time it is resumed
   * @param at the start time
   * @param input the source of its rows
   * @param output the file of its results
   * @param model the model for rows that do not name one
   * @param rows the number of rows
   */
  record Start(String run, Instant at, String input, String output, String model, long rows) {}

  /**
   * The state and the counts of a run at its end.
   *
   * @param at the end time
   * @param state {@code done}, {@code interrupted} and others, in lower case
   * @param rows the number of rows
   * @param answered the number of rows with an answer
   * @param failures the number of rows whose last line is a failure, by error code
   * @param length the size of its results file in bytes; 0 if there is none
   */
  record End(
      Instant at, String state, long rows, long answered, Map<String, Long> failures, long length) {

    /**
     * The rows whose last line is a failure.
     *
     * @return their number
     */
    public long failed() {
      return failures.values().stream().mapToLong(Long::longValue).sum();
    }
  }
}
