package dev.synthlab.cli;

import dev.synthlab.config.Settings;
import dev.synthlab.json.Json;
import dev.synthlab.logging.Redactor;
import dev.synthlab.store.DatabaseMaintenance;
import dev.synthlab.store.DatabaseMaintenance.Findings;
import dev.synthlab.store.DatabaseMaintenance.Schema;
import dev.synthlab.store.DatabaseMaintenance.State;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command {@code db}: maintenance of the databases of the service and of the ledger. */
@Command(
    name = "db",
    header = "Show, migrate, check or back up the database.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      DbCommand.Status.class,
      DbCommand.Migrate.class,
      DbCommand.Check.class,
      DbCommand.Backup.class
    },
    footer = {
      "",
      "The database is the PostgreSQL at DATABASE_URL, or the SQLite file SYNTHLAB_DB_PATH.",
      "",
      "Examples:",
      "  synthlab db status",
      "  SYNTHLAB_DB_MIGRATIONS=filesystem:db/migration synthlab db migrate",
      "  synthlab db check --json",
      "  synthlab db backup copy.db"
    })
final class DbCommand implements Runnable {
  @Spec private @Nullable CommandSpec spec;

  @Mixin
  @SuppressWarnings("UnusedVariable") // picocli acts on it
  private HelpOption help = new HelpOption();

  @Override
  public void run() {
    if (spec != null) {
      throw new ParameterException(
          spec.commandLine(),
          "a command is missing: db status, db migrate, db check or db backup FILE");
    }
  }

  private static void print(String line) {
    PrintStream out = Main.stdout();
    out.println(Redactor.printableLine(Redactor.redact(line)).stripTrailing());
    out.flush();
  }

  private static void printJson(Map<String, Object> tree) {
    PrintStream out = Main.stdout();
    out.println(Redactor.redact(Json.line(tree)));
    out.flush();
  }

  /** The command {@code db status}. */
  @Command(
      name = "status",
      header =
          "Show which databases are used, whether they answer, and the version of their tables.",
      footer = {
        "",
        "Creates no file and no table.",
        "",
        "Examples:",
        "  synthlab db status",
        "  synthlab db status --json",
        "",
        "Exit codes: 0 success, 4 a database cannot be used or a setting is invalid."
      })
  static final class Status implements Callable<Integer> {
    @Mixin private CommonOptions common = new CommonOptions();

    @Mixin private JsonOption json = new JsonOption();

    @Override
    public Integer call() {
      Settings settings = common.settings();
      DatabaseMaintenance maintenance = DatabaseMaintenance.of(settings);
      State database = maintenance.database();
      State ledger = maintenance.ledger();
      if (json.isOn()) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("database", tree(database));
        all.put("pool_size", settings.database().poolSize());
        all.put("ledger_on", settings.ledger().on());
        all.put("ledger", tree(ledger));
        printJson(all);
      } else {
        TextTable table = new TextTable("<<");
        add(table, "database", database, settings.database().migrations().isEmpty());
        table.row(
            "pool",
            "at most %d connections, waits at most %d ms for one"
                .formatted(
                    settings.database().poolSize(),
                    settings.database().connectTimeout().toMillis()));
        add(table, "ledger", ledger, false);
        table.row("", settings.ledger().on() ? "on" : "off: SYNTHLAB_LEDGER=off");
        table.lines().forEach(DbCommand::print);
      }
      boolean healthy = Stream.of(database, ledger).allMatch(state -> state.fault().isEmpty());
      return healthy ? ExitCodes.OK : ExitCodes.CONFIGURATION;
    }

    private static void add(TextTable table, String what, State state, boolean noMigrations) {
      table.row(what, state.database());
      state
          .product()
          .ifPresent(
              product ->
                  table.row("", product + ", answers in " + state.took().toMillis() + " ms"));
      if (state.fault().isPresent()) {
        table.row("", "FAIL: " + state.fault().get().getMessage());
      } else if (state.product().isEmpty()) {
        table.row("", "does not exist yet; created at the first use");
      } else if (noMigrations) {
        table.row("", "no migrations: SYNTHLAB_DB_MIGRATIONS is not set");
      } else {
        table.row("", state.schema().map(Status::describe).orElse("no tables yet"));
      }
    }

    private static String describe(Schema schema) {
      String version =
          schema.version().isEmpty() ? "no migration was run yet" : "version " + schema.version();
      return schema.pending() == 0
          ? version
          : version + ", " + schema.pending() + " pending: run synthlab db migrate";
    }

