package dev.synthlab.batch;

import java.math.BigDecimal;

/**
 * The cost of a job so far, by the known prices.
 *
 * @param usd the cost of the answers of this run whose price is known, in US dollars
 * @param usdBefore the cost of earlier runs whose lines are still in OUT
 * @param unpriced the number of answers of this run whose price is not known
 */
public record RunCost(BigDecimal usd, BigDecimal usdBefore, long unpriced) {
  static final RunCost NONE = new RunCost(BigDecimal.ZERO, BigDecimal.ZERO, 0);

  /**
   * The cost of the whole job.
   *
   * @return US dollars, this run and those before
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
