package dev.synthlab.store;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.Optional;

/**
 * A bulk run as the ledger knows it.
 *
 * @param id its name, the same in every resumption
 * @param began when it was begun first
 * @param ended when it ended last; empty while it runs, and where it was killed
 * @param input where its rows came from
 * @param output where its results went
 * @param model what it asked if a row named no other
 * @param state {@code running}, {@code killed}, or how it ended: {@code done}, {@code some_failed},
 *     {@code interrupted}, {@code budget} and others
 * @param rows how many there are
 * @param answered rows that have an answer
 * @param failed rows whose last line is a failure
 * @param used what its calls used, those included whose answers were lost
 */
public record RecordedRun(
    String id,
    Instant began,
    Optional<Instant> ended,
    String input,
    String output,
    String model,
    String state,
    long rows,
    long answered,
    long failed,
    UsageSummary used) {

  /**
   * What it cost.
   *
   * @return US dollars of the priced calls; empty when there was none
   */
  public Optional<BigDecimal> costUsd() {
    return used.costUsd();
  }
}
