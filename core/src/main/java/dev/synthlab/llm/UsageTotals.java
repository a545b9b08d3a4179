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

/** The usage of all calls so far, by model. Safe for use by many threads. */
public final class UsageTotals implements CallObserver {
  private final Map<String, Total> byModel = new ConcurrentHashMap<>();

  /** Creates totals without usage. */
  public UsageTotals() {}

  /** The usage of the calls to one model. Immutable. */
  public static final class Total {
    private final long calls;
    private final long failed;
    private final long inputTokens;
    private final long outputTokens;
    private final long cachedTokens;
    private final long reasoningTokens;
    private final Optional<BigDecimal> costUsd;
    private final long unpricedCalls;

    Total(
        long calls,
        long failed,
        long inputTokens,
        long outputTokens,
        long cachedTokens,
        long reasoningTokens,
        Optional<BigDecimal> costUsd,
        long unpricedCalls) {
      this.calls = calls;
      this.failed = failed;
      this.inputTokens = inputTokens;
      this.outputTokens = outputTokens;
      this.cachedTokens = cachedTokens;
      this.reasoningTokens = reasoningTokens;
      this.costUsd = costUsd;
      this.unpricedCalls = unpricedCalls;
    }

    /** {@return the calls that ended, failed ones included} */
    public long calls() {
      return calls;
    }

    /** {@return the calls without an answer} */
    public long failed() {
      return failed;
    }

    /** {@return the tokens sent, cached ones included} */
    public long inputTokens() {
      return inputTokens;
    }

    /** {@return the tokens received, reasoning included} */
    public long outputTokens() {
      return outputTokens;
    }

    /** {@return those of the tokens sent that the provider had cached} */
    public long cachedTokens() {
      return cachedTokens;
    }

    /** {@return those of the tokens received that are reasoning} */
    public long reasoningTokens() {
      return reasoningTokens;
    }

    /** {@return the cost of the calls with a known price; empty when there are none} */
    public Optional<BigDecimal> costUsd() {
      return costUsd;
    }

    /** {@return the calls with an answer whose price is not known} */
    public long unpricedCalls() {
      return unpricedCalls;
    }

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
   * The totals of each model that was called.
   *
   * @return a snapshot, sorted by the name of the model
   */
  public Map<String, Total> byModel() {
    return Collections.unmodifiableMap(new TreeMap<>(byModel));
  }
}
