package dev.synthlab.batch;

import dev.synthlab.call.Budget;
import dev.synthlab.call.CallException;
import dev.synthlab.call.Outcome;
import dev.synthlab.llm.AnswerException;
import dev.synthlab.llm.Completion;
import dev.synthlab.llm.CompletionRequest;
import dev.synthlab.llm.Embeddings;
import dev.synthlab.llm.ResponseFormat;
import dev.synthlab.spans.Labels;
import dev.synthlab.spans.Tracing;
import java.math.BigDecimal;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import tools.jackson.core.JacksonException;

/**
 * What is done with a row whose turn it is: asked, if there is money for it, and its line made.
 * What its end means for the others is told to the window. Safe for use by many threads.
 */
final class RowCall {
  private final BulkOptions options;
  private final BulkRun.RowClient caller;
  private final RowParser parser;
  private final ResultLine lines;
  private final RowStatuses statuses;
  private final RunStats stats;
  private final Optional<Budget> purse;
  private final RunControl window;

  RowCall(
      BulkOptions options,
      BulkRun.RowClient caller,
      ResultLine lines,
      RowStatuses statuses,
      RunStats stats,
      Optional<Budget> purse,
      RunControl window) {
    this.options = options;
    this.caller = caller;
    this.parser = new RowParser(options);
    this.lines = lines;
    this.statuses = statuses;
    this.stats = stats;
    this.purse = purse;
    this.window = window;
  }

  /** What goes on around a row. */
  interface RunControl {
    /** Writes its line; false when that cannot be done any more. */
    boolean write(InputRows.Waiting waiting, short end, byte[] line);

    /** The server said something about a row, an answer or not. */
    void recordResponse(boolean answer);

    /** The server lives. */
    void openFully();

    /** The server has said something before. */
    boolean hasResponse();

    /** The calls in flight are being ended. */
    boolean isInterrupted();

    /** The row was refused for a reason that is not its own. */
    void refused(InputRows.Waiting waiting, Summary.End end, CallException reason);

    /** The row is sent later. */
    void requeue(InputRows.Waiting waiting, CallException reason);

    /** No more rows are taken. */
    void drain(Summary.End end, String reason);
  }

  void call(InputRows.Waiting waiting) {
    switch (parsed(waiting)) {
      case Row.Invalid invalid -> invalid(waiting, invalid);
      case Row.Ready ready ->
          paid(ready, () -> caller.maxCostUsd(request(ready)), () -> send(waiting, ready));
      case Row.Embed embed ->
          paid(
              embed,
              () -> caller.maxCostUsd(embed.request()),
              () ->
                  asked(waiting, embed, () -> caller.embed(embed.request()))
                      .ifPresent(answer -> answered(waiting, embed, answer)));
    }
  }

  private void send(InputRows.Waiting waiting, Row.Ready row) {
    asked(waiting, row, () -> caller.call(request(row)))
        .ifPresent(answer -> answered(waiting, row, answer));
  }

