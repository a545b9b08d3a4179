package dev.synthlab.cli;

import dev.synthlab.config.Settings;
import dev.synthlab.json.Json;
import dev.synthlab.logging.Redactor;
import dev.synthlab.store.Ledger;
import dev.synthlab.store.UsageSummary;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The command {@code usage}: tokens, cost and failures of the recorded calls. */
@Command(
    name = "usage",
    header = "Show tokens, cost and failures of the recorded calls.",
    footer = {
      "",
      "Calls are recorded in SYNTHLAB_DB_PATH unless SYNTHLAB_LEDGER=off.",
      "",
      "Examples:",
      "  synthlab usage",
      "  synthlab usage --since 7d --by day",
      "  synthlab usage --by run --csv > usage.csv",
      "  synthlab usage --by component --json",
      "",
      "Exit codes: 0 success, 2 usage error, 4 the ledger cannot be read or a setting is invalid."
    })
final class UsageCommand implements Callable<Integer> {
  private static final Pattern DAYS = Pattern.compile("(\\d{1,5})d");

  @Mixin private CommonOptions common = new CommonOptions();

  @Option(
      names = "--since",
      paramLabel = "TIME",
      description =
          "Age of the oldest calls to show, such as 7d, 12h or 30m; without it all calls.")
  private @Nullable String since;

  @Option(
      names = "--by",
      paramLabel = "GROUP",
      defaultValue = "model",
      description = "What calls are grouped by: model, day, run, component or key; default model.")
  private Group by = Group.model;

  @Mixin private JsonOption json = new JsonOption();

  @Option(names = "--csv", description = "Print comma-separated values.")
  private boolean csv;

  /** The values of {@code --by}. */
  enum Group {
    model(UsageSummary.GroupBy.MODEL),
    day(UsageSummary.GroupBy.DAY),
    run(UsageSummary.GroupBy.RUN),
    component(UsageSummary.GroupBy.COMPONENT),
    key(UsageSummary.GroupBy.KEY);

    private final UsageSummary.GroupBy by;

    Group(UsageSummary.GroupBy by) {
      this.by = by;
    }
  }

  @Override
  public Integer call() {
    if (json.isOn() && csv) {
      throw new UsageException("--json and --csv exclude each other; use one of them");
    }
    Instant from = Optional.ofNullable(since).map(UsageCommand::ago).orElse(Instant.EPOCH);
    Settings settings = common.settings();
    List<UsageSummary> usage = Ledger.usage(settings, from, by.by);
    PrintStream out = Main.stdout();
    if (json.isOn()) {
      out.println(Json.line(Map.of("usage", lines(usage))));
    } else if (csv) {
      csv(out, usage);
    } else if (usage.isEmpty()) {
      String within = since == null ? "" : " within " + Redactor.printableLine(since.strip());
      out.println(
          "no calls are recorded"
              + within
              + (settings.ledger().on() ? "" : ": SYNTHLAB_LEDGER is off"));
    } else {
      table(out, usage);
    }
    out.flush();
    return ExitCodes.OK;
  }

  private static Instant ago(String time) {
    Matcher days = DAYS.matcher(time.strip());
    Optional<Duration> ago =
        days.matches()
            ? Optional.of(Duration.ofDays(Integer.parseInt(days.group(1))))
            : Settings.duration(time);
    return Instant.now()
        .minus(
            ago.orElseThrow(
                () ->
                    new UsageException(
                        "--since is " + time + ", must be a time such as 7d, 12h or 30m")));
  }

  private void table(PrintStream out, List<UsageSummary> usage) {
    UsageTable.of(by.name(), usage).forEach(out::println);
  }

  private void csv(PrintStream out, List<UsageSummary> usage) {
    out.println(
        by.name()
            + ",calls,failed_calls,attempts,input_tokens,output_tokens,cached_tokens,reasoning_tokens,"
            + "cost_usd,unpriced_calls,calls_from_cache");
    for (UsageSummary one : usage) {
      out.println(
          Stream.of(
                  text(Redactor.printableLine(one.name())),
                  one.calls(),
                  one.failed(),
                  one.attempts(),
                  one.inputTokens(),
                  one.outputTokens(),
                  one.cachedTokens(),
                  one.reasoningTokens(),
                  one.costUsd().map(BigDecimal::toPlainString).orElse(""),
                  one.unpricedCalls(),
                  one.cachedCalls())
              .map(String::valueOf)
              .collect(Collectors.joining(",")));
    }
  }

  /** The name, escaped so that a spreadsheet does not read it as a formula. */
  private static String text(String name) {
    boolean formula = !name.isEmpty() && "=+-@\t\r".indexOf(name.charAt(0)) >= 0;
    return quoted(formula ? "'" + name : name);
  }

  private static String quoted(String name) {
    return name.matches("[\\w.:/@+'-]*") ? name : '"' + name.replace("\"", "\"\"") + '"';
  }

  private static List<Map<String, Object>> lines(List<UsageSummary> usage) {
    return usage.stream().map(UsageTable::members).toList();
  }
}
