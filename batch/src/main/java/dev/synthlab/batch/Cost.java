package dev.synthlab.batch;

import java.math.BigDecimal;

/**
 * What a job has cost so far, by the prices known.
 *
 * @param usd the priced answers of this run, in US dollars
 * @param usdBefore those of earlier runs, as far as their lines are still in OUT
 * @param unpriced answers of this run whose price is not known
 */
public record Cost(BigDecimal usd, BigDecimal usdBefore, long unpriced) {
  static final Cost NONE = new Cost(BigDecimal.ZERO, BigDecimal.ZERO, 0);

  /**
   * The whole job.
   *
   * @return this run and those before
   */
  public BigDecimal totalUsd() {
    return usd.add(usdBefore);
  }

  Cost and(BigDecimal more) {
    return new Cost(usd.add(more), usdBefore, unpriced);
  }

  Cost andOneUnpriced() {
    return new Cost(usd, usdBefore, unpriced + 1);
  }

  Cost after(BigDecimal earlier) {
    return new Cost(usd, earlier, unpriced);
  }
}
