package dev.synthlab.cli;

import dev.synthlab.config.Settings;
import dev.synthlab.json.Json;
import dev.synthlab.logging.Redactor;
import dev.synthlab.store.Ledger;
import dev.synthlab.store.RecordedRun;
import dev.synthlab.store.UsageSummary;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** The command {@code jobs}: the recorded bulk runs. */
@Command(
    name = "jobs",
    header = "List the recorded bulk runs, the newest first.",
    subcommands = JobsCommand.Show.class,
    footer = {
      "",
      "Runs are recorded in SYNTHLAB_DB_PATH unless SYNTHLAB_LEDGER=off.",
      "",
      "Examples:",
      "  synthlab jobs",
      "  synthlab jobs --json",
      "  synthlab jobs show 7f3a",
      "",
      "Exit codes: 0 success, 2 usage error, 4 the ledger cannot be read or a setting is invalid."
    })
final class JobsCommand implements Callable<Integer> {
  /** The length of a run id in the table. */
  private static final int SHORT = 8;

  private static final Map<String, String> STATES =
      Map.ofEntries(
          Map.entry("running", "running"),
          Map.entry("killed", "killed"),
          Map.entry("done", "done"),
          Map.entry("some_failed", "some rows failed"),
          Map.entry("stopped_auth", "API key refused"),
          Map.entry("stopped_model", "model not found"),
          Map.entry("stopped_quota", "quota used up"),
          Map.entry("unreachable", "server unreachable"),
          Map.entry("stalled", "stalled"),
          Map.entry("deadline", "deadline exceeded"),
          Map.entry("budget", "budget used up"),
          Map.entry("disk_full", "disk full"),
          Map.entry("output_closed", "output closed"),
          Map.entry("interrupted", "interrupted"));

  @Mixin private CommonOptions common = new CommonOptions();

  @Mixin private JsonOption json = new JsonOption();

  @Override
  public Integer call() {
    Settings settings = common.settings();
    List<RecordedRun> runs = Ledger.runs(settings);
    PrintStream out = Main.stdout();
    if (json.isOn()) {
      List<Map<String, Object>> all = runs.stream().map(JobsCommand::members).toList();
      out.println(Json.line(Map.of("jobs", all)));
    } else if (runs.isEmpty()) {
      out.println(
          "no runs are recorded" + (settings.ledger().on() ? "" : ": SYNTHLAB_LEDGER is off"));
    } else {
      table(runs).forEach(out::println);
    }
    out.flush();
    return ExitCodes.OK;
  }

  private static List<String> table(List<RecordedRun> runs) {
    TextTable table =
        new TextTable("<<<>><<")
            .row("RUN", "BEGAN", "STATE", "ANSWERED ROWS", "FAILED ROWS", "COST", "OUTPUT");
    for (RecordedRun run : runs) {
      table.row(
          run.id().substring(0, Math.min(SHORT, run.id().length())),
          local(run.began()),
          describe(run.state()),
          run.answered() + "/" + run.rows(),
          run.failed(),
          UsageTable.cost(run.usage()),
          file(run.output()));
    }
    return table.lines();
  }

  /** A state of the ledger in words; a state of a newer version is shown as its code. */
  private static String describe(String state) {
    return STATES.getOrDefault(state, state);
  }

  private static String local(Instant at) {
    return DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm")
        .withZone(ZoneId.systemDefault())
        .format(at);
  }

  /** The path, relative to the working directory if it is inside. */
  private static String file(String path) {
    if (path.equals("-")) {
      return path;
    }
    Path here = Path.of("").toAbsolutePath();
    Path there = Path.of(path);
    return there.startsWith(here) ? here.relativize(there).toString() : path;
  }

