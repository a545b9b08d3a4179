package dev.synthlab.cli;

import dev.synthlab.config.Settings;
import dev.synthlab.json.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command {@code config}: the effective settings. */
@Command(
    name = "config",
    header = "Show the settings and the origin of each.",
    subcommands = ConfigCommand.Show.class,
    footer = {"", "Example:", "  synthlab config show"})
final class ConfigCommand implements Runnable {
  @Spec private @Nullable CommandSpec spec;

  @Mixin
  @SuppressWarnings("UnusedVariable") // picocli acts on it
  private HelpOption help = new HelpOption();

  @Override
  public void run() {
    if (spec != null) {
      throw new ParameterException(spec.commandLine(), "a command is missing: config show");
    }
  }

  /** The command {@code config show}. */
  @Command(
      name = "show",
      header = "Show each setting with its value and origin; secrets are masked.",
      footer = {
        "",
        "Examples:",
        "  synthlab config show",
        "  synthlab config show --json",
        "",
        "Exit codes: 0 success, 4 settings are invalid; all of them are listed."
      })
  static final class Show implements Callable<Integer> {
    @Mixin private CommonOptions common = new CommonOptions();

    @Mixin private JsonOption json = new JsonOption();

    @Override
    public Integer call() {
      List<Settings.Row> rows = Settings.rows(common.environment());
      if (json.isOn()) {
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
      common.settings(); // reports all invalid settings
      return ExitCodes.OK;
    }

    private static void table(List<Settings.Row> rows) {
      TextTable table = new TextTable("<<<");
      for (Settings.Row row : rows) {
        String value = row.value().isEmpty() ? "-" : row.value();
        table.row(row.name(), value, "(" + row.origin() + ")");
      }
      table.lines().forEach(Main.stdout()::println);
    }
  }
}
