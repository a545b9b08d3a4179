package dev.synthlab.store;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;

/** One bulk run in the ledger. Immutable. */
public final class RecordedRun {
  private final Values values;

  RecordedRun(Values values) {
    this.values = values;
  }

  /** The values by the names of the accessors. */
  record Values(
      String id,
      Instant began,
      Optional<Instant> ended,
      String input,
      String output,
      String model,
      String state,
      long rows,
      long answered,
      Map<String, Long> failures,
      UsageSummary usage) {}

  /** {@return the id of the run, the same each time the run is resumed} */
  public String id() {
    return values.id();
  }

  /** {@return the time when the run began first} */
  public Instant began() {
    return values.began();
  }

  /** {@return the time when the run ended last; empty while it runs, and after it was killed} */
  public Optional<Instant> ended() {
    return values.ended();
  }

  /** {@return the path of the input} */
  public String input() {
    return values.input();
  }

  /** {@return the path of the results} */
  public String output() {
    return values.output();
  }

  /** {@return the model for rows that do not set one} */
  public String model() {
    return values.model();
  }

  /**
   * {@return {@code running}, {@code killed}, or a code for how the run ended, such as {@code
   * done}, {@code some_failed}, {@code interrupted} or {@code budget}}
   */
  public String state() {
    return values.state();
  }

  /** {@return the number of rows of the input} */
  public long rows() {
    return values.rows();
  }

  /**
   * {@return the number of rows with an answer; of a run without an end, the rows of which a call
   * was answered}
   */
  public long answered() {
    return values.answered();
  }

  /** {@return the number of rows whose last result is a failure, as of the last end of the run} */
  public long failed() {
    return failures().values().stream().mapToLong(Long::longValue).sum();
  }

  /** {@return the failed rows by error code, the codes in alphabetical order} */
  public Map<String, Long> failures() {
    return Collections.unmodifiableMap(values.failures());
  }

  /** {@return the usage of all calls of the run, including calls whose results were lost} */
  public UsageSummary usage() {
    return values.usage();
  }

  /**
   * {@return the cost of all calls whose price is known, in US dollars; empty when there is none}
   */
  public Optional<BigDecimal> costUsd() {
    return usage().costUsd();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RecordedRun that && values.equals(that.values);
  }

  @Override
  public int hashCode() {
    return values.hashCode();
  }

  @Override
  public String toString() {
    return "RecordedRun" + values.toString().substring("Values".length());
  }
}
