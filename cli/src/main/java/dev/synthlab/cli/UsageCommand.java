package dev.synthlab.cli;

import dev.synthlab.config.Settings;
import dev.synthlab.http.Json;
import dev.synthlab.logging.Redactor;
import dev.synthlab.store.Ledger;
import dev.synthlab.store.Usage;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What the recorded calls used and cost. */
@Command(
    name = "usage",
    header = "Show what the recorded calls used, what they cost, and how many failed.",
    footer = {
      "",
      "Calls are recorded where SYNTHLAB_LEDGER is on.",
      "",
      "Examples:",
      "  SYNTHLAB_LEDGER=on synthlab ask 'Why is the sky blue?'",
      "  synthlab usage",
      "  synthlab usage --since 7d --by day",
      "  synthlab usage --by key --json",
      "",
      "Exit: 0 shown, 2 wrong use, 4 the ledger cannot be read, or something set is wrong."
    })
final class UsageCommand implements Callable<Integer> {
  private static final Pattern DAYS = Pattern.compile("(\\d{1,5})d");

  @Mixin private CommonOptions common = new CommonOptions();

  @Option(
      names = "--since",
      paramLabel = "TIME",
      description = "Only calls of the last days, hours or minutes: 7d, 12h, 30m.")
  private @Nullable String since;

  @Option(
      names = "--by",
      paramLabel = "WHAT",
      defaultValue = "model",
      description = "What calls are counted by: model, day or key.")
  private Word by = Word.model;

  @Option(names = "--json", description = "One JSON object on stdout.")
  private boolean json;

  /** What calls are counted by, as it is typed. */
  enum Word {
    model(Usage.By.MODEL),
    day(Usage.By.DAY),
    key(Usage.By.KEY);

    private final Usage.By by;

    Word(Usage.By by) {
      this.by = by;
    }
  }

  @Override
  public Integer call() {
    Instant from = Optional.ofNullable(since).map(UsageCommand::before).orElse(Instant.EPOCH);
    Settings settings = common.settings();
    List<Usage> usage = Ledger.usage(settings, from, by.by);
    PrintStream out = Main.stdout();
    if (json) {
      out.println(Json.mapper().writeValueAsString(Map.of("usage", lines(usage))));
    } else if (usage.isEmpty()) {
      out.println(
          "no call is recorded" + (settings.ledger().on() ? "" : ": SYNTHLAB_LEDGER is off"));
    } else {
      table(out, usage);
    }
    out.flush();
    return Exit.OK;
  }

  private static Instant before(String time) {
    Matcher days = DAYS.matcher(time.strip());
    Optional<Duration> ago =
        days.matches()
            ? Optional.of(Duration.ofDays(Integer.parseInt(days.group(1))))
            : Settings.duration(time);
    return Instant.now()
        .minus(
            ago.orElseThrow(
                () -> new UsageException("--since is " + time + ", must be a time: 7d, 12h, 30m")));
  }

  private void table(PrintStream out, List<Usage> usage) {
    int width = usage.stream().mapToInt(one -> one.name().length()).max().orElse(0);
    String form = "%-" + Math.max(width, 5) + "s %8s %8s %9s %12s %12s  %s";
    say(
        out,
        form.formatted(
            Redactor.printableLine(by.name().toUpperCase(Locale.ROOT)),
            "CALLS",
            "FAILED",
            "ATTEMPTS",
            "TOKENS IN",
            "TOKENS OUT",
            "COST"));
    for (Usage one : usage) {
      say(
          out,
          form.formatted(
              one.name(),
              one.calls(),
              one.failed(),
              one.attempts(),
              one.inputTokens(),
              one.outputTokens(),
              cost(one)));
    }
  }

  private static String cost(Usage usage) {
    String sum = usage.costUsd().map(cost -> "$" + plain(cost)).orElse("-");
    return usage.unpricedCalls() == 0
        ? sum
        : (sum.equals("-") ? "" : sum + " and ") + usage.unpricedCalls() + " unpriced";
  }

  private static String plain(BigDecimal cost) {
    return cost.setScale(Math.max(2, cost.scale())).toPlainString();
  }

  private static List<Map<String, Object>> lines(List<Usage> usage) {
    List<Map<String, Object>> all = new ArrayList<>();
    for (Usage one : usage) {
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
      all.add(line);
    }
    return all;
  }

  private static void say(PrintStream out, String line) {
    out.println(Redactor.printableLine(line).stripTrailing());
  }
}
