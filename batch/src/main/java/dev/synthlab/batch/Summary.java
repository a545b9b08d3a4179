package dev.synthlab.batch;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How a bulk run ended. The counts of rows are those of the whole job, earlier runs included;
 * tokens, attempts and times are those of this run.
 *
 * @param end how it ended
 * @param reason what ended it, in words; empty when all rows were run
 * @param total rows of the input, up to the limit
 * @param answered rows with an answer
 * @param truncated of those, the ones cut off by the token limit
 * @param failed rows whose last line is a failure
 * @param failures the same by cause, malformed lines as {@code invalid_line}
 * @param open rows without any line, to be run by the same command
 * @param doneBefore rows that needed nothing when this run began
 * @param ended rows that got a line in this run
 * @param rowsNotInInput rows of OUT that the input does not have any more; they are kept
 * @param unsaved answers that came and could not be written
 * @param inputTokens tokens sent
 * @param outputTokens tokens received
 * @param cached answers of this run that were kept from equal requests; nothing was sent for them
 * @param cost what it cost
 * @param attempts requests sent
 * @param elapsed from the beginning to the end
 * @param median half of the answers took no longer
 * @param p95 95 of 100 answers took no longer
 * @param notes sentences to be said, warnings for the most part
 */
public record Summary(
    End end,
    String reason,
    long total,
    long answered,
    long truncated,
    long failed,
    Map<String, Long> failures,
    long open,
    long doneBefore,
    long ended,
    long rowsNotInInput,
    long unsaved,
    long inputTokens,
    long outputTokens,
    long cached,
    Cost cost,
    long attempts,
    Duration elapsed,
    Duration median,
    Duration p95,
    List<String> notes) {

  /** Keeps copies. */
  public Summary {
    failures = new TreeMap<>(failures);
    notes = List.copyOf(notes);
  }

  /** The ways a run ends. */
  public enum End {
    /** All rows were run, and no more failed than is allowed. */
    DONE,
    /** All rows were run, and too many failed. */
    SOME_FAILED,
    /** The key was refused; the rows it was tried with are open. */
    STOPPED_AUTH,
    /** The account has no money left. */
    STOPPED_QUOTA,
    /** The server cannot be reached, or cannot prove who it is. */
    UNREACHABLE,
    /** No answer came for too long. */
    STALLED,
    /** The time for the whole run was over. */
    DEADLINE,
    /** What the run may cost does not suffice for another row. */
    BUDGET,
    /** The output takes no more; what is in it is whole. */
    DISK_FULL,
    /** Nobody reads the stream of results any more. */
    OUTPUT_CLOSED,
    /** {@link BulkRun#stop} was called. */
    INTERRUPTED
  }

  /**
   * Failed rows that may end better when they are sent again.
   *
   * @return those that {@link BulkOptions.Retry#TRANSIENT} would send
   */
  public long transientFailures() {
    return failures.entrySet().stream()
        .filter(cause -> !RowStatuses.isLasting(cause.getKey()))
        .mapToLong(Map.Entry::getValue)
        .sum();
  }

  /**
   * Whether there was nothing left to send.
   *
   * @return true when this run got no row a line, and none is open
   */
  public boolean upToDate() {
    return ended == 0 && open == 0;
  }
}