    private static Map<String, Object> tree(State state) {
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("database", state.database());
      one.put("there", state.product().isPresent());
      state.product().ifPresent(product -> one.put("product", product));
      state.product().ifPresent(product -> one.put("took_ms", state.took().toMillis()));
      state.schema().ifPresent(schema -> one.put("version", schema.version()));
      state.schema().ifPresent(schema -> one.put("pending", schema.pending()));
      state.fault().ifPresent(reason -> one.put("fault", String.valueOf(reason.getMessage())));
      return one;
    }
  }

  /** The command {@code db migrate}. */
  @Command(
      name = "migrate",
      header = "Run the pending migrations of SYNTHLAB_DB_MIGRATIONS.",
      footer = {
        "",
        "Creates or migrates the tables of the ledger too, unless SYNTHLAB_LEDGER=off.",
        "",
        "Examples:",
        "  SYNTHLAB_DB_MIGRATIONS=filesystem:db/migration synthlab db migrate",
        "  synthlab db migrate --json",
        "",
        "Exit codes: 0 up to date, 4 a migration failed or a setting is invalid."
      })
  static final class Migrate implements Callable<Integer> {
    @Mixin private CommonOptions common = new CommonOptions();

    @Mixin private JsonOption json = new JsonOption();

    @Override
    public Integer call() {
      Settings settings = common.settings();
      DatabaseMaintenance maintenance = DatabaseMaintenance.of(settings);
      boolean named = !settings.database().migrations().isEmpty();
      int run = maintenance.migrate();
      if (settings.ledger().on()) {
        maintenance.migrateLedger();
      }
      if (json.isOn()) {
        printJson(Map.of("run", run, "ledger", settings.ledger().on()));
      } else {
        print(
            named
                ? run + " migrations were run"
                : "no migrations: SYNTHLAB_DB_MIGRATIONS is not set");
        print(
            settings.ledger().on()
                ? "the tables of the ledger are up to date"
                : "the ledger is off: its tables were not changed");
      }
      return ExitCodes.OK;
    }
  }

  /** The command {@code db check}. */
  @Command(
      name = "check",
      header = "Check the integrity of the database: pages, foreign keys, constraints and indexes.",
      footer = {
        "",
        "Examples:",
        "  synthlab db check",
        "  synthlab db check --json",
        "",
        "Exit codes: 0 no problems, 4 problems were found or the database cannot be used."
      })
  static final class Check implements Callable<Integer> {
    @Mixin private CommonOptions common = new CommonOptions();

    @Mixin private JsonOption json = new JsonOption();

    @Override
    public Integer call() {
      List<Findings> all = DatabaseMaintenance.of(common.settings()).check();
      if (json.isOn()) {
        List<Map<String, Object>> trees = new ArrayList<>();
        for (Findings one : all) {
          Map<String, Object> tree = new LinkedHashMap<>();
          tree.put("database", one.database());
          tree.put("problems", one.problems());
          trees.add(tree);
        }
        printJson(Map.of("checked", trees));
      } else if (all.isEmpty()) {
        print("there is no database yet");
      } else {
        all.forEach(Check::show);
      }
      boolean healthy = all.stream().allMatch(one -> one.problems().isEmpty());
      return healthy ? ExitCodes.OK : ExitCodes.CONFIGURATION;
    }

    private static void show(Findings found) {
      if (found.problems().isEmpty()) {
        print("ok    " + found.database());
      }
      found.problems().forEach(one -> print("FAIL  " + found.database() + ": " + one));
    }
  }

  /** The command {@code db backup}. */
  @Command(
      name = "backup",
      header = "Copy the SQLite file while it is in use; for PostgreSQL, show the pg_dump command.",
      footer = {
        "",
        "FILE is written completely or not at all; an existing file is not overwritten.",
        "",
        "Examples:",
        "  synthlab db backup copy.db",
        "  SYNTHLAB_DB_PATH=lab.db synthlab db backup lab-monday.db",
        "",
        "Exit codes: 0 copied, 2 the database is not a file, 4 the copy failed."
      })
  static final class Backup implements Callable<Integer> {
    @Mixin private CommonOptions common = new CommonOptions();

    @Parameters(paramLabel = "FILE", description = "Path of the copy.")
    private Path file = Path.of("");

    @Override
    public Integer call() {
      DatabaseMaintenance maintenance = DatabaseMaintenance.of(common.settings());
      try {
        print(maintenance.backup(file) + " is a copy of " + maintenance.database().database());
      } catch (UnsupportedOperationException e) {
        throw new UsageException(String.valueOf(e.getMessage()));
      }
      return ExitCodes.OK;
    }
  }
}
