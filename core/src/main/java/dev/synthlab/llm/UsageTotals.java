package dev.synthlab.llm;

import dev.synthlab.call.CallObserver;
import dev.synthlab.call.CallReport;
import dev.synthlab.call.Spend;
import java.math.BigDecimal;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What all calls so far have used, by the model that was asked last. Safe for use by many threads.
 */
public final class UsageTotals implements CallObserver {
  private final Map<String, Total> byModel = new ConcurrentHashMap<>();

  /** Nothing was used yet. */
  public UsageTotals() {}

  /**
   * What the calls to one model have used.
   *
   * @param calls those that ended, failed ones included
   * @param failed those that had no answer
   * @param inputTokens tokens sent, cached ones included
   * @param outputTokens tokens received, reasoning included
   * @param cachedTokens of the tokens sent, those the provider had cached
   * @param reasoningTokens of the tokens received, those nobody sees
   * @param costUsd what the priced calls cost; empty when there was none
   * @param unpricedCalls those that had an answer whose price is not known
   */
  public record Total(
      long calls,
      long failed,
      long inputTokens,
      long outputTokens,
      long cachedTokens,
      long reasoningTokens,
      Optional<BigDecimal> costUsd,
      long unpricedCalls) {
    private static Total of(CallReport report) {
      boolean failed = report.fault().isPresent();
      Spend spend = report.spend();
      return new Total(
          1,
          failed ? 1 : 0,
          spend.inputTokens(),
          spend.outputTokens(),
          spend.cachedTokens(),
          spend.reasoningTokens(),
          spend.costUsd(),
          failed || spend.costUsd().isPresent() ? 0 : 1);
    }

    private Total and(Total more) {
      return new Total(
          calls + more.calls,
          failed + more.failed,
          inputTokens + more.inputTokens,
          outputTokens + more.outputTokens,
          cachedTokens + more.cachedTokens,
          reasoningTokens + more.reasoningTokens,
          more.costUsd.map(cost -> cost.add(costUsd.orElse(BigDecimal.ZERO))).or(() -> costUsd),
          unpricedCalls + more.unpricedCalls);
    }
  }

  @Override
  public void ended(CallReport report) {
    byModel.merge(report.route().resource(), Total.of(report), Total::and);
  }

  /**
   * All models that were asked.
   *
   * @return a snapshot, in the order of their names
   */
  public Map<String, Total> byModel() {
    return Collections.unmodifiableMap(new TreeMap<>(byModel));
  }
}
