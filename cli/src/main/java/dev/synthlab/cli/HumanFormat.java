package dev.synthlab.cli;

import dev.synthlab.batch.RunCost;
import dev.synthlab.batch.Summary;
import dev.synthlab.config.Variable;
import dev.synthlab.logging.Redactor;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Formats of numbers, amounts of money and times for people. */
final class HumanFormat {
  private static final BigDecimal CENT = new BigDecimal("0.01");

  private HumanFormat() {}

  /** A count, such as 950, 12k or 1.8M. */
  static String count(long number) {
    if (number < 1_000) {
      return Long.toString(number);
    }
    if (number < 1_000_000) {
      return number / 1_000 + "k";
    }
    return String.format(Locale.ROOT, "%.1fM", number / 1e6);
  }

  /** Failures by code, such as {@code (length 2, refusal 1)} with a space before it. */
  static String failures(Map<String, Long> byCode) {
    return byCode.isEmpty()
        ? ""
        : byCode.entrySet().stream()
            .map(each -> Redactor.printableLine(each.getKey()) + " " + each.getValue())
            .collect(Collectors.joining(", ", " (", ")"));
  }

  /** An amount, such as $12.34, $0.0421 or $0.0000088, with at least two significant digits. */
  static String money(BigDecimal usd) {
    BigDecimal size = usd.abs();
    if (size.signum() == 0 || size.compareTo(BigDecimal.ONE) >= 0) {
      return "$" + usd.setScale(2, RoundingMode.HALF_UP).toPlainString();
    }
    if (size.compareTo(CENT) >= 0) {
      return "$" + usd.setScale(4, RoundingMode.HALF_UP).toPlainString();
    }
    return "$" + usd.round(new MathContext(2)).stripTrailingZeros().toPlainString();
  }

  /** An amount, or {@code unpriced}. */
  static String money(Optional<BigDecimal> usd) {
    return usd.map(HumanFormat::money).orElse("unpriced");
  }

  /** The cost of a run, with the number of unpriced calls and the cost of earlier runs. */
  static String money(RunCost cost) {
    boolean nothing = cost.usd().signum() == 0;
    if (nothing && cost.unpriced() > 0 && cost.usdBefore().signum() == 0) {
      return "unpriced";
    }
    String before =
        cost.usdBefore().signum() == 0 ? "" : " (with earlier runs " + money(cost.totalUsd()) + ")";
    String more = cost.unpriced() > 0 ? " and " + cost.unpriced() + " unpriced" : "";
    return money(cost.usd()) + more + before;
  }

  /** The number of cached completions in parentheses; an empty text for 0. */
  static String fromCache(long answers) {
    return answers == 0 ? "" : " (from the cache " + answers + ")";
  }

  /** How a run that its budget stopped can be resumed. */
  static String moreMoney(Summary summary) {
    if (summary.reason().contains("is not known")) {
      return " once its price is known"; // a higher budget does not help
    }
    return summary.reason().contains(Variable.SYNTHLAB_BUDGET_USD.name())
        ? " tomorrow (UTC), or with a higher SYNTHLAB_BUDGET_USD or lower --max-tokens"
        : ", with a higher --max-cost or lower --max-tokens";
  }

  /** A time, such as 01:25 or 2:03:00. */
  static String clock(Duration time) {
    long seconds = Math.max(0, time.toSeconds());
    return seconds < 3_600
        ? String.format(Locale.ROOT, "%02d:%02d", seconds / 60, seconds % 60)
        : String.format(
            Locale.ROOT, "%d:%02d:%02d", seconds / 3_600, seconds / 60 % 60, seconds % 60);
  }

  /** A time, such as 0.8s, 42s, 2m04s or 1h03m. */
  static String time(Duration time) {
    long seconds = time.toSeconds();
    if (seconds < 10) {
      return String.format(Locale.ROOT, "%.1fs", time.toMillis() / 1e3);
    }
    if (seconds < 60) {
      return seconds + "s";
    }
    return seconds < 3_600
        ? String.format(Locale.ROOT, "%dm%02ds", seconds / 60, seconds % 60)
        : String.format(Locale.ROOT, "%dh%02dm", seconds / 3_600, seconds / 60 % 60);
  }
}
