package dev.synthlab.batch;

import dev.synthlab.call.Budget;
import dev.synthlab.call.CallException;
import dev.synthlab.llm.AnswerException;
import dev.synthlab.llm.Completion;
import dev.synthlab.llm.CompletionRequest;
import dev.synthlab.llm.Embeddings;
import dev.synthlab.llm.Outcome;
import dev.synthlab.llm.ResponseFormat;
import dev.synthlab.spans.Labels;
import dev.synthlab.spans.Tracing;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import tools.jackson.core.JacksonException;

/**
 * Makes the call of one row: parses it, reserves its cost, sends it, and makes its result line.
 * Safe for use by many threads.
 */
final class RowCall {
  private static final Duration DEFAULT_DELAY = Duration.ofSeconds(1);

  private final BulkOptions options;
  private final BulkRun.RowClient client;
  private final RowParser parser;
  private final OutputLine lines;
  private final RowStatuses statuses;
  private final RunStats stats;
  private final Optional<Budget> budget;

  RowCall(
      BulkOptions options,
      BulkRun.RowClient client,
      OutputLine lines,
      RowStatuses statuses,
      RunStats stats,
      Optional<Budget> budget) {
    this.options = options;
    this.client = client;
    this.parser = new RowParser(options);
    this.lines = lines;
    this.statuses = statuses;
    this.stats = stats;
    this.budget = budget;
  }

  RowResult call(InputRows.Waiting waiting) {
    return switch (parsed(waiting)) {
      case Row.Invalid invalid -> invalid(invalid);
      case Row.Ready ready ->
          withinBudget(
              ready,
              () -> client.maxCostUsd(request(ready)),
              () ->
                  sent(
                      ready,
                      () -> client.call(request(ready)),
                      completion -> answered(ready, completion, Optional.empty()),
                      e -> answered(ready, e.completion(), Optional.of(e))));
      case Row.Embed embed ->
          withinBudget(
              embed,
              () -> client.maxCostUsd(embed.request()),
              () ->
                  sent(
                      embed,
                      () -> client.embed(embed.request()),
                      embeddings -> answered(embed, embeddings),
                      e -> {
                        throw new IllegalStateException("embeddings are never rejected", e);
                      }));
    };
  }

