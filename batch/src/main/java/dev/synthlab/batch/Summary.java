package dev.synthlab.batch;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.JsonAutoDetect.Visibility;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * The result of a bulk run. Counts of rows are those of the whole job, earlier runs included;
 * tokens, attempts and times are those of this run. Immutable.
 */
@JsonAutoDetect(fieldVisibility = Visibility.ANY, getterVisibility = Visibility.NONE)
public final class Summary {
  private final End end;
  private final String reason;
  @JsonUnwrapped private final RunProgress progress;
  private final long truncated;
  private final long open;
  private final long rowsNotInInput;
  private final long unsaved;
  private final long attempts;
  private final Duration median;
  private final Duration p95;
  private final List<String> notes;

  /** Called with the lock of the counters held. */
  Summary(End end, String reason, RunStats stats, long rowsNotInInput, List<String> notes) {
    this.end = end;
    this.reason = reason;
    this.progress = new RunProgress(stats);
    this.truncated = stats.truncated();
    this.open = stats.open();
    this.rowsNotInInput = rowsNotInInput;
    this.unsaved = stats.unsavedAnswers();
    this.attempts = stats.attempts();
    this.median = stats.latency(0.5);
    this.p95 = stats.latency(0.95);
    this.notes = List.copyOf(notes);
  }

  /** The ends of a run. */
  public enum End {
    /** All rows were run, and no more failed than the tolerance allows. */
    DONE,
    /** All rows were run, and too many failed. */
    SOME_FAILED,
    /** The server refused the key; the rows that were sent with it are open. */
    STOPPED_AUTH,
    /** The server does not have the model; the rows that were sent to it are open. */
    STOPPED_MODEL,
    /** The quota of the account is used up. */
    STOPPED_QUOTA,
    /** The server cannot be reached, or its certificate is not trusted. */
    UNREACHABLE,
    /** No answer came within the stall limit. */
    STALLED,
    /** The deadline of the run has passed. */
    DEADLINE,
    /** Another row could exceed the maximum cost. */
    BUDGET,
    /** There is no room to write; all lines in the output are complete. */
    DISK_FULL,
    /** The reader of the result stream has closed it. */
    OUTPUT_CLOSED,
    /** {@link BulkRun#stop} was called. */
    INTERRUPTED
  }

  /**
   * How the run ended.
   *
   * @return the end
   */
  public End end() {
    return end;
  }

  /**
   * The reason for the end, as a sentence.
   *
   * @return empty when all rows were run
   */
  public String reason() {
    return reason;
  }

  /**
   * The rows of the input, up to the limit.
   *
   * @return a count; complete once the input was scanned
   */
  public long total() {
    return progress.total();
  }

  /**
   * The rows that needed nothing when the run began.
   *
   * @return a count
   */
  public long doneBefore() {
    return progress.doneBefore();
  }

  /**
   * The rows with an answer, those of earlier runs included.
   *
   * @return a count
   */
  public long answered() {
    return progress.answered();
  }

  /**
   * The rows whose last line is a failure, those of earlier runs included.
   *
   * @return a count
   */
  public long failed() {
    return progress.failed();
  }

  /**
   * The rows that got a line in this run.
   *
   * @return a count
   */
  public long ended() {
    return progress.ended();
  }

  /**
   * The tokens sent in this run.
   *
   * @return a count
   */
  public long inputTokens() {
    return progress.inputTokens();
  }

  /**
   * The tokens received in this run.
   *
   * @return a count
   */
  public long outputTokens() {
    return progress.outputTokens();
  }

  /**
   * The answers of this run that came from the cache; nothing was sent for them.
   *
   * @return a count
   */
  public long cached() {
    return progress.cached();
  }

  /**
   * The cost of the job.
   *
   * @return what is known of it
   */
  public RunCost cost() {
    return progress.cost();
  }

  /**
   * The time since the run began.
   *
   * @return a duration
   */
  public Duration elapsed() {
    return progress.elapsed();
  }

  /**
   * The failed rows by error code, malformed lines as {@code invalid_line}.
   *
   * @return counts by code
   */
  public Map<String, Long> failures() {
    return progress.failures();
  }

  /**
   * The answered rows whose answer was cut off by the token limit.
   *
   * @return a count
   */
  public long truncated() {
    return truncated;
  }

  /**
   * The rows without any line, which the same command runs.
   *
   * @return a count
   */
  public long open() {
    return open;
  }

  /**
   * The rows of the output that are no longer in the input; their lines are kept.
   *
   * @return a count
   */
  public long rowsNotInInput() {
    return rowsNotInInput;
  }

  /**
   * The answers that were received and could not be written.
   *
   * @return a count
   */
  public long unsaved() {
    return unsaved;
  }

  /**
   * The requests sent.
   *
   * @return a count
   */
  public long attempts() {
    return attempts;
  }

  /**
   * The median latency of the answers.
   *
   * @return zero when there were none
   */
  public Duration median() {
    return median;
  }

  /**
   * The latency that 95 of 100 answers did not exceed.
   *
   * @return zero when there were none
   */
  public Duration p95() {
    return p95;
  }

  /**
   * The notes for the user, most of them warnings.
   *
   * @return sentences
   */
  public List<String> notes() {
    return notes;
  }

  /**
   * The failed rows that a retry may answer.
   *
   * @return those that {@link BulkOptions.Retry#TRANSIENT} sends
   */
  public long transientFailures() {
    return failures().entrySet().stream()
        .filter(failure -> !RowStatuses.isPermanent(failure.getKey()))
        .mapToLong(Map.Entry::getValue)
        .sum();
  }

  /**
   * Whether there was nothing to send.
   *
   * @return true when this run wrote no line, and no row is open
   */
  public boolean upToDate() {
    return ended() == 0 && open == 0;
  }

  @Override
  public String toString() {
    return "Summary[end="
        + end
        + ", reason="
        + reason
        + ", total="
        + total()
        + ", answered="
        + answered()
        + ", failures="
        + failures()
        + ", open="
        + open
        + ", notes="
        + notes
        + "]";
  }
}
