package dev.synthlab.cli;

import dev.synthlab.Synthlab;
import dev.synthlab.batch.BatchException;
import dev.synthlab.batch.BulkOptions;
import dev.synthlab.batch.BulkRun;
import dev.synthlab.batch.Summary;
import dev.synthlab.call.RunRecorder;
import dev.synthlab.call.Timer;
import dev.synthlab.config.Origin;
import dev.synthlab.config.Settings;
import dev.synthlab.config.Variable;
import dev.synthlab.logging.Redactor;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The main job: a file of prompts in, a file of results out. */
@Command(
    name = "run",
    header = "Answer every line of IN; results are appended to OUT as they come.",
    description = {
      "",
      "IN is JSON lines: {\"prompt\": \"...\"}, {\"messages\": [...]}, or OpenAI Batch lines"
          + " {\"custom_id\", \"method\", \"url\", \"body\"}; or CSV or TSV with a header, of whose"
          + " columns --template makes prompts; - is stdin.",
      "OUT is the job: the same command goes on where it was, after Ctrl-C, kill -9 or a full disk."
          + " Nothing that is answered is sent again.",
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
      "Exit: 0 all done, 2 wrong use or input, 3 some rows failed, 4 key or configuration,",
      "      5 stopped (the same command goes on), 130/143 Ctrl-C/SIGTERM after a clean drain."
    })
final class RunCommand implements Callable<Integer> {
  static final String ROW_ATTEMPTS = "8";
  static final String ROW_DEADLINE = "10m";

  @Mixin private ModelOptions common = new ModelOptions();
  @Mixin private RowOptions rows = new RowOptions();
  @Mixin private CacheOption cache = new CacheOption();

  @Parameters(paramLabel = "IN", description = "The prompts; - for stdin.")
  private String input = "";

  @Option(
      names = {"-o", "--output"},
      paramLabel = "OUT",
      description = "The results; - for stdout, then nothing can be resumed.")
  private @Nullable String given;

  private String output = "";

  @Option(
      names = "--dry-run",
      description = "Read IN and say rows, tokens and least time; send and write nothing.")
  private boolean dryRun;

  @Option(
      names = {"-c", "--concurrency"},
      paramLabel = "N",
      description =
          "Calls in flight, or auto to find out what the server bears (SYNTHLAB_CONCURRENCY).")
  private @Nullable String concurrency;

  @Option(
      names = "--embedding-model",
      paramLabel = "NAME",
      description = "The model of rows that ask for embeddings (SYNTHLAB_EMBEDDING_MODEL).")
  private @Nullable String embeddingModel;

  @Option(names = "--rpm", paramLabel = "N", description = "Most requests a minute (SYNTHLAB_RPM).")
  private @Nullable String requestsPerMinute;

  @Option(names = "--tpm", paramLabel = "N", description = "Most tokens a minute (SYNTHLAB_TPM).")
  private @Nullable String tokensPerMinute;

  @Option(
      names = {"-s", "--system"},
      paramLabel = "TEXT",
      description =
          "The system message of rows that have none; where rows are columns, {{column}} works.")
  private @Nullable String system;

  @Option(names = "--temperature", paramLabel = "NUMBER", description = "Where a row names none.")
  private @Nullable Double temperature;

  @Option(names = "--max-tokens", paramLabel = "N", description = "Where a row names none.")
  private @Nullable Integer maxTokens;

  @Option(
      names = "-P",
      paramLabel = "KEY=VALUE",
      description = "A further parameter of the request body; JSON or text.")
  private Map<String, String> parameters = new LinkedHashMap<>();