  /** Sends the row if there is money for it, where that is bounded. */
  private void paid(Row row, Supplier<Optional<BigDecimal>> atMax, Runnable send) {
    if (purse.isEmpty()) {
      send.run();
      return;
    }
    Optional<BigDecimal> max = atMax.get();
    if (max.isEmpty()) {
      String model = row.model().orElse("the model");
      window.drain(
          Summary.End.BUDGET,
          "what an answer of "
              + model
              + " may cost is not known: give its price in SYNTHLAB_MODELS_FILE (for a free one any"
              + " number above 0), or bound its answer by max tokens if only its length is unknown");
      return;
    }
    try {
      Optional<Budget.Reservation> held = purse.get().reserve(max.get());
      if (held.isPresent()) {
        paid(held.get(), send);
      } else {
        window.drain(Summary.End.BUDGET, purse.get().refusal(max.get()));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      window.drain(Summary.End.INTERRUPTED, "the calls were ended");
    }
  }

  private static void paid(Budget.Reservation reservation, Runnable send) {
    try {
      send.run();
    } finally {
      reservation.settle(Optional.of(BigDecimal.ZERO)); // what it cost was counted
    }
  }

  private Row parsed(InputRows.Waiting waiting) {
    try {
      return parser.parse(waiting.key(), waiting.line());
    } catch (RuntimeException e) { // one row, however strange, must not end the others
      return unsendable(waiting.key(), e);
    }
  }

  /** The answer; whatever else came is dealt with. */
  private <T> Optional<T> asked(InputRows.Waiting waiting, Row row, Supplier<Outcome<T>> call) {
    Outcome<T> outcome;
    stats.sent();
    try {
      outcome =
          Tracing.with(
              Labels.NONE.with(Labels.RUN, lines.run()).with(Labels.ROW, row.key().id()),
              call::get);
    } catch (JacksonException | IllegalArgumentException e) {
      stats.neverSent();
      invalid(waiting, unsendable(row.key(), e));
      return Optional.empty();
    } catch (StackOverflowError | OutOfMemoryError e) { // what one answer needs is its own fault
      stats.neverSent();
      window.write(waiting, statuses.failed(RowStatuses.INTERNAL), lines.broken(row, e));
      return Optional.empty();
    }
    stats.came(outcome.report());
    return switch (outcome) {
      case Outcome.Answered<T> came -> Optional.of(came.value());
      case Outcome.Failed<T> none -> {
        failed(waiting, row, none.reason());
        yield Optional.empty();
      }
    };
  }

  private void answered(InputRows.Waiting waiting, Row.Embed row, Embeddings answer) {
    stats.used(answer.usage(), answer.costUsd(), answer.report().elapsed());
    if (window.write(waiting, RowStatuses.ANSWERED, lines.answered(row, answer))) {
      window.recordResponse(true);
    } else {
      stats.unkept();
    }
  }

  private CompletionRequest request(Row.Ready row) {
    CompletionRequest request = CompletionRequest.ofBody(row.body());
    return options.typed(row)
        ? request.withFormat(new ResponseFormat.Schema(options.schema().orElseThrow()))
        : request;
  }

  private static Row.Invalid unsendable(Row.Key key, RuntimeException e) {
    String reason =
        e instanceof JacksonException json
            ? RowParser.reason(json)
            : String.valueOf(e.getMessage());
    String sentence = "line " + key.line() + ": no request can be made of it: " + reason;
    return new Row.Invalid(key, sentence, Map.of());
  }

  private void invalid(InputRows.Waiting waiting, Row.Invalid row) {
    window.write(waiting, statuses.failed(RowStatuses.INVALID_LINE), lines.invalid(row));
  }

  private void answered(InputRows.Waiting waiting, Row.Ready row, Completion answer) {
    Optional<AnswerException> problem = answer.problem();
    boolean cutOff = problem.isEmpty() && answer.truncated();
    short end = cutOff ? RowStatuses.TRUNCATED : RowStatuses.ANSWERED;
    if (problem.isPresent()) {
      end = statuses.failed(problem.get().code());
    } else if (cutOff && options.strictFinish()) {
      end = statuses.failed("length");
    }
    stats.used(answer);
    byte[] line;
    try {
      line =
          cutOff && options.strictFinish()
              ? lines.cutOff(row, answer)
              : lines.answered(row, answer, problem);
    } catch (RuntimeException | StackOverflowError e) { // paid for, so what can be kept is kept
      end = statuses.failed(RowStatuses.UNWRITABLE);
      line = lines.unwritable(row, answer, e);
    }
    if (window.write(waiting, end, line)) {
      window.recordResponse(true);
    } else {
      stats.unkept();
    }
  }

  /** Only what is about the row makes a line; after anything else the row is still to be sent. */
  private void failed(InputRows.Waiting waiting, Row row, CallException reason) {
    switch (reason.fault().kind()) {
      case AUTHENTICATION -> window.refused(waiting, Summary.End.STOPPED_AUTH, reason);
      case QUOTA_EXCEEDED -> window.refused(waiting, Summary.End.STOPPED_QUOTA, reason);
      case BUDGET_EXCEEDED -> window.drain(Summary.End.BUDGET, reason.fault().message());
      case TLS_FAILED -> window.refused(waiting, Summary.End.UNREACHABLE, reason);
      case CONNECTION_FAILED -> {
        if (window.hasResponse()) {
          transientFailure(waiting, row, reason);
        } else {
          window.drain(Summary.End.UNREACHABLE, String.valueOf(reason.getMessage()));
        }
      }
      case CIRCUIT_OPEN -> window.requeue(waiting, reason);
      case CANCELLED -> window.drain(Summary.End.INTERRUPTED, "the calls were ended");
      case RATE_LIMITED, SERVER_FAILED, DEADLINE_EXCEEDED, MALFORMED_RESPONSE, STREAM_INTERRUPTED ->
          transientFailure(waiting, row, reason);
      case BAD_REQUEST, NOT_FOUND, RESPONSE_TOO_LARGE, REDIRECTED -> {
        if (window.write(
            waiting, statuses.failed(reason.fault().kind().code()), lines.failed(row, reason))) {
          window.recordResponse(false);
        }
      }
    }
  }

  /** A failure that says little about the server being alive: the stall clock runs on. */
  private void transientFailure(InputRows.Waiting waiting, Row row, CallException reason) {
    if (window.isInterrupted()) {
      return; // our own interrupt may have caused it, so it is not the row's
    }
    window.write(waiting, statuses.failed(reason.fault().kind().code()), lines.failed(row, reason));
    if (reason.status().isPresent()) {
      window.openFully();
    }
  }
}
