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
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The recorded runs, and what is known of one of them. */
@Command(
    name = "jobs",
    header = "List the runs that were recorded, the youngest first.",
    subcommands = JobsCommand.Show.class,
    footer = {
      "",
      "The command records its runs unless SYNTHLAB_LEDGER is off; where, says SYNTHLAB_DB_PATH.",
      "",
      "Examples:",
      "  synthlab jobs",
      "  synthlab jobs --json",
      "  synthlab jobs show 7f3a",
      "",
      "Exit: 0 shown, 2 wrong use, 4 the ledger cannot be read, or something set is wrong."
    })
final class JobsCommand implements Callable<Integer> {
  /** So much of a name tells runs apart. */
  private static final int SHORT = 8;

  @Mixin private CommonOptions common = new CommonOptions();

  @Option(names = "--json", description = "One JSON object on stdout.")
  private boolean json;

  @Override
  public Integer call() {
    Settings settings = common.settings();
    List<RecordedRun> runs = Ledger.runs(settings);
    PrintStream out = Main.stdout();
    if (json) {
      List<Map<String, Object>> all = runs.stream().map(JobsCommand::members).toList();
      out.println(Json.line(Map.of("jobs", all)));
    } else if (runs.isEmpty()) {
      out.println(
          "no run is recorded" + (settings.ledger().on() ? "" : ": SYNTHLAB_LEDGER is off"));
    } else {
      table(runs).forEach(out::println);
    }
    out.flush();
    return ExitCodes.OK;
  }

  private static List<String> table(List<RecordedRun> runs) {
    TextTable table =
        new TextTable("<<<>><<")
            .row("RUN", "BEGAN", "STATE", "ANSWERED", "FAILED", "COST", "OUTPUT");
    for (RecordedRun run : runs) {
      table.row(
          run.id().substring(0, Math.min(SHORT, run.id().length())),
          local(run.began()),
          run.state(),
          run.answered() + "/" + run.rows(),
          run.failed(),
          UsageTable.cost(run.used()),
          file(run.output()));
    }
    return table.lines();
  }

  private static String local(Instant at) {
    return DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm")
        .withZone(ZoneId.systemDefault())
        .format(at);
  }

  /** Relative to where one stands, if it is below. */
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
    members.put("answered", run.answered());
    members.put("failed", run.failed());
    Map<String, Object> used = UsageTable.members(run.used());
    used.remove("name");
    members.put("usage", used);
    return members;
  }

  /** One run. */
  @Command(
      name = "show",
      header = "Show what is known of one run: its state, its calls, their errors, their cost.",
      footer = {
        "",
        "Examples:",
        "  synthlab jobs show 7f3a",
        "  synthlab jobs show 7f3a --json",
        "",
        "Exit: 0 shown, 2 no such run, 4 the ledger cannot be read, or something set is wrong."
      })
  static final class Show implements Callable<Integer> {
    @Mixin private CommonOptions common = new CommonOptions();

    @Parameters(paramLabel = "RUN", description = "Its name, or the beginning of it.")
    private @Nullable String name;

    @Option(names = "--json", description = "One JSON object on stdout.")
    private boolean json;

    @Override
    public Integer call() {
      Settings settings = common.settings();
      RecordedRun run = one(Ledger.runs(settings), String.valueOf(name).strip());
      List<UsageSummary> models = Ledger.usage(settings, run.id(), UsageSummary.GroupBy.MODEL);
      List<UsageSummary> errors =
          Ledger.usage(settings, run.id(), UsageSummary.GroupBy.ERROR).stream()
              .filter(ended -> !ended.name().isEmpty())
              .toList();
      PrintStream out = Main.stdout();
      if (json) {
        Map<String, Object> members = members(run);
        members.put("models", models.stream().map(UsageTable::members).toList());
        members.put(
            "errors",
            errors.stream()
                .collect(
                    Collectors.toMap(
                        UsageSummary::name, UsageSummary::calls, (a, b) -> a, LinkedHashMap::new)));
        out.println(Json.line(members));
      } else {
        shown(out, run, models, errors);
      }
      out.flush();
      return ExitCodes.OK;
    }

    private static RecordedRun one(List<RecordedRun> runs, String name) {
      List<RecordedRun> fitting = runs.stream().filter(run -> run.id().startsWith(name)).toList();
      if (fitting.size() == 1) {
        return fitting.getFirst();
      }
      Optional<RecordedRun> whole =
          fitting.stream().filter(run -> run.id().equals(name)).findFirst();
      if (whole.isPresent()) {
        return whole.get();
      }
      throw new UsageException(
          fitting.isEmpty()
              ? "no run is recorded by the name "
                  + Redactor.printableLine(name)
                  + "; synthlab jobs lists them"
              : Redactor.printableLine(name)
                  + " is the beginning of "
                  + fitting.size()
                  + " runs, give more of it: "
                  + fitting.stream()
                      .limit(5)
                      .map(RecordedRun::id)
                      .collect(Collectors.joining(", ")));
    }

    private static void shown(
        PrintStream out, RecordedRun run, List<UsageSummary> models, List<UsageSummary> errors) {
      line(out, "run", run.id());
      line(out, "state", run.state());
      line(out, "began", run.began().toString());
      run.ended().ifPresent(at -> line(out, "ended", at.toString()));
      line(out, "input", file(run.input()));
      line(out, "output", file(run.output()));
      line(
          out,
          "rows",
          run.answered() + "/" + run.rows() + " answered, " + run.failed() + " failed");
      line(out, "cost", UsageTable.cost(run.used()));
      if (!errors.isEmpty()) {
        line(
            out,
            "errors",
            errors.stream()
                .map(error -> error.name() + " " + error.calls())
                .collect(Collectors.joining(", ")));
      }
      out.println();
      UsageTable.of("model", models).forEach(out::println);
    }

    private static void line(PrintStream out, String what, String value) {
      out.println(Redactor.printableLine("%-8s %s".formatted(what, value)));
    }
  }
}