  @Option(names = "--override", description = "These options win over what a row says.")
  private boolean override;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description =
          "openai (Batch result lines), jsonl (flat lines) or csv (then OUT.jsonl is the job);"
              + " default csv for an OUT that ends in .csv, else openai.")
  private @Nullable Format format;

  @Option(names = "--limit", paramLabel = "N", description = "Only the first N rows of IN.")
  private @Nullable Long limit;

  @Option(
      names = "--retry-failed",
      arity = "0..1",
      fallbackValue = "passing",
      preprocessor = RequiresEquals.class,
      paramLabel = "passing|all",
      description =
          "Send failed rows again: those that may end better (passing, as without a value), or all"
              + " (also refusals, filters, wrong requests).")
  private @Nullable Again retryFailed;

  @Option(names = "--fresh", description = "Put an old OUT aside and begin anew.")
  private boolean fresh;

  @Option(names = "--ordered", description = "Put OUT into the order of IN at the end.")
  private boolean ordered;

  @Option(names = "--strict", description = "A malformed line stops the run before it begins.")
  private boolean strict;

  @Option(names = "--strict-finish", description = "An answer cut off by --max-tokens has failed.")
  private boolean strictFinish;

  @Option(names = "--stream", description = "Take each answer over a stream of events.")
  private boolean stream;

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      description = "One attempt, body included: 90, 90s, 2m (SYNTHLAB_TIMEOUT).")
  private @Nullable String timeout;

  @Option(
      names = "--call-deadline",
      paramLabel = "TIME",
      description = "One row, retries included, server pauses not: default 10m.")
  private @Nullable String callDeadline;

  @Option(
      names = "--max-attempts",
      paramLabel = "N",
      description = "Attempts of one row that may fail: default 8.")
  private @Nullable String maxAttempts;

  @Option(
      names = "--stall",
      paramLabel = "TIME",
      defaultValue = "10m",
      description = "Stop when no answer came for so long (exit 5): default ${DEFAULT-VALUE}.")
  private String stall = "10m";

  @Option(
      names = "--deadline",
      paramLabel = "TIME",
      description =
          "Take no more rows after this time (exit 5); calls in flight have 20 s more to end.")
  private @Nullable String deadline;

  @Option(
      names = "--max-cost",
      paramLabel = "USD",
      description =
          "Take no row that could make the job cost more, earlier runs included (exit 5); best with"
              + " --max-tokens.")
  private @Nullable BigDecimal maxCost;

  @Option(
      names = "--trace-sample",
      paramLabel = "F",
      description =
          "Show this share of the good calls in a trace, 0 to 1 (SYNTHLAB_TRACE_SAMPLE); those that"
              + " failed or were tried again are always shown.")
  private @Nullable String traceSample;

  @Option(
      names = "--fail-on-error",
      paramLabel = "F",
      defaultValue = "0",
      description = "So many rows may fail with exit 0: a number, or a share like 0.05.")
  private String failOnError = "0";

  @Option(
      names = "--progress",
      paramLabel = "HOW",
      defaultValue = "auto",
      description = "auto, bar, lines, json or none.")
  private Progress.Style progress = Progress.Style.auto;

  private final AtomicBoolean stopping = new AtomicBoolean();

  @SuppressWarnings("JavaLangClash")
  private enum Format {
    openai,
    jsonl,
    csv
  }

  @SuppressWarnings("JavaLangClash")
  private enum Again {
    passing,
    all
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    check();
    cache.over(common);
    common.overlay(Variable.SYNTHLAB_CONCURRENCY, concurrency, "--concurrency");
    common.overlay(Variable.SYNTHLAB_EMBEDDING_MODEL, embeddingModel, "--embedding-model");
    common.overlay(Variable.SYNTHLAB_RPM, requestsPerMinute, "--rpm");
    common.overlay(Variable.SYNTHLAB_TPM, tokensPerMinute, "--tpm");
    common.overlay(Variable.SYNTHLAB_TIMEOUT, timeout, "--timeout");
    common.overlay(Variable.SYNTHLAB_TRACE_SAMPLE, traceSample, "--trace-sample");
    ofRow(Variable.SYNTHLAB_CALL_DEADLINE, callDeadline, ROW_DEADLINE, "--call-deadline");
    ofRow(Variable.SYNTHLAB_LLM_MAX_ATTEMPTS, maxAttempts, ROW_ATTEMPTS, "--max-attempts");
    Settings settings = common.settings();
    if (dryRun) {
      return new DryRunReport(settings, common.quiet(), Main.stdout()).report(options(settings));
    }
    settings.llm().requireKey();
    BulkOptions options = options(settings);
    BulkRun.requireReadable(options);
    LocalWeights.ensure(settings, common.quiet());
    try (TracedSession session = common.traced(settings);
        Synthlab layer = session.layer(settings)) {
      BulkRun run =
          BulkRun.of(
              options,
              BulkRun.RowClient.over(layer.bulk(settings.llm()), stream, layer.traffic()),
              Timer.system(),
              this::note);
      layer.recorder(RunRecorder.class).ifPresent(run::withRecorder);
      BulkRun bounded = maxCost == null ? run : run.withMaxCost(maxCost);
      return TracedSession.by("run", () -> conducted(bounded, layer, session, settings));
    }
  }

  /** The exit code for a run that could not begin, or lost its output. */
  static int exitOf(BatchException refused) {
    return refused.kind() == BatchException.Kind.OUTPUT_LOST ? ExitCodes.INTERNAL : ExitCodes.USAGE;
  }

  private int conducted(BulkRun run, Synthlab layer, TracedSession session, Settings settings)
      throws InterruptedException {
    try (Signals signals = Signals.to(() -> stop(run))) {
      Summary summary;
      Progress.Style style =
          common.quiet() ? Progress.Style.none : progress.settled(common.draws(Terminal.STDERR));
      Progress shown = new Progress(run, layer.traffic(), style);
      try {
        summary = session.run(settings, input, output, run);
      } finally {
        shown.close();
      }
      report(summary);
      return signals.exit().orElseGet(() -> exit(summary));
    }
  }

  private void stop(BulkRun run) {
    note(
        stopping.getAndSet(true)
            ? "stopping: calls in flight are cut off"
            : "stopping: calls in flight may end, nothing new is sent; again to end them now");
    run.stop("a signal came");
  }

  private void ofRow(Variable variable, @Nullable String given, String byDefault, String flag) {
    if (given != null) {
      common.overlay(variable, given, flag);
    } else if (common.environment().origin(variable) instanceof Origin.Default) {
      common.overlay(variable, byDefault, "run");
    }
  }

  private BulkOptions options(Settings settings) throws IOException {
    BulkOptions.In from =
        input.equals("-")
            ? new BulkOptions.In.Stream(System.in)
            : new BulkOptions.In.File(Path.of(input));
    boolean table = format() == BulkOptions.Format.CSV;
    BulkOptions.Out to =
        output.equals("-")
            ? new BulkOptions.Out.Stream(table ? Main.rawResults() : Main.results())
            : new BulkOptions.Out.File(Path.of(output));
    try {
      BulkOptions.Builder builder =
          BulkOptions.builder(from, to)
              .form(rows.form(input))
              .concurrency(settings.limits().window())
              .model(settings.llm().model())
              .parameters(OptionChecks.parameters(parameters))
              .override(override)
              .baseUrl(settings.llm().baseUrl().toString())
              .format(format())
              .fresh(fresh)
              .ordered(ordered)
              .strict(strict)
              .strictFinish(strictFinish)
              .stream(stream)
              .stall(OptionChecks.duration("--stall", stall))
              .failOnError(OptionChecks.tolerance(failOnError));
      optional(builder, settings);
      return builder.build();
    } catch (IllegalArgumentException e) {
      throw new UsageException(String.valueOf(e.getMessage()));
    }
  }

  private void optional(BulkOptions.Builder builder, Settings settings) throws IOException {
    if (system != null) {
      builder.system(system);
    }
    if (temperature != null) {
      builder.temperature(temperature);
    }
    if (maxTokens != null) {
      builder.maxTokens(maxTokens);
    }
    if (settings.local().chosen()) {
      builder.localModel(settings.llm().model());
    } else {
      builder.embeddingModel(settings.llm().embeddingModel());
    }
    if (limit != null) {
      builder.limit(limit);
    }
    rows.schema().ifPresent(builder::schema);
    if (deadline != null) {
      builder.deadline(OptionChecks.duration("--deadline", deadline));
    }
    if (retryFailed != null) {
      builder.retryFailed(
          retryFailed == Again.all ? BulkOptions.Retry.ALL : BulkOptions.Retry.TRANSIENT);
    }
  }

  private BulkOptions.Format format() {
    if (format == null) {
      boolean table = output.toLowerCase(Locale.ROOT).endsWith(".csv");
      return table ? BulkOptions.Format.CSV : BulkOptions.Format.OPENAI;
    }
    return switch (format) {
      case openai -> BulkOptions.Format.OPENAI;
      case jsonl -> BulkOptions.Format.JSONL;
      case csv -> BulkOptions.Format.CSV;
    };
  }

  private void check() {
    if (given == null && !dryRun) {
      throw new UsageException("OUT is missing: name a file with -o, or - for stdout");
    }
    output = given == null ? "-" : given;
    OptionChecks.path("IN", input);
    OptionChecks.path("OUT", output);
    OptionChecks.temperature(temperature);
    OptionChecks.maxTokens(maxTokens);
    OptionChecks.count("--limit", limit);
    if (maxCost != null && maxCost.signum() < 0) {
      throw OptionChecks.refused("--max-cost", maxCost.toString(), "must be 0 or more US dollars");
    }
    parameters.keySet().forEach(OptionChecks::parameter);
    if (rows.hasSchema() && parameters.containsKey("response_format")) {
      throw new UsageException("-P response_format and --schema say the same; give one of them");
    }
    if (!resumable() && (fresh || ordered || retryFailed != null)) {
      String flag = fresh ? "--fresh" : "--retry-failed";
      throw new UsageException(
          (ordered ? "--ordered" : flag)
              + " needs a results file; "
              + (output.equals("-") ? "stdout" : output)
              + " keeps nothing");
    }
  }

  /** Whether OUT is a file that the same command can go on with. */
  private boolean resumable() {
    if (output.equals("-")) {
      return false;
    }
    Path out = Path.of(output);
    return !Files.exists(out) || Files.isRegularFile(out) || Files.isDirectory(out);
  }

  private static void say(String sentence) {
    System.err.println("synthlab: " + sentence);
  }

  /** What is no error. */
  private void note(String sentence) {
    if (!common.quiet()) {
      say(sentence);
    }
  }

  private void report(Summary summary) {
    if (summary.upToDate() && summary.end() != Summary.End.INTERRUPTED) {
      note(
          summary.total() == 0
              ? (input.equals("-") ? "stdin" : input) + " has no rows"
              : "nothing to do: all "
                  + summary.total()
                  + " rows are in "
                  + output
                  + failures(summary)
                  + retry(summary));
      return;
    }
    if (summary.end() == Summary.End.OUTPUT_CLOSED) {
      return; // whoever closed it knows
    }
    if (!common.quiet()) {
      System.err.println(counts(summary));
    }
    if (summary.unsaved() > 0) {
      say(summary.unsaved() + " paid answers could not be kept");
    }
    String reason = summary.reason().isEmpty() ? "" : ": " + summary.reason();
    switch (summary.end()) {
      case DONE, OUTPUT_CLOSED -> {}
      case SOME_FAILED -> {
        if (resumable()) {
          note(
              "the failed rows are in "
                  + output
                  + " and, to be run again, in "
                  + errors()
                  + retry(summary));
        }
      }
      case STOPPED_AUTH -> System.err.println("error" + reason + "\nTry: synthlab doctor");
      case STOPPED_QUOTA -> System.err.println("error" + reason + goOn(summary));
      case UNREACHABLE, STALLED, DEADLINE, DISK_FULL ->
          System.err.println("stopped" + reason + goOn(summary));
      case BUDGET ->
          System.err.println("stopped" + reason + goOn(summary) + HumanFormat.moreMoney(summary));
      case INTERRUPTED -> note("stopped" + reason + goOn(summary));
    }
  }

  private String errors() {
    return output + (format() == BulkOptions.Format.CSV ? ".jsonl" : "") + ".errors.jsonl";
  }

  /** Only what would send something is advised. */
  private static String retry(Summary summary) {
    if (summary.failed() == 0) {
      return "";
    }
    return summary.transientFailures() > 0
        ? "; --retry-failed sends those again that may end better"
        : "; --retry-failed=all sends them again";
  }

  private String goOn(Summary summary) {
    String open = summary.open() > 0 ? "; " + summary.open() + " rows are open" : "";
    return resumable() ? open + (open.isEmpty() ? "; " : ", ") + "the same command goes on" : open;
  }

  static String counts(Summary s) {
    return String.format(
        Locale.ROOT,
        "%d/%d in %s  ok %d%s%s  failed %d%s%s  in %s out %s  %s",
        s.answered() + s.failed(),
        s.total(),
        HumanFormat.time(s.elapsed()),
        s.answered(),
        HumanFormat.fromCache(s.cached()),
        s.truncated() > 0 ? " (cut off by the token limit " + s.truncated() + ")" : "",
        s.failed(),
        failures(s),
        s.median().isZero()
            ? ""
            : "  p50 " + HumanFormat.time(s.median()) + " p95 " + HumanFormat.time(s.p95()),
        HumanFormat.count(s.inputTokens()),
        HumanFormat.count(s.outputTokens()),
        HumanFormat.money(s.cost()));
  }

  private static String failures(Summary s) {
    return s.failures().isEmpty()
        ? ""
        : s.failures().entrySet().stream()
            .map(cause -> Redactor.printableLine(cause.getKey()) + " " + cause.getValue())
            .collect(Collectors.joining(", ", " (", ")"));
  }

  static int exit(Summary summary) {
    return switch (summary.end()) {
      case DONE -> ExitCodes.OK;
      case SOME_FAILED -> ExitCodes.FAILED;
      case STOPPED_AUTH -> ExitCodes.CONFIGURATION;
      case STOPPED_QUOTA, UNREACHABLE, STALLED, DEADLINE, BUDGET, DISK_FULL, OUTPUT_CLOSED ->
          ExitCodes.STOPPED;
      case INTERRUPTED -> ExitCodes.INTERRUPTED;
    };
  }
}
