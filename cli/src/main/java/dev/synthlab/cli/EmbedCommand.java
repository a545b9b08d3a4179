package dev.synthlab.cli;

import dev.synthlab.Synthlab;
import dev.synthlab.batch.BulkOptions;
import dev.synthlab.batch.BulkRun;
import dev.synthlab.call.RunRecorder;
import dev.synthlab.call.Timer;
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

/** The command {@code embed}: a bulk run whose rows are embedding requests, one for each text. */
@Command(
    name = "embed",
    header = "Turn every text of IN into a vector and append the vectors to OUT.",
    description = {
      "",
      "IN is plain text, one text per line, or JSON lines: {\"id\", \"input\"}, {\"text\"} or"
          + " {\"prompt\"}; - is stdin. Further keys are copied to OUT.",
      "OUT is JSON lines, {\"custom_id\", \"embedding\": [...], \"synthlab\": {\"model\","
          + " \"usage\", ...}}, at the end in the order of IN. OUT is also the state of the job, as"
          + " with run: the same command resumes the run, and texts that have a vector are not sent"
          + " again.",
      ""
    },
    footer = {
      "",
      "Examples:",
      "  synthlab embed texts.txt -o vectors.jsonl --local",
      "  synthlab embed texts.jsonl -o vectors.jsonl -m text-embedding-3-large --dimensions 256",
      "  cat texts.txt | synthlab embed - -o - | jq -c .embedding",
      "",
      "Exit codes: 0 all texts done, 2 wrong option, input or output, 3 some texts failed, 4 key"
          + " or",
      "      configuration, 5 stopped (the same command resumes the run), 130/143 Ctrl-C/SIGTERM."
    })
final class EmbedCommand implements Callable<Integer> {
  private static final int MAX_TEXTS = 2_048;
  private static final int MAX_ROWS = 10_000;

  @Mixin private ModelOptions common = new ModelOptions();
  @Mixin private RowCallOptions calls = new RowCallOptions();

  @Parameters(paramLabel = "IN", description = "Input file; - for stdin.")
  private String input = "";

  @Option(
      names = {"-o", "--output"},
      paramLabel = "OUT",
      required = true,
      description = "Results file; - for stdout, then an interrupted run cannot be resumed.")
  private String output = "";

  @Option(
      names = "--dimensions",
      paramLabel = "N",
      description = "Length of the vectors, for models that support several lengths.")
  private @Nullable Long dimensions;

  @Option(
      names = "--batch-size",
      paramLabel = "N",
      defaultValue = "64",
      description =
          "Maximum number of texts in one request, 1 to 2048; the embedded model always gets one."
              + " Default: ${DEFAULT-VALUE}.")
  private int batchSize = 64;

  @Option(names = "--retry-failed", description = "Retry texts with transient failures.")
  private boolean retryFailed;

  @Option(
      names = "--fresh",
      description = "Rename an existing OUT and start from the first text instead of resuming.")
  private boolean fresh;

  @Option(
      names = "--progress",
      paramLabel = "HOW",
      defaultValue = "auto",
      description = "Form of the progress on stderr: auto, bar, lines, json or none.")
  private Progress.Style progress = Progress.Style.auto;

  @Override
  public Integer call() throws IOException, InterruptedException {
    check();
    common.overlay(Variable.SYNTHLAB_EMBEDDING_MODEL, common.model(), "--model");
    calls.over(common, "embed");
    Settings settings = common.settings();
    settings.llm().requireKey();
    requireReadable();
    LocalWeights.ensure(settings, common.quiet());
    try (InputStream texts = opened();
        TracedSession session = common.traced(settings);
        Synthlab layer = session.layer(settings)) {
      int requests = settings.limits().window();
      BulkRun.RowClient client =
          BulkRun.RowClient.over(layer.bulk(settings.llm()), false, layer.traffic())
              .batching(settings.local().chosen() ? 1 : batchSize, requests);
      RunReport report =
          new RunReport("texts", input, output, output, !output.equals("-"), common.quiet());
      BulkRun run = BulkRun.of(options(settings, texts), client, Timer.system(), report::note);
      layer.recorder(RunRecorder.class).ifPresent(run::withRecorder);
      RunSession running = new RunSession(report, style());
      return TracedSession.by("embed", () -> running.run(run, layer, session, settings));
    }
  }

  private Progress.Style style() {
    return common.quiet() ? Progress.Style.none : progress.settled(common.draws(Terminal.STDERR));
  }

  private void check() {
    OptionChecks.path("IN", input);
    OptionChecks.path("OUT", output);
    if (input.endsWith(".csv") || input.endsWith(".tsv")) {
      throw new UsageException(
          "embed does not read tables: give one text per line, or JSON lines with a \"text\" each");
    }
    OptionChecks.count("--dimensions", dimensions);
    if (batchSize < 1 || batchSize > MAX_TEXTS) {
      throw OptionChecks.refused(
          "--batch-size", String.valueOf(batchSize), "must be a whole number from 1 to 2048");
    }
    if (output.equals("-") && (fresh || retryFailed)) {
      throw OptionChecks.needsFile(fresh ? "--fresh" : "--retry-failed", output);
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
    BulkOptions.Source from = new BulkOptions.Source.Stream(new EmbeddingInput(texts));
    BulkOptions.Target to =
        toStdout
            ? new BulkOptions.Target.Stream(Main.results())
            : new BulkOptions.Target.File(Path.of(output));
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
}
