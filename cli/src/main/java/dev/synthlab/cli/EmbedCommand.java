package dev.synthlab.cli;

import dev.synthlab.Synthlab;
import dev.synthlab.batch.BulkOptions;
import dev.synthlab.batch.BulkRun;
import dev.synthlab.batch.Summary;
import dev.synthlab.call.RunRecorder;
import dev.synthlab.call.Timer;
import dev.synthlab.config.Origin;
import dev.synthlab.config.Settings;
import dev.synthlab.config.Utf8;
import dev.synthlab.config.Variable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Texts in, vectors out: a run over the embeddings lines that the texts are read as. */
@Command(
    name = "embed",
    header = "Turn every text of IN into a vector; vectors are appended to OUT as they come.",
    description = {
      "",
      "IN is plain text, one text a line, or JSON lines: {\"id\", \"input\"}, {\"text\"} or"
          + " {\"prompt\"}; - is stdin. Further keys are handed on.",
      "OUT is JSON lines, {\"custom_id\", \"embedding\": [...], \"synthlab\": {\"model\", \"usage\","
          + " ...}}, at the end in the order of IN. OUT is the job, as with run: the same command"
          + " goes on where it was, and nothing that is answered is sent again.",
      ""
    },
    footer = {
      "",
      "Examples:",
      "  synthlab embed texts.txt -o vectors.jsonl --local",
      "  synthlab embed texts.jsonl -o vectors.jsonl -m text-embedding-3-large --dimensions 256",
      "  cat texts.txt | synthlab embed - -o - | jq -c .embedding",
      "",
      "Exit: 0 all done, 2 wrong use or input, 3 some rows failed, 4 key or configuration,",
      "      5 stopped (the same command goes on), 130/143 Ctrl-C/SIGTERM after a clean drain."
    })
final class EmbedCommand implements Callable<Integer> {
  private static final int MAX_TEXTS = 2_048;
  private static final int MAX_ROWS = 10_000;

  @Mixin private ModelOptions common = new ModelOptions();

  @Parameters(paramLabel = "IN", description = "The texts; - for stdin.")
  private String input = "";

  @Option(
      names = {"-o", "--output"},
      paramLabel = "OUT",
      required = true,
      description = "The vectors; - for stdout, as they come, and nothing can be resumed.")
  private String output = "";

  @Option(
      names = "--dimensions",
      paramLabel = "N",
      description = "Numbers of a vector, where the model leaves a choice.")
  private @Nullable Long dimensions;

  @Option(
      names = "--batch-size",
      paramLabel = "N",
      defaultValue = "64",
      description =
          "Most texts in one request, 1 to 2048: default ${DEFAULT-VALUE}; the embedded model takes"
              + " them one by one.")
  private int batchSize = 64;

  @Option(
      names = {"-c", "--concurrency"},
      paramLabel = "N",
      description = "Requests in flight (SYNTHLAB_CONCURRENCY).")
  private @Nullable String concurrency;

  @Option(names = "--rpm", paramLabel = "N", description = "Most requests a minute (SYNTHLAB_RPM).")
  private @Nullable String requestsPerMinute;

