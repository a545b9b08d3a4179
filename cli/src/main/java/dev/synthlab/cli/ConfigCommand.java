package dev.synthlab.cli;

import dev.synthlab.config.Settings;
import dev.synthlab.json.Json;
import dev.synthlab.logging.Redactor;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What the command was told, and where. */
@Command(
    name = "config",
    header = "Show the settings and where each comes from.",
    subcommands = ConfigCommand.Show.class,
    footer = {"", "Example:", "  synthlab config show"})
final class ConfigCommand implements Runnable {
  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  @SuppressWarnings("UnusedVariable") // picocli acts on it
  private boolean help;

  @Override
  public void run() {
    if (spec != null) {
      throw new ParameterException(spec.commandLine(), "say what: config show");
    }
  }

  /** Every variable with its value and origin. */
  @Command(
      name = "show",
      header = "Show every setting with its value and origin; secrets are masked.",
      footer = {
        "",
        "Examples:",
        "  synthlab config show",
        "  synthlab config show --json",
        "",
        "Exit: 0 all well, 4 something set is wrong (all of it is named)."
      })
  static final class Show implements Callable<Integer> {
    @Mixin private CommonOptions common = new CommonOptions();

    @Option(names = "--json", description = "One JSON object on stdout.")
    private boolean json;

    @Override
    public Integer call() {
      List<Settings.Row> rows = Settings.rows(common.environment());
      if (json) {
        List<Map<String, String>> all = new ArrayList<>();
        for (Settings.Row row : rows) {
          Map<String, String> one = new LinkedHashMap<>();
          one.put("name", row.name());
          one.put("value", row.value());
          one.put("origin", row.origin());
          all.add(one);
        }
        Main.stdout().println(Json.line(Map.of("settings", all)));
      } else {
        table(rows);
      }
      Main.stdout().flush();
      common.settings(); // says every mistake at once
      return ExitCodes.OK;
    }

    private static void table(List<Settings.Row> rows) {
      int name = rows.stream().mapToInt(row -> row.name().length()).max().orElse(0);
      int value = rows.stream().mapToInt(row -> row.value().length()).max().orElse(0);
      PrintStream out = Main.stdout();
      for (Settings.Row row : rows) {
        String line = "%-" + name + "s  %-" + Math.max(1, Math.min(value, 50)) + "s  (%s)";
        out.println(
            Redactor.printableLine(
                line.formatted(
                    row.name(), row.value().isEmpty() ? "-" : row.value(), row.origin())));
      }
    }
  }
}
