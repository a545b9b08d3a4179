package dev.synthlab.batch;

import java.math.BigDecimal;

/**
 * What a job has cost so far, by the prices known.
 *
 * @param usd the priced answers of this run, in US dollars
 * @param usdBefore those of earlier runs, as far as their lines are still in OUT
 * @param unpriced answers of this run whose price is not known
 */
public record RunCost(BigDecimal usd, BigDecimal usdBefore, long unpriced) {
  static final RunCost NONE = new RunCost(BigDecimal.ZERO, BigDecimal.ZERO, 0);

  /**
   * The whole job.
   *
   * @return this run and those before
   */
  public BigDecimal totalUsd() {
    return usd.add(usdBefore);
  }

  RunCost and(BigDecimal more) {
    return new RunCost(usd.add(more), usdBefore, unpriced);
  }

  RunCost andOneUnpriced() {
    return new RunCost(usd, usdBefore, unpriced + 1);
  }

  RunCost after(BigDecimal earlier) {
    return new RunCost(usd, earlier, unpriced);
  }
}