  /** Sends the row if the budget covers its maximum cost. */
  private RowResult withinBudget(
      Row row, Supplier<Optional<BigDecimal>> maxCostUsd, Supplier<RowResult> send) {
    if (budget.isEmpty()) {
      return send.get();
    }
    Optional<BigDecimal> max = maxCostUsd.get();
    if (max.isEmpty()) {
      String model = row.model().orElse("the model");
      return new RowResult.Stopped(
          Summary.End.BUDGET,
          "what an answer of "
              + model
              + " may cost is not known: give its price in SYNTHLAB_MODELS_FILE (for a free one any"
              + " number above 0), or set a token limit if only the length of its answer is"
              + " unknown");
    }
    try {
      Optional<Budget.Reservation> reservation = budget.get().reserve(max.get());
      return reservation.isPresent()
          ? reserved(reservation.get(), send)
          : new RowResult.Stopped(Summary.End.BUDGET, budget.get().refusal(max.get()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new RowResult.Stopped(Summary.End.INTERRUPTED, "the calls were cancelled");
    }
  }

  private static RowResult reserved(Budget.Reservation reservation, Supplier<RowResult> send) {
    try {
      return send.get();
    } finally {
      reservation.settle(Optional.of(BigDecimal.ZERO)); // RunStats has counted the real cost
    }
  }

  private Row parsed(InputRows.Waiting waiting) {
    try {
      return parser.parse(waiting.key(), waiting.line());
    } catch (RuntimeException e) { // one row, however strange, must not end the others
      return noRequest(waiting.key(), e);
    }
  }

  private <T> RowResult sent(
      Row row,
      Supplier<Outcome<T>> call,
      Function<T, RowResult> onAnswer,
      Function<AnswerException, RowResult> onRejection) {
    Outcome<T> outcome;
    stats.sent();
    try {
      outcome =
          Tracing.with(
              Labels.NONE.with(Labels.RUN, lines.run()).with(Labels.ROW, row.key().id()),
              call::get);
    } catch (JacksonException | IllegalArgumentException e) {
      stats.neverSent();
      return invalid(noRequest(row.key(), e));
    } catch (StackOverflowError | OutOfMemoryError e) { // too large an answer concerns its row only
      stats.neverSent();
      return new RowResult.Invalid(failure(RowStatuses.INTERNAL, lines.broken(row, e)));
    }
    stats.received(outcome.report());
    return switch (outcome) {
      case Outcome.Answered<T> answer -> onAnswer.apply(answer.value());
      case Outcome.Rejected<T> rejected -> onRejection.apply(rejected.exception());
      case Outcome.Failed<T> failed -> failed(row, failed.exception());
    };
  }

  private CompletionRequest request(Row.Ready row) {
    CompletionRequest request = CompletionRequest.ofBody(row.body());
    return options.typed(row)
        ? request.withFormat(new ResponseFormat.Schema(options.request().schema().orElseThrow()))
        : request;
  }

  private static Row.Invalid noRequest(Row.Key key, RuntimeException e) {
    String reason =
        e instanceof JacksonException json
            ? RowParser.reason(json)
            : String.valueOf(e.getMessage());
    String sentence = "line " + key.line() + ": it cannot become a request: " + reason;
    return new Row.Invalid(key, sentence, Map.of());
  }

  private RowResult invalid(Row.Invalid row) {
    return new RowResult.Invalid(failure(RowStatuses.INVALID_LINE, lines.invalid(row)));
  }

  private RowResult answered(Row.Embed row, Embeddings embeddings) {
    stats.used(embeddings.usage(), embeddings.costUsd(), embeddings.report().elapsed());
    byte[] line = lines.answered(row, embeddings);
    return new RowResult.Answered(new RowResult.Line(RowStatuses.ANSWERED, line));
  }

  private RowResult answered(
      Row.Ready row, Completion completion, Optional<AnswerException> problem) {
    boolean cutOff = problem.isEmpty() && completion.truncated();
    boolean failed = cutOff && options.failures().strictFinish();
    short status = cutOff ? RowStatuses.TRUNCATED : RowStatuses.ANSWERED;
    if (problem.isPresent()) {
      status = statuses.failed(problem.get().code());
    } else if (failed) {
      status = statuses.failed("length");
    }
    stats.used(completion);
    RowResult.Line line;
    try {
      byte[] bytes =
          failed ? lines.cutOff(row, completion) : lines.answered(row, completion, problem);
      line = new RowResult.Line(status, bytes);
    } catch (RuntimeException | StackOverflowError e) { // it is paid for: keep what can be kept
      line = failure(RowStatuses.UNWRITABLE, lines.unwritable(row, completion, e));
    }
    return new RowResult.Answered(line);
  }

  /** A failure that is about the row makes a line; after any other the row is still to be sent. */
  private RowResult failed(Row row, CallException reason) {
    return switch (reason.fault().kind()) {
      case AUTHENTICATION -> new RowResult.Refused(Summary.End.STOPPED_AUTH, reason);
      case QUOTA_EXCEEDED -> new RowResult.Refused(Summary.End.STOPPED_QUOTA, reason);
      case BUDGET_EXCEEDED -> new RowResult.Stopped(Summary.End.BUDGET, reason.fault().message());
      case TLS_FAILED -> new RowResult.Refused(Summary.End.UNREACHABLE, reason);
      case CONNECTION_FAILED ->
          new RowResult.Unreachable(
              transientFailure(row, reason), String.valueOf(reason.getMessage()));
      case CIRCUIT_OPEN -> new RowResult.Requeued(reason.retryAfter().orElse(DEFAULT_DELAY));
      case CANCELLED -> new RowResult.Stopped(Summary.End.INTERRUPTED, "the calls were cancelled");
      case RATE_LIMITED, SERVER_FAILED, DEADLINE_EXCEEDED, MALFORMED_RESPONSE, STREAM_INTERRUPTED ->
          transientFailure(row, reason);
      case NOT_FOUND ->
          reason.fault().isUnknownModel() && !namesItsModel(row)
              ? new RowResult.Refused(Summary.End.STOPPED_MODEL, reason)
              : new RowResult.Failed(line(row, reason));
      case BAD_REQUEST, PROMPT_FILTERED, RESPONSE_TOO_LARGE, REDIRECTED ->
          new RowResult.Failed(line(row, reason));
    };
  }

  /** Whether a row has a model of its own, and not that of all rows. */
  private boolean namesItsModel(Row row) {
    Optional<String> model = row.model();
    Optional<String> ofAllRows =
        row instanceof Row.Embed ? options.model().embedding() : options.model().name();
    return model.isPresent() && !model.equals(ofAllRows);
  }

  private RowResult.TransientFailure transientFailure(Row row, CallException reason) {
    return new RowResult.TransientFailure(line(row, reason), reason.status().isPresent());
  }

  private RowResult.Line line(Row row, CallException reason) {
    return failure(reason.fault().resultCode(), lines.failed(row, reason));
  }

  private RowResult.Line failure(String code, byte[] line) {
    return new RowResult.Line(statuses.failed(code), line);
  }
}
