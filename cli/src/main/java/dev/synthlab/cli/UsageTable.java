package dev.synthlab.cli;

import dev.synthlab.store.UsageSummary;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Usage of calls, as a table and as members of a JSON object. */
final class UsageTable {
  private UsageTable() {}

  /** A header and a line per group. */
  static List<String> of(String group, List<UsageSummary> usage) {
    TextTable table =
        new TextTable("<>>>>>>><")
            .row(
                group.toUpperCase(Locale.ROOT),
                "CALLS",
                "FAILED CALLS",
                "FROM CACHE",
                "ATTEMPTS",
                "TOKENS IN",
                "TOKENS OUT",
                "CACHED TOKENS",
                "COST");
    for (UsageSummary one : usage) {
      table.row(
          one.name().isEmpty() ? "-" : one.name(),
          one.calls(),
          one.failed(),
          one.cachedCalls(),
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

  /** The cost; calls whose price is unknown count as unpriced, never as 0. */
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
    line.put("failed_calls", one.failed());
    line.put("attempts", one.attempts());
    line.put("input_tokens", one.inputTokens());
    line.put("output_tokens", one.outputTokens());
    line.put("cached_tokens", one.cachedTokens());
    line.put("reasoning_tokens", one.reasoningTokens());
    one.costUsd().ifPresent(cost -> line.put("cost_usd", cost));
    line.put("unpriced_calls", one.unpricedCalls());
    line.put("calls_from_cache", one.cachedCalls());
    return line;
  }
}
