package dev.synthlab.cli;

import dev.synthlab.Synthlab;
import dev.synthlab.batch.BulkOptions;
import dev.synthlab.batch.BulkRun;
import dev.synthlab.call.RunRecorder;
import dev.synthlab.call.Timer;
import dev.synthlab.config.Settings;
import dev.synthlab.config.Variable;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

/** The command {@code run}: a file of prompts in, a file of results out. */
@Command(
    name = "run",
    header = "Answer every row of IN with a model and append the results to OUT.",
    description = {
      "",
      "IN is JSON lines: {\"prompt\": \"...\"}, {\"messages\": [...]}, or OpenAI Batch lines"
          + " {\"custom_id\", \"method\", \"url\", \"body\"}; or a CSV or TSV table with a header,"
          + " whose columns --template turns into prompts; - is stdin.",
      "OUT is also the state of the job: after Ctrl-C, kill -9 or a full disk, the same command"
          + " resumes the run. Rows that have an answer are not sent again.",
      ""
    },
    footer = {
      "",
      "Examples:",
      "  synthlab run examples/interviews.jsonl -o results.jsonl --local",
      "  synthlab run prompts.jsonl -o results.jsonl -m gpt-4o-mini -c 32 --max-tokens 200",
      "  synthlab run prompts.jsonl -o results.jsonl --retry-failed",
      "  synthlab run prompts.jsonl -o results.jsonl -P top_p=0.9 -P 'stop=[\"END\"]'",
      "  synthlab run people.csv -o out.csv --template 'Summarise {{review}} for {{name}}'",
      "  synthlab run people.csv -o out.csv --template @prompt.txt --dry-run --max-tokens 128",
      "  synthlab run people.csv -o out.csv --template '{{review}}' --schema 'mood, stars int'",
      "  cat in.jsonl | synthlab run - -o - --format jsonl | jq -r .output",
      "",
      "Exit codes: 0 all rows done, 2 wrong option, input or output, 3 some rows failed, 4 key or",
      "      configuration, 5 stopped (the same command resumes the run), 130/143 Ctrl-C/SIGTERM."
    })
final class RunCommand implements Callable<Integer> {
  @Mixin private ModelOptions common = new ModelOptions();
  @Mixin private RowOptions rows = new RowOptions();
  @Mixin private RequestOptions request = new RequestOptions();
  @Mixin private RowCallOptions calls = new RowCallOptions();
  @Mixin private CacheOption cache = new CacheOption();

  @Parameters(paramLabel = "IN", description = "Input file; - for stdin.")
  private String input = "";

  @Option(
      names = {"-o", "--output"},
      paramLabel = "OUT",
      description = "Results file; - for stdout, then an interrupted run cannot be resumed.")
  private @Nullable String givenOutput;

  private String output = "";

  @Option(
      names = "--dry-run",
      description =
          "Read IN and print the number of rows, tokens, cost and minimum time; send and write"
              + " nothing.")
  private boolean dryRun;

