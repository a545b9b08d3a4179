package dev.synthlab.batch;

import dev.synthlab.json.JsonSchema;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a bulk run is to do. Immutable.
 *
 * @param input where the prompts come from
 * @param output where the results go
 * @param form how the rows stand in the input, and how they become requests
 * @param concurrency how many calls may be in flight
 * @param model the model of rows that name none
 * @param embeddingModel the model of rows that ask for embeddings and name none
 * @param system the system message of rows that have none
 * @param temperature the temperature of rows that name none
 * @param maxTokens the token limit of rows that name none
 * @param parameters further parameters of the request body, for rows that lack them
 * @param schema what the answers of rows without a {@code response_format} must be like
 * @param override whether the parts above win over what a row says
 * @param localModel the embedded model that answers in place of whatever model a row names
 * @param baseUrl the address of the model, without user-info; part of the run's identity
 * @param format the form of the result lines
 * @param limit only this many rows from the top of the input
 * @param retryFailed which rows that have failed before are sent again
 * @param fresh whether an old OUT is put aside instead of being gone on with
 * @param stall how long to go on without any answer
 * @param deadline the end of the whole run
 * @param failOnError how many failed rows still count as success
 * @param stream whether each call goes over a stream of events
 * @param strict whether a malformed line stops the run before the first call
 * @param strictFinish whether an answer cut off by the token limit is a failure
 * @param ordered whether OUT is put into the order of the input at the end
 * @param grace how long calls in flight may go on when the run is stopped
 */
