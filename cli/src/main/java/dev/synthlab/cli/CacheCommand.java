package dev.synthlab.cli;

import dev.synthlab.config.Settings;
import dev.synthlab.json.Json;
import dev.synthlab.logging.Redactor;
import dev.synthlab.store.CacheStats;
import dev.synthlab.store.DatabaseCompletionCache;
import java.io.PrintStream;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command {@code cache}: maintenance of the completion cache. */
@Command(
    name = "cache",
    header = "Show or delete cached completions.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {CacheCommand.Stats.class, CacheCommand.Clear.class, CacheCommand.Prune.class},
    footer = {
      "",
      "Completions are cached with --cache or SYNTHLAB_CACHE=on.",
      "",
      "Examples:",
      "  synthlab run prompts.jsonl -o results.jsonl --cache",
      "  synthlab cache stats",
      "  synthlab cache prune",
      "  synthlab cache clear --json",
      "",
      "Exit codes: 0 success, 2 usage error, 4 the cache cannot be read or a setting is invalid."
    })
final class CacheCommand implements Runnable {
  @Spec private @Nullable CommandSpec spec;

  @Mixin
  @SuppressWarnings("UnusedVariable") // picocli acts on it
  private HelpOption help = new HelpOption();

  @Override
  public void run() {
    if (spec != null) {
      throw new ParameterException(
          spec.commandLine(), "a command is missing: cache stats, cache prune or cache clear");
    }
  }

  private static int delete(Settings settings, boolean json, ToLongFunction<Settings> work) {
    long deleted = work.applyAsLong(settings);
    print(json ? Json.line(Map.of("deleted", deleted)) : deleted + " deleted");
    return ExitCodes.OK;
  }

  private static void print(String line) {
    PrintStream out = Main.stdout();
    out.println(Redactor.printableLine(line));
    out.flush();
  }

  /** The command {@code cache stats}. */
  @Command(
      name = "stats",
      header = "Show the number and size of cached completions, and what they saved.",
      footer = {"", "Examples:", "  synthlab cache stats", "  synthlab cache stats --json"})
  static final class Stats implements Callable<Integer> {
    @Mixin private CommonOptions common = new CommonOptions();

    @Mixin private JsonOption json = new JsonOption();

    @Override
    public Integer call() {
      Settings settings = common.settings();
      CacheStats stats = DatabaseCompletionCache.stats(settings);
      if (json.isOn()) {
        print(Json.line(tree(stats, settings)));
        return ExitCodes.OK;
      }
      TextTable table =
          new TextTable("<<").row("completions", stats.completions() + expired(stats));
      table.row(
          "size", megabytes(stats.bytes()) + " of " + settings.cache().maxMegabytes() + " MB");
      table.row("hits", stats.hits());
      stats.savedUsd().ifPresent(usd -> table.row("saved", HumanFormat.money(usd)));
      stats.oldest().ifPresent(at -> table.row("oldest", at.truncatedTo(ChronoUnit.SECONDS)));
      table.row("database", Redactor.redact(stats.database()));
      table.row("cache", settings.cache().on() ? "on" : "off: --cache or SYNTHLAB_CACHE=on");
      table.lines().forEach(CacheCommand::print);
      return ExitCodes.OK;
    }

    private static String expired(CacheStats stats) {
      return stats.expired() == 0 ? "" : ", " + stats.expired() + " of them expired";
    }

    private static String megabytes(long bytes) {
      return bytes == 0 ? "0" : Long.toString(Math.max(1, bytes / 1_000_000));
    }

    private static Map<String, Object> tree(CacheStats stats, Settings settings) {
      Map<String, Object> all = new LinkedHashMap<>();
      all.put("on", settings.cache().on());
      all.put("completions", stats.completions());
      all.put("expired", stats.expired());
      all.put("bytes", stats.bytes());
      all.put("hits", stats.hits());
      stats.savedUsd().ifPresent(usd -> all.put("saved_usd", usd));
      stats.oldest().ifPresent(at -> all.put("oldest", at.toString()));
      all.put("database", Redactor.redact(stats.database()));
      return all;
    }
  }

  /** The command {@code cache clear}. */
  @Command(
      name = "clear",
      header = "Delete all cached completions.",
      footer = {"", "Examples:", "  synthlab cache clear"})
  static final class Clear implements Callable<Integer> {
    @Mixin private CommonOptions common = new CommonOptions();

    @Mixin private JsonOption json = new JsonOption();

    @Override
    public Integer call() {
      return delete(common.settings(), json.isOn(), DatabaseCompletionCache::clear);
    }
  }

  /** The command {@code cache prune}. */
  @Command(
      name = "prune",
      header =
          "Delete expired completions, and the least recently used ones above the maximum size.",
      footer = {
        "",
        "Examples:",
        "  synthlab cache prune",
        "  SYNTHLAB_CACHE_TTL=24h synthlab cache prune --json"
      })
  static final class Prune implements Callable<Integer> {
    @Mixin private CommonOptions common = new CommonOptions();

    @Mixin private JsonOption json = new JsonOption();

    @Override
    public Integer call() {
      return delete(common.settings(), json.isOn(), DatabaseCompletionCache::prune);
    }
  }
}
