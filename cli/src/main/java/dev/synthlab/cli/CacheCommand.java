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
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What is kept of answers. */
@Command(
    name = "cache",
    header = "Show or drop the answers that are kept for equal requests.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {CacheCommand.Stats.class, CacheCommand.Clear.class, CacheCommand.Prune.class},
    footer = {
      "",
      "Answers are kept where SYNTHLAB_CACHE is on, or with --cache.",
      "",
      "Examples:",
      "  synthlab run prompts.jsonl -o results.jsonl --cache",
      "  synthlab cache stats",
      "  synthlab cache prune",
      "  synthlab cache clear --json",
      "",
      "Exit: 0 done, 2 wrong use, 4 the cache cannot be read, or something set is wrong."
    })
final class CacheCommand implements Runnable {
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
      throw new ParameterException(spec.commandLine(), "a command is missing");
    }
  }

  private static int dropped(Settings settings, boolean json, ToLongFunction<Settings> work) {
    long dropped = work.applyAsLong(settings);
    say(json ? Json.line(Map.of("dropped", dropped)) : dropped + " dropped");
    return ExitCodes.OK;
  }

  private static void say(String line) {
    PrintStream out = Main.stdout();
    out.println(Redactor.printableLine(line));
    out.flush();
  }

  /** How much there is, and what it was good for. */
  @Command(
      name = "stats",
      header = "Show how many answers are kept, and what they have saved.",
      footer = {"", "Examples:", "  synthlab cache stats", "  synthlab cache stats --json"})
  static final class Stats implements Callable<Integer> {
    @Mixin private CommonOptions common = new CommonOptions();

    @Option(names = "--json", description = "One JSON object on stdout.")
    private boolean json;

    @Override
    public Integer call() {
      Settings settings = common.settings();
      CacheStats stats = DatabaseCompletionCache.stats(settings);
      if (json) {
        say(Json.line(tree(stats, settings)));
        return ExitCodes.OK;
      }
      say("answers  " + stats.answers() + expired(stats));
      say(
          "size     "
              + megabytes(stats.bytes())
              + " of "
              + settings.cache().maxMegabytes()
              + " MB");
      say("given    " + stats.hits() + " times");
      stats.savedUsd().ifPresent(usd -> say("saved    " + HumanFormat.money(usd)));
      stats.oldest().ifPresent(at -> say("oldest   " + at.truncatedTo(ChronoUnit.SECONDS)));
      say("place    " + Redactor.redact(stats.place()));
      say(
          "cache    "
              + (settings.cache().on() ? "on" : "off: SYNTHLAB_CACHE or --cache turns it on"));
      return ExitCodes.OK;
    }

    private static String expired(CacheStats stats) {
      return stats.expired() == 0 ? "" : ", " + stats.expired() + " of them too old";
    }

    private static String megabytes(long bytes) {
      return bytes == 0 ? "0" : Long.toString(Math.max(1, bytes / 1_000_000));
    }

    private static Map<String, Object> tree(CacheStats stats, Settings settings) {
      Map<String, Object> all = new LinkedHashMap<>();
      all.put("on", settings.cache().on());
      all.put("answers", stats.answers());
      all.put("expired", stats.expired());
      all.put("bytes", stats.bytes());
      all.put("hits", stats.hits());
      stats.savedUsd().ifPresent(usd -> all.put("saved_usd", usd));
      stats.oldest().ifPresent(at -> all.put("oldest", at.toString()));
      all.put("place", Redactor.redact(stats.place()));
      return all;
    }
  }

  /** Everything goes. */
  @Command(
      name = "clear",
      header = "Drop all answers that are kept.",
      footer = {"", "Examples:", "  synthlab cache clear"})
  static final class Clear implements Callable<Integer> {
    @Mixin private CommonOptions common = new CommonOptions();

    @Option(names = "--json", description = "One JSON object on stdout.")
    private boolean json;

    @Override
    public Integer call() {
      return dropped(common.settings(), json, DatabaseCompletionCache::clear);
    }
  }

  /** What is too old or too much goes. */
  @Command(
      name = "prune",
      header = "Drop the answers that are too old, and those beyond the size that is set.",
      footer = {
        "",
        "Examples:",
        "  synthlab cache prune",
        "  SYNTHLAB_CACHE_TTL=24h synthlab cache prune --json"
      })
  static final class Prune implements Callable<Integer> {
    @Mixin private CommonOptions common = new CommonOptions();

    @Option(names = "--json", description = "One JSON object on stdout.")
    private boolean json;

    @Override
    public Integer call() {
      return dropped(common.settings(), json, DatabaseCompletionCache::prune);
    }
  }
}
