package dev.synthlab.batch;

import dev.synthlab.config.Settings;
import dev.synthlab.json.JsonSchema;
import java.io.InputStream;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** The options of a bulk run. Immutable; made by {@link #builder(Path, Path)}. */
public final class BulkOptions {
  /** The default of {@link Builder#concurrency}. */
  public static final int DEFAULT_CONCURRENCY = Settings.Limits.DEFAULT_CONCURRENCY;

  /** The default of {@link Builder#stall}. */
  public static final int DEFAULT_STALL_MINUTES = 10;

  /** The default of {@link Builder#grace}. */
  public static final int DEFAULT_GRACE_SECONDS = 20;

  private final Input input;
  private final Model model;
  private final Request request;
  private final Output output;
  private final RunLimits limits;
  private final Failures failures;

  private BulkOptions(Builder from) {
    input = new Input(from.source, from.inputFormat, from.limit, from.strict);
    model = new Model(from.model, from.embeddingModel, from.localModel, from.baseUrl);
    request =
        new Request(
            from.system,
            from.temperature,
            from.maxTokens,
            from.parameters,
            from.schema,
            from.override);
    output = new Output(from.target, from.format, from.fresh, from.ordered);
    limits =
        new RunLimits(from.concurrency, from.stall, from.deadline, from.grace, from.maxCostUsd);
    failures = new Failures(from.retryFailed, from.failureTolerance, from.strictFinish);
  }

  /** What is read. */
  record Input(Source source, InputFormat format, OptionalLong limit, boolean strict) {
    Input {
      if (limit.isPresent() && limit.getAsLong() < 1) {
        throw new IllegalArgumentException("limit must be at least 1, was " + limit.getAsLong());
      }
    }
  }

  /** The models that answer, and where they are. */
  record Model(
      Optional<String> name, Optional<String> embedding, Optional<String> local, String baseUrl) {}

  /** The parts of a request that a row need not have. */
  record Request(
      Optional<String> system,
      Optional<Double> temperature,
      Optional<Integer> maxTokens,
      Map<String, Object> parameters,
      Optional<JsonSchema> schema,
      boolean override) {
    Request {
      parameters = new LinkedHashMap<>(parameters);
    }
  }

  /** What is written. */
  record Output(Target target, Format format, boolean fresh, boolean ordered) {}

  /** Which rows count as failed, and what follows. */
  record Failures(Retry retry, FailureTolerance tolerance, boolean strictFinish) {}

  Input input() {
    return input;
  }

  Model model() {
    return model;
  }

  Request request() {
    return request;
  }

  Output output() {
    return output;
  }

  RunLimits limits() {
    return limits;
  }

  Failures failures() {
    return failures;
  }

  /** Whether the answer of a row must match the schema of the run. */
  boolean typed(Row.Ready row) {
    return request.schema().isPresent() && row.body().get("response_format") == null;
  }

  /**
   * A builder with every default.
   *
   * @param source where the rows are read from
   * @param target where the results are written to
   * @return a builder
   */
  public static Builder builder(Source source, Target target) {
    return new Builder(source, target);
  }

  /**
   * A builder with every default, for a run from file to file.
   *
   * @param input a file of rows, JSON lines by default
   * @param output the results file
   * @return a builder
   */
  public static Builder builder(Path input, Path output) {
    return new Builder(new Source.File(input), new Target.File(output));
  }

  /** The source of the rows. */
  public sealed interface Source {
    /**
     * A file.
     *
     * @param path its path
     */
    record File(Path path) implements Source {}

    /**
     * A stream that is read once, for example standard input.
     *
     * @param stream its bytes
     */
    record Stream(InputStream stream) implements Source {}
  }

  /** The target of the results. */
  public sealed interface Target {
    /**
     * A file. It is also the state of the job: a run with the same file resumes it.
     *
     * @param path its path
     */
    record File(Path path) implements Target {}

    /**
     * A stream, for example standard output. A run that writes to a stream cannot be resumed.
     *
     * @param stream receives the result lines
     */
    record Stream(OutputStream stream) implements Target {}
  }

  /** The format of the results. */
  public enum Format {
    /** Result lines of the OpenAI Batch API. */
    OPENAI,
    /** Flat lines: {@code custom_id}, {@code output}, {@code error} and the input's other keys. */
    JSONL,
    /**
     * CSV: the input's columns, {@code output} and {@code error}. The state of the job is a file of
     * flat lines beside it.
     */
    CSV
  }

  /** The failed rows of earlier runs that are sent again. */
  public enum Retry {
    /** None. */
    NO,
    /** Transient failures: not an invalid request, a refusal, a filter or a token limit. */
    TRANSIENT,
    /** All. */
    ALL
  }

  /** Collects the options of a run. For one thread. */
  public static final class Builder {
    private final Source source;
    private final Target target;
    private InputFormat inputFormat = InputFormat.JSON_LINES;
    private OptionalLong limit = OptionalLong.empty();
    private boolean strict = false;
    private Optional<String> model = Optional.empty();
    private Optional<String> embeddingModel = Optional.empty();
    private Optional<String> localModel = Optional.empty();
    private String baseUrl = "";
    private Optional<String> system = Optional.empty();
    private Optional<Double> temperature = Optional.empty();
    private Optional<Integer> maxTokens = Optional.empty();
    private Map<String, Object> parameters = Map.of();
    private Optional<JsonSchema> schema = Optional.empty();
    private boolean override = false;
    private Format format = Format.OPENAI;
    private boolean fresh = false;
    private boolean ordered = false;
    private int concurrency = DEFAULT_CONCURRENCY;
    private Duration stall = Duration.ofMinutes(DEFAULT_STALL_MINUTES);
    private Optional<Duration> deadline = Optional.empty();
    private Duration grace = Duration.ofSeconds(DEFAULT_GRACE_SECONDS);
    private Optional<BigDecimal> maxCostUsd = Optional.empty();
    private Retry retryFailed = Retry.NO;
    private FailureTolerance failureTolerance = FailureTolerance.NONE;
    private boolean strictFinish = false;

    private Builder(Source source, Target target) {
      this.source = source;
      this.target = target;
    }

    /**
     * Sets the format of the input, and how its rows become requests; default JSON lines.
     *
     * @param format the new value
     * @return this
     */
    public Builder inputFormat(InputFormat format) {
      inputFormat = format;
      return this;
    }

    /**
     * Sets how many rows of the input are read; default all.
     *
     * @param rows the new value
     * @return this
     */
    public Builder limit(long rows) {
      limit = OptionalLong.of(rows);
      return this;
    }

    /**
     * Sets whether a line that cannot become a request stops the run before its first call; default
     * false.
     *
     * @param value the new value
     * @return this
     */
    public Builder strict(boolean value) {
      strict = value;
      return this;
    }

    /**
     * Sets the model for rows that do not name one.
     *
     * @param name the new value
     * @return this
     */
    public Builder model(String name) {
      model = Optional.of(name);
      return this;
    }

    /**
     * Sets the embedding model for rows that do not name one; default the client's.
     *
     * @param name the new value
     * @return this
     */
    public Builder embeddingModel(String name) {
      embeddingModel = Optional.of(name);
      return this;
    }

    /**
     * Sets the embedded model, which answers every row in place of the model that the row names.
     *
     * @param name the new value
     * @return this
     */
    public Builder localModel(String name) {
      localModel = Optional.of(name);
      return this;
    }

    /**
     * Sets the address of the model server, without user and password; it identifies the run.
     *
     * @param url the new value
     * @return this
     */
    public Builder baseUrl(String url) {
      baseUrl = url;
      return this;
    }

    /**
     * Sets the system message for rows that have none.
     *
     * @param text the new value
     * @return this
     */
    public Builder system(String text) {
      system = Optional.of(text);
      return this;
    }

    /**
     * Sets the sampling temperature for rows that do not set one.
     *
     * @param value the new value
     * @return this
     */
    public Builder temperature(double value) {
      temperature = Optional.of(value);
      return this;
    }

    /**
     * Sets the maximum tokens per answer for rows that do not set one.
     *
     * @param tokens the new value
     * @return this
     */
    public Builder maxTokens(int tokens) {
      maxTokens = Optional.of(tokens);
      return this;
    }

    /**
     * Sets further parameters of the request body for rows that do not set them.
     *
     * @param values the new value
     * @return this
     */
    public Builder parameters(Map<String, Object> values) {
      parameters = values;
      return this;
    }

    /**
     * Sets the JSON schema of the answers of rows without a {@code response_format}.
     *
     * @param value the new value
     * @return this
     */
    public Builder schema(JsonSchema value) {
      schema = Optional.of(value);
      return this;
    }

    /**
     * Sets whether these options win over what a row sets; default false.
     *
     * @param value the new value
     * @return this
     */
    public Builder override(boolean value) {
      override = value;
      return this;
    }

    /**
     * Sets the format of the result lines; default {@link Format#OPENAI}.
     *
     * @param value the new value
     * @return this
     */
    public Builder format(Format value) {
      format = value;
      return this;
    }

    /**
     * Sets whether an existing output is renamed and the run starts from the first row, instead of
     * resuming; default false.
     *
     * @param value the new value
     * @return this
     */
    public Builder fresh(boolean value) {
      fresh = value;
      return this;
    }

    /**
     * Sets whether the output is sorted into the order of the input at the end; default false.
     *
     * @param value the new value
     * @return this
     */
    public Builder ordered(boolean value) {
      ordered = value;
      return this;
    }

    /**
     * Sets the maximum number of calls in flight; default {@link #DEFAULT_CONCURRENCY}.
     *
     * @param calls the new value
     * @return this
     */
    public Builder concurrency(int calls) {
      concurrency = calls;
      return this;
    }

    /**
     * Sets how long the run continues without any answer; default {@value #DEFAULT_STALL_MINUTES}
     * minutes.
     *
     * @param time the new value
     * @return this
     */
    public Builder stall(Duration time) {
      stall = time;
      return this;
    }

    /**
     * Sets how long the run takes new rows; default no limit.
     *
     * @param time the new value
     * @return this
     */
    public Builder deadline(Duration time) {
      deadline = Optional.of(time);
      return this;
    }

    /**
     * Sets how long calls in flight may take to end after the run was stopped; default {@value
     * #DEFAULT_GRACE_SECONDS} seconds.
     *
     * @param time the new value
     * @return this
     */
    public Builder grace(Duration time) {
      grace = time;
      return this;
    }

    /**
     * Sets the maximum cost of the job, earlier runs included: a row is sent only if it and all
     * rows in flight cannot exceed it; default no limit.
     *
     * @param usd the new value
     * @return this
     */
    public Builder maxCostUsd(BigDecimal usd) {
      maxCostUsd = Optional.of(usd);
      return this;
    }

    /**
     * Sets which rows that failed in an earlier run are sent again; default {@link Retry#NO}.
     *
     * @param value the new value
     * @return this
     */
    public Builder retryFailed(Retry value) {
      retryFailed = value;
      return this;
    }

    /**
     * Sets how many rows may fail before the run ends as {@link Summary.End#SOME_FAILED}; default
     * none.
     *
     * @param value the new value
     * @return this
     */
    public Builder failureTolerance(FailureTolerance value) {
      failureTolerance = value;
      return this;
    }

    /**
     * Sets whether an answer cut off by the token limit is a failure; default false.
     *
     * @param value the new value
     * @return this
     */
    public Builder strictFinish(boolean value) {
      strictFinish = value;
      return this;
    }

    /**
     * Checks the values and makes the options.
     *
     * @return the options
     * @throws IllegalArgumentException when a value is out of its range
     */
    public BulkOptions build() {
      return new BulkOptions(this);
    }
  }
}