  private static Map<String, Object> members(RecordedRun run) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("run", run.id());
    members.put("state", run.state());
    members.put("began", run.began().toString());
    run.ended().ifPresent(at -> members.put("ended", at.toString()));
    members.put("input", run.input());
    members.put("output", run.output());
    members.put("model", run.model());
    members.put("rows", run.rows());
    members.put("answered_rows", run.answered());
    members.put("failed_rows", run.failed());
    members.put("row_failures", run.failures());
    Map<String, Object> used = UsageTable.members(run.usage());
    used.remove("name");
    members.put("usage", used);
    return members;
  }

  /** The command {@code jobs show}: the details of one run. */
  @Command(
      name = "show",
      header = "Show one run: its state, rows, calls and cost.",
      footer = {
        "",
        "Examples:",
        "  synthlab jobs show 7f3a",
        "  synthlab jobs show 7f3a --json",
        "",
        "Exit codes: 0 success, 2 no such run, 4 the ledger cannot be read or a setting is invalid."
      })
  static final class Show implements Callable<Integer> {
    @Mixin private CommonOptions common = new CommonOptions();

    @Parameters(paramLabel = "RUN", description = "Id of the run, or the beginning of it.")
    private @Nullable String name;

    @Mixin private JsonOption json = new JsonOption();

    @Override
    public Integer call() {
      Settings settings = common.settings();
      RecordedRun run = one(Ledger.runs(settings), String.valueOf(name).strip());
      List<UsageSummary> models = Ledger.usage(settings, run.id(), UsageSummary.GroupBy.MODEL);
      List<UsageSummary> errors =
          Ledger.usage(settings, run.id(), UsageSummary.GroupBy.ERROR).stream()
              .filter(error -> !error.name().isEmpty())
              .toList();
      PrintStream out = Main.stdout();
      if (json.isOn()) {
        Map<String, Object> members = members(run);
        members.put("models", models.stream().map(UsageTable::members).toList());
        members.put("call_failures", calls(errors));
        out.println(Json.line(members));
      } else {
        print(out, run, models, errors);
      }
      out.flush();
      return ExitCodes.OK;
    }

    private static Map<String, Long> calls(List<UsageSummary> errors) {
      Map<String, Long> calls = new LinkedHashMap<>();
      errors.forEach(error -> calls.put(error.name(), error.calls()));
      return calls;
    }

    private static RecordedRun one(List<RecordedRun> runs, String name) {
      List<RecordedRun> matching = runs.stream().filter(run -> run.id().startsWith(name)).toList();
      if (matching.size() == 1) {
        return matching.getFirst();
      }
      Optional<RecordedRun> exact =
          matching.stream().filter(run -> run.id().equals(name)).findFirst();
      if (exact.isPresent()) {
        return exact.get();
      }
      throw new UsageException(
          matching.isEmpty()
              ? "no recorded run has the id "
                  + Redactor.printableLine(name)
                  + "; synthlab jobs lists the runs"
              : Redactor.printableLine(name)
                  + " is the beginning of the ids of "
                  + matching.size()
                  + " runs; give more of it: "
                  + matching.stream()
                      .limit(5)
                      .map(RecordedRun::id)
                      .collect(Collectors.joining(", ")));
    }

    private static void print(
        PrintStream out, RecordedRun run, List<UsageSummary> models, List<UsageSummary> errors) {
      TextTable table =
          new TextTable("<<").row("run", run.id()).row("state", describe(run.state()));
      table.row("began", run.began());
      run.ended().ifPresent(at -> table.row("ended", at));
      table.row("input", file(run.input())).row("output", file(run.output()));
      table.row(
          "rows",
          run.answered()
              + "/"
              + run.rows()
              + " answered, "
              + run.failed()
              + " failed"
              + HumanFormat.failures(run.failures()));
      UsageSummary used = run.usage();
      table.row(
          "calls",
          (used.calls() - used.failed())
              + "/"
              + used.calls()
              + " answered, "
              + used.failed()
              + " failed"
              + HumanFormat.failures(calls(errors)));
      table.row("cost", UsageTable.cost(used));
      table.lines().forEach(out::println);
      out.println();
      UsageTable.of("model", models).forEach(out::println);
    }
  }
}
