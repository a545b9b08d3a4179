package dev.synthlab.cli;

import dev.synthlab.store.UsageSummary;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What calls used, as lines for people and as members of a JSON object. */
final class UsageTable {
  private UsageTable() {}

  /** A head and a line for each. */
  static List<String> of(String what, List<UsageSummary> usage) {
    TextTable table =
        new TextTable("<>>>>>>><")
            .row(
                what.toUpperCase(Locale.ROOT),
                "CALLS",
                "FAILED",
                "FROM CACHE",
                "ATTEMPTS",
                "TOKENS IN",
                "TOKENS OUT",
                "CACHED",
                "COST");
    for (UsageSummary one : usage) {
      table.row(
          one.name().isEmpty() ? "-" : one.name(),
          one.calls(),
          one.failed(),
          one.fromCache(),
          one.attempts(),
          one.inputTokens(),
          one.outputTokens(),
          cached(one),
          cost(one));
    }
    return table.lines();
  }

  private static String cached(UsageSummary usage) {
    return usage.inputTokens() == 0
        ? "0%"
        : Math.round(100.0 * usage.cachedTokens() / usage.inputTokens()) + "%";
  }

  /** What is not known is said, and never a 0. */
  static String cost(UsageSummary usage) {
    String sum = usage.costUsd().map(cost -> "$" + plain(cost)).orElse("");
    if (usage.unpricedCalls() == 0) {
      return sum.isEmpty() ? "-" : sum;
    }
    return sum.isEmpty() ? "unpriced" : sum + " and " + usage.unpricedCalls() + " unpriced";
  }

  private static String plain(BigDecimal cost) {
    return cost.setScale(Math.max(2, cost.scale())).toPlainString();
  }

  static Map<String, Object> members(UsageSummary one) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("name", one.name());
    line.put("calls", one.calls());
    line.put("failed", one.failed());
    line.put("attempts", one.attempts());
    line.put("input_tokens", one.inputTokens());
    line.put("output_tokens", one.outputTokens());
    line.put("cached_tokens", one.cachedTokens());
    line.put("reasoning_tokens", one.reasoningTokens());
    one.costUsd().ifPresent(cost -> line.put("cost_usd", cost));
    line.put("unpriced_calls", one.unpricedCalls());
    line.put("calls_from_cache", one.fromCache());
    return line;
  }
}
