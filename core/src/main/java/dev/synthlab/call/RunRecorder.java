package dev.synthlab.call;

import java.time.Instant;

/**
 * Keeps what became of bulk runs, beside their results files, and the calls that their lines tell
 * of. It is a record and no truth: a run goes on whatever happens to it. Safe for use by many
 * threads.
 */
public interface RunRecorder {

  /**
   * Whether it has kept all that the lines of a results file tell.
   *
   * @param run the name of the run
   * @param length of the file, in bytes
   * @return true only if the run ended in good order with a file of this length
   */
  boolean knows(String run, long length);

  /**
   * A run begins, or goes on.
   *
   * @param start what is known of it
   */
  void begun(Start start);

  /**
   * A line of the results file tells of a call, which may be known already.
   *
   * @param report how the call went, as the line has it
   */
  void replayed(CallReport report);

  /**
   * A run has ended in good order.
   *
   * @param run its name
   * @param end how
   */
  void ended(String run, End end);

  /**
   * What is known of a run when it begins.
   *
   * @param run its name, the same in every resumption
   * @param at when
   * @param input where its rows come from
   * @param output where its results go
   * @param model what it asks if a row names no other
   * @param rows how many there are
   */
  record Start(String run, Instant at, String input, String output, String model, long rows) {}

  /**
   * How a run ended.
   *
   * @param at when
   * @param state the word for it, in lower case: {@code done}, {@code interrupted} and others
   * @param rows how many there are
   * @param answered rows that have an answer
   * @param failed rows whose last line is a failure
   * @param length of its results file, in bytes; 0 where it has none
   */
  record End(Instant at, String state, long rows, long answered, long failed, long length) {}
}