  @Option(
      names = "--embedding-model",
      paramLabel = "NAME",
      description = "Model for rows that request embeddings (SYNTHLAB_EMBEDDING_MODEL).")
  private @Nullable String embeddingModel;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description =
          "Format of the results: openai (lines of the Batch API), jsonl (flat lines) or csv (the"
              + " job is then OUT.jsonl). Default: csv if OUT ends in .csv, else openai.")
  private @Nullable Format format;

  @Option(names = "--limit", paramLabel = "N", description = "Number of rows of IN to read.")
  private @Nullable Long limit;

  @Option(
      names = "--retry-failed",
      arity = "0..1",
      fallbackValue = RequiresEquals.TRANSIENT,
      preprocessor = RequiresEquals.class,
      converter = RetryConverter.class,
      paramLabel = "transient|all",
      description =
          "Retry failed rows: only transient failures (default), or all, including refusals,"
              + " filtered answers and invalid requests.")
  private BulkOptions.@Nullable Retry retryFailed;

  @Option(
      names = "--fresh",
      description = "Rename an existing OUT and start from the first row instead of resuming.")
  private boolean fresh;

  @Option(names = "--ordered", description = "Sort OUT into the order of IN at the end.")
  private boolean ordered;

  @Option(
      names = "--strict",
      description = "Stop before the first call if a row of IN cannot become a request.")
  private boolean strict;

  @Option(
      names = "--strict-finish",
      description = "Count an answer that was cut off by the token limit as failed.")
  private boolean strictFinish;

  @Option(names = "--stream", description = "Receive each answer as a stream of events.")
  private boolean stream;

  @Option(
      names = "--stall",
      paramLabel = "TIME",
      description =
          "Maximum time without any answer, after which the run stops (exit code 5). Default: "
              + BulkOptions.DEFAULT_STALL_MINUTES
              + "m.")
  private @Nullable String stall;

  @Option(
      names = "--deadline",
      paramLabel = "TIME",
      description =
          "Time after which no more rows are taken (exit code 5); calls in flight have "
              + BulkOptions.DEFAULT_GRACE_SECONDS
              + " s more to end.")
  private @Nullable String deadline;

  @Option(
      names = "--max-cost",
      paramLabel = "USD",
      description =
          "Maximum cost of the job in US dollars, earlier runs included: a row that could exceed it"
              + " is not sent (exit code 5). Set --max-tokens, too.")
  private @Nullable BigDecimal maxCost;

  @Option(
      names = "--trace-sample",
      paramLabel = "F",
      description =
          "Share of the successful calls that is traced, 0 to 1 (SYNTHLAB_TRACE_SAMPLE). Calls that"
              + " failed or were retried are always traced.")
  private @Nullable String traceSample;

  @Option(
      names = "--fail-on-error",
      paramLabel = "F",
      description =
          "How many rows may fail before the exit code is 3: a count, or a fraction such as 0.05."
              + " Default: 0.")
  private @Nullable String failOnError;

  @Option(
      names = "--progress",
      paramLabel = "HOW",
      defaultValue = "auto",
      description = "Form of the progress on stderr: auto, bar, lines, json or none.")
  private Progress.Style progress = Progress.Style.auto;

  @SuppressWarnings("JavaLangClash")
  private enum Format {
    openai,
    jsonl,
    csv
  }

  /** Reads the value of {@code --retry-failed}. */
  static final class RetryConverter implements ITypeConverter<BulkOptions.Retry> {
    @Override
    public BulkOptions.Retry convert(String value) {
      return switch (value.toLowerCase(Locale.ROOT)) {
        case RequiresEquals.TRANSIENT, "passing" -> BulkOptions.Retry.TRANSIENT;
        case "all" -> BulkOptions.Retry.ALL;
        default -> throw new TypeConversionException("it must be transient or all, was " + value);
      };
    }
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    check();
    cache.over(common);
    calls.over(common, "run");
    common.overlay(Variable.SYNTHLAB_EMBEDDING_MODEL, embeddingModel, "--embedding-model");
    common.overlay(Variable.SYNTHLAB_TRACE_SAMPLE, traceSample, "--trace-sample");
    Settings settings = common.settings();
    if (dryRun) {
      return new DryRunReport(settings, common.quiet(), Main.stdout())
          .report(options(settings), maxCost != null);
    }
    settings.llm().requireKey();
    BulkOptions options = options(settings);
    BulkRun.requireReadable(options);
    LocalWeights.ensure(settings, common.quiet());
    try (TracedSession session = common.traced(settings);
        Synthlab layer = session.layer(settings)) {
      RunReport report = report();
      BulkRun run =
          BulkRun.of(
              options,
              BulkRun.RowClient.over(layer.bulk(settings.llm()), stream, layer.traffic()),
              Timer.system(),
              report::note);
      layer.recorder(RunRecorder.class).ifPresent(run::withRecorder);
      RunSession running = new RunSession(report, style());
      return TracedSession.by("run", () -> running.run(run, layer, session, settings));
    }
  }

  private Progress.Style style() {
    return common.quiet() ? Progress.Style.none : progress.settled(common.draws(Terminal.STDERR));
  }

  private RunReport report() {
    String errors = output + (table() ? ".jsonl" : "") + ".errors.jsonl";
    String failedRows = output + " and, in the form of the input, in " + errors;
    return new RunReport("rows", input, output, failedRows, resumable(), common.quiet());
  }

  private BulkOptions options(Settings settings) throws IOException {
    BulkOptions.Source from =
        input.equals("-")
            ? new BulkOptions.Source.Stream(System.in)
            : new BulkOptions.Source.File(Path.of(input));
    BulkOptions.Target to =
        output.equals("-")
            ? new BulkOptions.Target.Stream(table() ? Main.rawResults() : Main.results())
            : new BulkOptions.Target.File(Path.of(output));
    try {
      BulkOptions.Builder builder =
          BulkOptions.builder(from, to)
              .inputFormat(rows.format(input))
              .concurrency(settings.limits().window())
              .model(settings.llm().model())
              .baseUrl(settings.llm().baseUrl().toString())
              .format(format())
              .fresh(fresh)
              .ordered(ordered)
              .strict(strict)
              .strictFinish(strictFinish);
      request.addTo(builder);
      rows.schema().ifPresent(builder::schema);
      addOptional(builder, settings);
      return builder.build();
    } catch (IllegalArgumentException e) {
      throw new UsageException(String.valueOf(e.getMessage()));
    }
  }

  private void addOptional(BulkOptions.Builder builder, Settings settings) {
    if (settings.local().chosen()) {
      builder.localModel(settings.llm().model());
    } else {
      builder.embeddingModel(settings.llm().embeddingModel());
    }
    if (limit != null) {
      builder.limit(limit);
    }
    if (stall != null) {
      builder.stall(OptionChecks.duration("--stall", stall));
    }
    if (deadline != null) {
      builder.deadline(OptionChecks.duration("--deadline", deadline));
    }
    if (maxCost != null) {
      builder.maxCostUsd(maxCost);
    }
    if (failOnError != null) {
      builder.failureTolerance(OptionChecks.tolerance(failOnError));
    }
    if (retryFailed != null) {
      builder.retryFailed(retryFailed);
    }
  }

  private BulkOptions.Format format() {
    if (format == null) {
      boolean csv = output.toLowerCase(Locale.ROOT).endsWith(".csv");
      return csv ? BulkOptions.Format.CSV : BulkOptions.Format.OPENAI;
    }
    return switch (format) {
      case openai -> BulkOptions.Format.OPENAI;
      case jsonl -> BulkOptions.Format.JSONL;
      case csv -> BulkOptions.Format.CSV;
    };
  }

  private boolean table() {
    return format() == BulkOptions.Format.CSV;
  }

  private void check() {
    if (givenOutput == null && !dryRun) {
      throw new UsageException("OUT is missing: name a file with -o, or - for stdout");
    }
    output = givenOutput == null ? "-" : givenOutput;
    OptionChecks.path("IN", input);
    OptionChecks.path("OUT", output);
    OptionChecks.count("--limit", limit);
    if (maxCost != null && maxCost.signum() < 0) {
      throw OptionChecks.refused("--max-cost", maxCost.toString(), "must be 0 or more US dollars");
    }
    request.check(rows.hasSchema());
    if (!resumable() && (fresh || ordered || retryFailed != null)) {
      String flag = fresh ? "--fresh" : "--retry-failed";
      throw OptionChecks.needsFile(ordered ? "--ordered" : flag, output);
    }
  }

  /** Whether OUT is a file, so that the same command resumes the run. */
  private boolean resumable() {
    if (output.equals("-")) {
      return false;
    }
    Path out = Path.of(output);
    return !Files.exists(out) || Files.isRegularFile(out) || Files.isDirectory(out);
  }
}