  @Option(names = "--tpm", paramLabel = "N", description = "Most tokens a minute (SYNTHLAB_TPM).")
  private @Nullable String tokensPerMinute;

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      description = "One attempt, body included: 90, 90s, 2m (SYNTHLAB_TIMEOUT).")
  private @Nullable String timeout;

  @Option(names = "--retry-failed", description = "Send failed texts again that may end better.")
  private boolean retryFailed;

  @Option(names = "--fresh", description = "Put an old OUT aside and begin anew.")
  private boolean fresh;

  @Option(
      names = "--progress",
      paramLabel = "HOW",
      defaultValue = "auto",
      description = "auto, bar, lines, json or none.")
  private Progress.Style progress = Progress.Style.auto;

  @Override
  public Integer call() throws IOException, InterruptedException {
    check();
    common.overlay(Variable.SYNTHLAB_EMBEDDING_MODEL, common.model(), "--model");
    common.overlay(Variable.SYNTHLAB_CONCURRENCY, concurrency, "--concurrency");
    common.overlay(Variable.SYNTHLAB_RPM, requestsPerMinute, "--rpm");
    common.overlay(Variable.SYNTHLAB_TPM, tokensPerMinute, "--tpm");
    common.overlay(Variable.SYNTHLAB_TIMEOUT, timeout, "--timeout");
    unlessSet(Variable.SYNTHLAB_CALL_DEADLINE, RunCommand.ROW_DEADLINE);
    unlessSet(Variable.SYNTHLAB_LLM_MAX_ATTEMPTS, RunCommand.ROW_ATTEMPTS);
    Settings settings = common.settings();
    settings.llm().requireKey();
    requireReadable();
    LocalWeights.ensure(settings, common.quiet());
    try (InputStream texts = opened();
        TracedSession session = common.traced(settings);
        Synthlab layer = session.layer(settings)) {
      int requests = settings.limits().window();
      BulkRun.RowClient caller =
          BulkRun.RowClient.over(layer.bulk(settings.llm()), false, layer.traffic())
              .batching(settings.local().chosen() ? 1 : batchSize, requests);
      BulkRun run = BulkRun.of(options(settings, texts), caller, Timer.system(), this::note);
      layer.recorder(RunRecorder.class).ifPresent(run::withRecorder);
      return TracedSession.by("embed", () -> conducted(run, layer, session, settings));
    }
  }

  private void check() {
    OptionChecks.path("IN", input);
    OptionChecks.path("OUT", output);
    if (input.endsWith(".csv") || input.endsWith(".tsv")) {
      throw new UsageException(
          "embed takes no tables: give one text a line, or JSON lines with a \"text\" each");
    }
    OptionChecks.count("--dimensions", dimensions);
    if (batchSize < 1 || batchSize > MAX_TEXTS) {
      throw OptionChecks.refused(
          "--batch-size", String.valueOf(batchSize), "must be a whole number from 1 to 2048");
    }
    if (output.equals("-") && (fresh || retryFailed)) {
      throw new UsageException(
          (fresh ? "--fresh" : "--retry-failed") + " needs a results file; stdout keeps nothing");
    }
  }

  private void unlessSet(Variable variable, String byDefault) {
    if (common.environment().origin(variable) instanceof Origin.Default) {
      common.overlay(variable, byDefault, "embed");
    }
  }

  private void requireReadable() throws IOException {
    if (input.equals("-")) {
      return;
    }
    Path from = Path.of(input);
    BulkRun.requireReadable(BulkOptions.builder(from, from).build());
    if (!output.equals("-")
        && Files.exists(Path.of(output))
        && Files.isSameFile(from, Path.of(output))) {
      throw new UsageException("the output " + output + " is the input; name another output");
    }
  }

  private InputStream opened() throws IOException {
    String name = input.equals("-") ? "the input" : input;
    return Utf8.checked(
        input.equals("-") ? System.in : Files.newInputStream(Path.of(input)),
        reason -> new UsageException(name + " " + reason + "; nothing was sent"));
  }

  private BulkOptions options(Settings settings, InputStream texts) {
    boolean toStdout = output.equals("-");
    BulkOptions.In from = new BulkOptions.In.Stream(new EmbeddingInput(texts));
    BulkOptions.Out to =
        toStdout
            ? new BulkOptions.Out.Stream(Main.results())
            : new BulkOptions.Out.File(Path.of(output));
    int rows = (int) Math.min(MAX_ROWS, (long) settings.limits().window() * batchSize);
    BulkOptions.Builder builder =
        BulkOptions.builder(from, to)
            .concurrency(rows)
            .baseUrl(settings.llm().baseUrl().toString())
            .format(BulkOptions.Format.JSONL)
            .ordered(!toStdout)
            .fresh(fresh);
    if (dimensions != null) {
      builder.parameters(Map.of("dimensions", dimensions.intValue()));
    }
    if (retryFailed) {
      builder.retryFailed(BulkOptions.Retry.TRANSIENT);
    }
    if (settings.local().chosen()) {
      builder.localModel(settings.llm().model());
    } else {
      builder.embeddingModel(settings.llm().embeddingModel());
    }
    return builder.build();
  }

  private int conducted(BulkRun run, Synthlab layer, TracedSession session, Settings settings)
      throws InterruptedException {
    try (Signals signals = Signals.to(() -> run.stop("stopped by a signal"))) {
      Progress.Style style = common.quiet() ? Progress.Style.none : progress;
      Progress shown = new Progress(run, layer.traffic(), style);
      Summary summary;
      try {
        summary = session.run(settings, input, output, run);
      } finally {
        shown.close();
      }
      report(summary);
      return signals.exit().orElseGet(() -> RunCommand.exit(summary));
    }
  }

  private void report(Summary summary) {
    if (summary.upToDate() && summary.end() != Summary.End.INTERRUPTED) {
      note(
          summary.total() == 0
              ? (input.equals("-") ? "stdin" : input) + " has no texts"
              : "nothing to do: all " + summary.total() + " texts are in " + output);
      return;
    }
    note(RunCommand.counts(summary));
    String goesOn = output.equals("-") ? "" : "; the same command goes on";
    switch (summary.end()) {
      case DONE, OUTPUT_CLOSED -> {}
      case SOME_FAILED ->
          note(
              "the failed texts are in "
                  + output
                  + (summary.transientFailures() > 0
                      ? "; --retry-failed sends those again that may end better"
                      : ""));
      case STOPPED_AUTH ->
          System.err.println("error: " + summary.reason() + "\nTry: synthlab doctor");
      case STOPPED_QUOTA -> System.err.println("error: " + summary.reason() + goesOn);
      case BUDGET, UNREACHABLE, STALLED, DEADLINE, DISK_FULL, INTERRUPTED ->
          System.err.println("stopped: " + summary.reason() + goesOn);
    }
  }

  private void note(String sentence) {
    if (!common.quiet()) {
      System.err.println("synthlab: " + sentence);
    }
  }
}
