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
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The database of the service and the one that calls are recorded in. */
@Command(
    name = "db",
    header = "Look at the database, bring it up to date, check it, copy it.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      DbCommand.Status.class,
      DbCommand.Migrate.class,
      DbCommand.Check.class,
      DbCommand.Backup.class
    },
    footer = {
      "",
      "The database is PostgreSQL by DATABASE_URL, else the SQLite file at SYNTHLAB_DB_PATH.",
      "",
      "Examples:",
      "  synthlab db status",
      "  SYNTHLAB_DB_MIGRATIONS=filesystem:db/migration synthlab db migrate",
      "  synthlab db check --json",
      "  synthlab db backup copy.db"
    })
final class DbCommand implements Runnable {
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
      throw new ParameterException(
          spec.commandLine(), "say what: db status, db migrate, db check or db backup FILE");
    }
  }

  private static void say(String line) {
    PrintStream out = Main.stdout();
    out.println(Redactor.printableLine(Redactor.redact(line)).stripTrailing());
    out.flush();
  }

  private static void sayJson(Map<String, Object> tree) {
    PrintStream out = Main.stdout();
    out.println(Redactor.redact(Json.line(tree)));
    out.flush();
  }

  /** Which database it is, and how it is. */
  @Command(
      name = "status",
      header = "Show which database is used, whether it answers, and how far its tables are.",
      footer = {
        "",
        "Makes no file and no table.",
        "",
        "Examples:",
        "  synthlab db status",
        "  synthlab db status --json",
        "",
        "Exit: 0 all well, 4 one cannot be used, or something set is wrong."
      })
  static final class Status implements Callable<Integer> {
    @Mixin private CommonOptions common = new CommonOptions();

    @Option(names = "--json", description = "One JSON object on stdout.")
    private boolean json;

    @Override
    public Integer call() {
      Settings settings = common.settings();
      DatabaseMaintenance maintenance = DatabaseMaintenance.of(settings);
      State database = maintenance.database();
      State ledger = maintenance.ledger();
      if (json) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("database", tree(database));
        all.put("pool_size", settings.database().poolSize());
        all.put("ledger_on", settings.ledger().on());
        all.put("ledger", tree(ledger));
        sayJson(all);
      } else {
        table("database", database, settings.database().migrations().isEmpty());
        line(
            "pool",
            settings.database().poolSize()
                + " connections at most, waited for "
                + settings.database().connectTimeout().toMillis()
                + " ms at most");
        table("ledger", ledger, false);
        line("", settings.ledger().on() ? "on" : "off: SYNTHLAB_LEDGER");
      }
      boolean well = Stream.of(database, ledger).allMatch(state -> state.fault().isEmpty());
      return well ? ExitCodes.OK : ExitCodes.CONFIGURATION;
    }

    private static void table(String what, State state, boolean unset) {
      line(what, state.database());
      state
          .product()
          .ifPresent(
              product -> line("", product + ", answers in " + state.took().toMillis() + " ms"));
      if (state.fault().isPresent()) {
        line("", "FAIL: " + state.fault().get().getMessage());
      } else if (state.product().isEmpty()) {
        line("", "not there yet; made at the first use");
      } else if (unset) {
        line("", "no migrations are named: SYNTHLAB_DB_MIGRATIONS");
      } else {
        line("", state.schema().map(Status::words).orElse("has no tables for it yet"));
      }
    }

    private static String words(Schema schema) {
      String version =
          schema.version().isEmpty()
              ? "no migration was run yet"
              : "tables of version " + schema.version();
      return schema.pending() == 0
          ? version
          : version + ", " + schema.pending() + " to be run: synthlab db migrate";
    }

    private static void line(String what, String found) {
      say("%-10s %s".formatted(what, found));
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

  /** Runs what migrations are new. */
  @Command(
      name = "migrate",
      header = "Run the migrations of SYNTHLAB_DB_MIGRATIONS that were not run yet.",
      footer = {
        "",
        "Where SYNTHLAB_LEDGER is on, the tables that calls are recorded in are made too.",
        "",
        "Examples:",
        "  SYNTHLAB_DB_MIGRATIONS=filesystem:db/migration synthlab db migrate",
        "  synthlab db migrate --json",
        "",
        "Exit: 0 up to date, 4 a migration failed, or something set is wrong."
      })
  static final class Migrate implements Callable<Integer> {
    @Mixin private CommonOptions common = new CommonOptions();

    @Option(names = "--json", description = "One JSON object on stdout.")
    private boolean json;

    @Override
    public Integer call() {
      Settings settings = common.settings();
      DatabaseMaintenance maintenance = DatabaseMaintenance.of(settings);
      boolean named = !settings.database().migrations().isEmpty();
      int run = maintenance.migrate();
      if (settings.ledger().on()) {
        maintenance.migrateLedger();
      }
      if (json) {
        sayJson(Map.of("run", run, "ledger", settings.ledger().on()));
      } else {
        say(
            named
                ? run + " migrations run"
                : "no migrations are named: set SYNTHLAB_DB_MIGRATIONS to where they lie");
        say(
            settings.ledger().on()
                ? "the ledger's tables are up to date"
                : "the ledger is off: its tables are left alone");
      }
      return ExitCodes.OK;
    }
  }

  /** Looks for damage. */
  @Command(
      name = "check",
      header = "Check what the database holds: pages, references, constraints, indexes.",
      footer = {
        "",
        "Examples:",
        "  synthlab db check",
        "  synthlab db check --json",
        "",
        "Exit: 0 all well, 4 something is wrong, or the database cannot be asked."
      })
  static final class Check implements Callable<Integer> {
    @Mixin private CommonOptions common = new CommonOptions();

    @Option(names = "--json", description = "One JSON object on stdout.")
    private boolean json;

    @Override
    public Integer call() {
      List<Findings> all = DatabaseMaintenance.of(common.settings()).check();
      if (json) {
        List<Map<String, Object>> trees = new ArrayList<>();
        for (Findings one : all) {
          Map<String, Object> tree = new LinkedHashMap<>();
          tree.put("database", one.database());
          tree.put("complaints", one.complaints());
          trees.add(tree);
        }
        sayJson(Map.of("checked", trees));
      } else if (all.isEmpty()) {
        say("there is no database yet");
      } else {
        all.forEach(Check::show);
      }
      boolean well = all.stream().allMatch(one -> one.complaints().isEmpty());
      return well ? ExitCodes.OK : ExitCodes.CONFIGURATION;
    }

    private static void show(Findings found) {
      if (found.complaints().isEmpty()) {
        say("ok    " + found.database());
      }
      found.complaints().forEach(one -> say("FAIL  " + found.database() + ": " + one));
    }
  }

  /** Copies a SQLite file. */
  @Command(
      name = "backup",
      header = "Copy the SQLite file while it is in use; for PostgreSQL, say what copies it.",
      footer = {
        "",
        "FILE is written whole or not at all, and is never overwritten.",
        "",
        "Examples:",
        "  synthlab db backup copy.db",
        "  DB_PATH=lab.db synthlab db backup lab-monday.db",
        "",
        "Exit: 0 copied, 2 not possible for this database, 4 it failed."
      })
  static final class Backup implements Callable<Integer> {
    @Mixin private CommonOptions common = new CommonOptions();

    @Parameters(paramLabel = "FILE", description = "Where the copy goes.")
    private Path file = Path.of("");

    @Override
    public Integer call() {
      DatabaseMaintenance maintenance = DatabaseMaintenance.of(common.settings());
      try {
        say(maintenance.backup(file) + " is a copy of " + maintenance.database().database());
      } catch (UnsupportedOperationException e) {
        throw new UsageException(String.valueOf(e.getMessage()));
      }
      return ExitCodes.OK;
    }
  }
}
