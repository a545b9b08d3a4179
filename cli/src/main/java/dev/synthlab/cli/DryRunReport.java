package dev.synthlab.cli;

import dev.synthlab.batch.BulkOptions;
import dev.synthlab.batch.DryRun;
import dev.synthlab.call.Timer;
import dev.synthlab.call.VirtualThreads;
import dev.synthlab.config.Settings;
import dev.synthlab.llm.Model;
import dev.synthlab.llm.ModelCatalogue;
import dev.synthlab.logging.Redactor;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** Prints the estimate of a dry run on stdout, and its progress on stderr. */
final class DryRunReport {
  private static final Duration PROGRESS_EACH = Duration.ofSeconds(2);

  private final Settings.Limits limits;
  private final ModelCatalogue catalogue;
  private final boolean embedded;
  private final boolean quiet;
  private final PrintStream out;

  DryRunReport(Settings settings, boolean quiet, PrintStream out) {
    this.limits = settings.limits();
    this.catalogue =
        settings
            .llm()
            .modelsFile()
            .map(ModelCatalogue.bundled()::with)
            .orElseGet(ModelCatalogue::bundled);
    this.embedded = settings.local().chosen();
    this.quiet = quiet;
    this.out = out;
  }

  /**
   * Reads the input and prints the estimate.
   *
   * @param bounded whether the run has a maximum cost, so that it refuses a model without a price
   */
  int report(BulkOptions options, boolean bounded) {
    DryRun dry = DryRun.of(options, sentence -> System.err.println("synthlab: " + shown(sentence)));
    Thread progress = VirtualThreads.start("synthlab-progress", () -> showProgress(dry));
    DryRun.Estimate estimate;
    try {
      estimate = dry.run();
    } finally {
      progress.interrupt();
    }
    print(estimate);
    if (bounded && !embedded) {
      for (DryRun.Share share : estimate.shares()) {
        Optional<Model> model = catalogue.find(share.model());
        if (model.flatMap(Model::price).isEmpty() || outputMax(share, model).isEmpty()) {
          System.err.println(
              "error: a run would stop here: what an answer of "
                  + shown(share.model())
                  + " may cost is not known, and --max-cost is set: give its price in"
                  + " SYNTHLAB_MODELS_FILE, or set --max-tokens if only the length of its answer is"
                  + " unknown");
          return ExitCodes.STOPPED;
        }
      }
    }
    return ExitCodes.OK;
  }

  private void showProgress(DryRun dry) {
    try {
      while (!quiet) {
        Timer.system().pause(PROGRESS_EACH);
        System.err.println("synthlab: " + HumanFormat.count(dry.seen()) + " rows read");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the dry run has ended
    }
  }

  private void print(DryRun.Estimate estimate) {
    out.printf(
        Locale.ROOT,
        "%-8s%d: %d to send, %d done, %d malformed%n",
        "rows",
        estimate.rows(),
        estimate.toSend(),
        estimate.done(),
        estimate.malformed());
    for (DryRun.Share share : estimate.shares()) {
      line("model", shown(share.model()) + ": " + share.rows() + " rows");
      line("input", range(share) + " tokens (a quarter of the characters, 20% more or less)");
      Optional<Model> model = catalogue.find(share.model());
      OptionalLong max = outputMax(share, model);
      line("output", output(share, max));
      line("cost", model.flatMap(Model::price).map(p -> cost(share, max, p)).orElse("unpriced"));
    }
    if (estimate.toSend() > 0) {
      line("time", time(estimate));
    }
    out.flush();
  }

  private void line(String name, String text) {
    out.printf(Locale.ROOT, "%-8s%s%n", name, text);
  }

  private static String range(DryRun.Share share) {
    return HumanFormat.count(share.inputLeast()) + " to " + HumanFormat.count(share.inputMax());
  }

  /** By the limits of the rows, or the limit of the model where a row has none. */
  private static OptionalLong outputMax(DryRun.Share share, Optional<Model> model) {
    if (share.unbounded() == 0) {
      return OptionalLong.of(share.outputMax());
    }
    return model.isPresent() && model.get().maxOutput().isPresent()
        ? OptionalLong.of(
            share.outputMax() + share.unbounded() * model.get().maxOutput().getAsLong())
        : OptionalLong.empty();
  }

  private static String output(DryRun.Share share, OptionalLong max) {
    String unbounded = share.unbounded() + " rows have no --max-tokens";
    if (max.isEmpty()) {
      return "no limit known: " + unbounded;
    }
    String bound = "at most " + HumanFormat.count(max.getAsLong()) + " tokens";
    return share.unbounded() == 0 ? bound : bound + ", by the limit of the model: " + unbounded;
  }

  private static String cost(DryRun.Share share, OptionalLong max, Model.Price price) {
    String from = dollars(price.input().multiply(BigDecimal.valueOf(share.inputLeast())));
    if (max.isEmpty()) {
      return "from " + from + ", answers not counted";
    }
    BigDecimal input = price.input().multiply(BigDecimal.valueOf(share.inputMax()));
    BigDecimal output = price.output().multiply(BigDecimal.valueOf(max.getAsLong()));
    return from + " to " + dollars(input.add(output)) + ", by the price list";
  }

  private static String dollars(BigDecimal amount) {
    return "$" + amount.setScale(4, RoundingMode.HALF_UP).toPlainString();
  }

  /** The minimum time that the rate limits allow. */
  private String time(DryRun.Estimate estimate) {
    long tokens = estimate.shares().stream().mapToLong(DryRun.Share::inputLeast).sum();
    double byRequests = minutes(estimate.toSend(), limits.requestsPerMinute());
    double byTokens = minutes(tokens, limits.tokensPerMinute());
    String concurrency =
        limits.concurrency().isPresent() ? "; " + limits.window() + " in flight (-c)" : "";
    if (byRequests == 0 && byTokens == 0) {
      return "no limit is set (--rpm, --tpm): as fast as the server answers" + concurrency;
    }
    boolean requests = byRequests >= byTokens;
    String limit =
        requests
            ? "--rpm " + limits.requestsPerMinute().orElse(0)
            : "--tpm " + limits.tokensPerMinute().orElse(0) + ", answers not counted";
    Duration min = Duration.ofMillis(Math.round(Math.max(byRequests, byTokens) * 60_000));
    return "at least " + HumanFormat.time(min) + " by " + limit + concurrency;
  }

  private static double minutes(long much, OptionalInt perMinute) {
    return perMinute.isPresent() ? (double) much / perMinute.getAsInt() : 0;
  }

  private static String shown(String text) {
    return Redactor.printableLine(Redactor.redact(text));
  }
}