public record BulkOptions(
    In input,
    Out output,
    InputFormat form,
    int concurrency,
    Optional<String> model,
    Optional<String> embeddingModel,
    Optional<String> system,
    Optional<Double> temperature,
    Optional<Integer> maxTokens,
    Map<String, Object> parameters,
    Optional<JsonSchema> schema,
    boolean override,
    Optional<String> localModel,
    String baseUrl,
    Format format,
    OptionalLong limit,
    Retry retryFailed,
    boolean fresh,
    Duration stall,
    Optional<Duration> deadline,
    FailureTolerance failOnError,
    boolean stream,
    boolean strict,
    boolean strictFinish,
    boolean ordered,
    Duration grace) {

  /** Keeps copies and checks the numbers. */
  public BulkOptions {
    parameters = new LinkedHashMap<>(parameters);
    if (concurrency < 1) {
      throw new IllegalArgumentException("concurrency must be at least 1, was " + concurrency);
    }
    if (limit.isPresent() && limit.getAsLong() < 1) {
      throw new IllegalArgumentException("limit must be at least 1, was " + limit.getAsLong());
    }
    requirePositive("stall", stall);
    deadline.ifPresent(d -> requirePositive("deadline", d));
    if (grace.isNegative()) {
      throw new IllegalArgumentException("grace must not be negative, was " + grace);
    }
  }

  private static void requirePositive(String name, Duration value) {
    if (!value.isPositive()) {
      throw new IllegalArgumentException(name + " must be positive, was " + value);
    }
  }

  /** Whether a row's answer must be of the schema. */
  boolean typed(Row.Ready row) {
    return schema.isPresent() && row.body().get("response_format") == null;
  }

  /**
   * Options with every default.
   *
   * @param input where the prompts come from
   * @param output where the results go
   * @return a builder
   */
  public static Builder builder(In input, Out output) {
    return new Builder(input, output);
  }

  /**
   * Options with every default, from file to file.
   *
   * @param input JSON lines
   * @param output the results file
   * @return a builder
   */
  public static Builder builder(Path input, Path output) {
    return new Builder(new In.File(input), new Out.File(output));
  }

  /** Where prompts come from. */
  public sealed interface In {
    /**
     * A file.
     *
     * @param path JSON lines
     */
    record File(Path path) implements In {}

    /**
     * A stream that is read once, standard input for one.
     *
     * @param stream JSON lines
     */
    record Stream(InputStream stream) implements In {}
  }

  /** Where results go. */
  public sealed interface Out {
    /**
     * A file, which is the job: the same run with the same file goes on where it ended.
     *
     * @param path the results file
     */
    record File(Path path) implements Out {}

    /**
     * A stream, standard output for one; nothing is kept, and nothing can be gone on with.
     *
     * @param stream takes the result lines
     */
    record Stream(OutputStream stream) implements Out {}
  }

  /** The forms of a result line. */
  public enum Format {
    /** As the OpenAI Batch API writes them. */
    OPENAI,
    /** Flat: {@code custom_id}, {@code output}, {@code error} and the input's other keys. */
    JSONL,
    /**
     * CSV: the input's columns, {@code output}, {@code error}; made of flat lines, which stand
     * beside it and are the job.
     */
    CSV
  }

  /** Which failed rows are sent again. */
  public enum Retry {
    /** None. */
    NO,
    /** Those that may end better: not a wrong request, a refusal, a filter or a token limit. */
    TRANSIENT,
    /** All. */
    ALL
  }

  /** Collects options; every default stands here. For one thread. */
  public static final class Builder {
    private final In input;
    private final Out output;
    private InputFormat form = InputFormat.JSON_LINES;
    private int concurrency = 16;
    private Optional<String> model = Optional.empty();
    private Optional<String> embeddingModel = Optional.empty();
    private Optional<String> system = Optional.empty();
    private Optional<Double> temperature = Optional.empty();
    private Optional<Integer> maxTokens = Optional.empty();
    private Map<String, Object> parameters = Map.of();
    private Optional<JsonSchema> schema = Optional.empty();
    private boolean override = false;
    private Optional<String> localModel = Optional.empty();
    private String baseUrl = "";
    private Format format = Format.OPENAI;
    private OptionalLong limit = OptionalLong.empty();
    private Retry retryFailed = Retry.NO;
    private boolean fresh = false;
    private Duration stall = Duration.ofMinutes(10);
    private Optional<Duration> deadline = Optional.empty();
    private FailureTolerance failOnError = FailureTolerance.NONE;
    private boolean stream = false;
    private boolean strict = false;
    private boolean strictFinish = false;
    private boolean ordered = false;
    private Duration grace = Duration.ofSeconds(20);

    private Builder(In input, Out output) {
      this.input = input;
      this.output = output;
    }

    /**
     * Sets how the rows stand in the input, and how they become requests.
     *
     * @param value instead of JSON lines
     * @return this
     */
    public Builder form(InputFormat value) {
      form = value;
      return this;
    }

    /**
     * Sets how many calls may be in flight.
     *
     * @param value instead of the default
     * @return this
     */
    public Builder concurrency(int value) {
      concurrency = value;
      return this;
    }

    /**
     * Sets the model of rows that name none.
     *
     * @param value instead of the default
     * @return this
     */
    public Builder model(String value) {
      model = Optional.of(value);
      return this;
    }

    /**
     * Sets the model of rows that ask for embeddings and name none.
     *
     * @param value instead of the client's
     * @return this
     */
    public Builder embeddingModel(String value) {
      embeddingModel = Optional.of(value);
      return this;
    }

    /**
     * Sets the system message of rows that have none.
     *
     * @param value instead of the default
     * @return this
     */
    public Builder system(String value) {
      system = Optional.of(value);
      return this;
    }

    /**
     * Sets the temperature of rows that name none.
     *
     * @param value instead of the default
     * @return this
     */
    public Builder temperature(double value) {
      temperature = Optional.of(value);
      return this;
    }

    /**
     * Sets the token limit of rows that name none.
     *
     * @param value instead of the default
     * @return this
     */
    public Builder maxTokens(int value) {
      maxTokens = Optional.of(value);
      return this;
    }

    /**
     * Sets further parameters of the request body, for rows that lack them.
     *
     * @param value instead of the default
     * @return this
     */
    public Builder parameters(Map<String, Object> value) {
      parameters = value;
      return this;
    }

    /**
     * Sets what the answers must be like: JSON of this schema.
     *
     * @param value for rows without a {@code response_format}
     * @return this
     */
    public Builder schema(JsonSchema value) {
      schema = Optional.of(value);
      return this;
    }

    /**
     * Sets whether the parts above win over what a row says.
     *
     * @param value true for yes
     * @return this
     */
    public Builder override(boolean value) {
      override = value;
      return this;
    }

    /**
     * Sets the embedded model that answers in place of whatever model a row names.
     *
     * @param value instead of the default
     * @return this
     */
    public Builder localModel(String value) {
      localModel = Optional.of(value);
      return this;
    }

    /**
     * Sets the address of the model, without user-info; part of the run's identity.
     *
     * @param value instead of the default
     * @return this
     */
    public Builder baseUrl(String value) {
      baseUrl = value;
      return this;
    }

    /**
     * Sets the form of the result lines.
     *
     * @param value instead of the default
     * @return this
     */
    public Builder format(Format value) {
      format = value;
      return this;
    }

    /**
     * Sets only this many rows from the top of the input.
     *
     * @param value instead of the default
     * @return this
     */
    public Builder limit(long value) {
      limit = OptionalLong.of(value);
      return this;
    }

    /**
     * Sets which rows that have failed before are sent again.
     *
     * @param value instead of the default
     * @return this
     */
    public Builder retryFailed(Retry value) {
      retryFailed = value;
      return this;
    }

    /**
     * Sets whether an old OUT is put aside instead of being gone on with.
     *
     * @param value true for yes
     * @return this
     */
    public Builder fresh(boolean value) {
      fresh = value;
      return this;
    }

    /**
     * Sets how long to go on without any answer.
     *
     * @param value instead of the default
     * @return this
     */
    public Builder stall(Duration value) {
      stall = value;
      return this;
    }

    /**
     * Sets the end of the whole run.
     *
     * @param value instead of the default
     * @return this
     */
    public Builder deadline(Duration value) {
      deadline = Optional.of(value);
      return this;
    }

    /**
     * Sets how many failed rows still count as success.
     *
     * @param value instead of the default
     * @return this
     */
    public Builder failOnError(FailureTolerance value) {
      failOnError = value;
      return this;
    }

    /**
     * Sets whether each call goes over a stream of events.
     *
     * @param value true for yes
     * @return this
     */
    public Builder stream(boolean value) {
      stream = value;
      return this;
    }

    /**
     * Sets whether a malformed line stops the run before the first call.
     *
     * @param value true for yes
     * @return this
     */
    public Builder strict(boolean value) {
      strict = value;
      return this;
    }

    /**
     * Sets whether an answer cut off by the token limit is a failure.
     *
     * @param value true for yes
     * @return this
     */
    public Builder strictFinish(boolean value) {
      strictFinish = value;
      return this;
    }

    /**
     * Sets whether OUT is put into the order of the input at the end.
     *
     * @param value true for yes
     * @return this
     */
    public Builder ordered(boolean value) {
      ordered = value;
      return this;
    }

    /**
     * Sets how long calls in flight may go on when the run is stopped.
     *
     * @param value instead of the default
     * @return this
     */
    public Builder grace(Duration value) {
      grace = value;
      return this;
    }

    /**
     * The options.
     *
     * @return checked
     */
    public BulkOptions build() {
      return new BulkOptions(
          input,
          output,
          form,
          concurrency,
          model,
          embeddingModel,
          system,
          temperature,
          maxTokens,
          parameters,
          schema,
          override,
          localModel,
          baseUrl,
          format,
          limit,
          retryFailed,
          fresh,
          stall,
          deadline,
          failOnError,
          stream,
          strict,
          strictFinish,
          ordered,
          grace);
    }
  }
}
