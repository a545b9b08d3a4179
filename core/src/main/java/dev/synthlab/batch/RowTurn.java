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
final class RowTurn {
  private final BulkOptions options;
  private final BulkRun.Caller caller;
  private final RowParser parser;
  private final ResultLine lines;
  private final Ends ends;
  private final Tally tally;
  private final Optional<Budget> purse;
  private final Window window;

  RowTurn(
      BulkOptions options,
      BulkRun.Caller caller,
      ResultLine lines,
      Ends ends,
      Tally tally,
      Optional<Budget> purse,
      Window window) {
    this.options = options;
    this.caller = caller;
    this.parser = new RowParser(options);
    this.lines = lines;
    this.ends = ends;
    this.tally = tally;
    this.purse = purse;
    this.window = window;
  }

  /** What goes on around a row. */
  interface Window {
    /** Writes its line; false when that cannot be done any more. */
    boolean write(InputRows.Waiting waiting, short end, byte[] line);

    /** The server said something about a row, an answer or not. */
    void heard(boolean answer);

    /** The server lives. */
    void open();

    /** The server has said something before. */
    boolean hasHeard();

    /** The calls in flight are being ended. */
    boolean isCut();

    /** The row was refused for a reason that is not its own. */
    void refused(InputRows.Waiting waiting, Summary.End end, CallException why);

    /** The row is sent later. */
    void comeBack(InputRows.Waiting waiting, CallException why);

    /** No more rows are taken. */
    void drain(Summary.End end, String why);
  }

  void of(InputRows.Waiting waiting) {
    switch (parsed(waiting)) {
      case Row.Invalid invalid -> invalid(waiting, invalid);
      case Row.Ready ready ->
          paid(ready, () -> caller.mostUsd(request(ready)), () -> send(waiting, ready));
      case Row.Embed embed ->
          paid(
              embed,
              () -> caller.mostUsd(embed.request()),
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
  private void paid(Row row, Supplier<Optional<BigDecimal>> atMost, Runnable send) {
    if (purse.isEmpty()) {
      send.run();
      return;
    }
    Optional<BigDecimal> most = atMost.get();
    if (most.isEmpty()) {
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
      Optional<Budget.Hold> held = purse.get().hold(most.get());
      if (held.isPresent()) {
        paid(held.get(), send);
      } else {
        window.drain(Summary.End.BUDGET, purse.get().refusal(most.get()));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      window.drain(Summary.End.INTERRUPTED, "the calls were ended");
    }
  }

  private static void paid(Budget.Hold held, Runnable send) {
    try {
      send.run();
    } finally {
      held.settle(Optional.of(BigDecimal.ZERO)); // what it cost was counted
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
    tally.sent();
    try {
      outcome =
          Tracing.with(
              Labels.NONE.with(Labels.RUN, lines.run()).with(Labels.ROW, row.key().id()),
              call::get);
    } catch (JacksonException | IllegalArgumentException e) {
      tally.neverSent();
      invalid(waiting, unsendable(row.key(), e));
      return Optional.empty();
    } catch (StackOverflowError | OutOfMemoryError e) { // what one answer needs is its own fault
      tally.neverSent();
      window.write(waiting, ends.failed(Ends.INTERNAL), lines.broken(row, e));
      return Optional.empty();
    }
    tally.came(outcome.report());
    return switch (outcome) {
      case Outcome.Answered<T> came -> Optional.of(came.value());
      case Outcome.Failed<T> none -> {
        failed(waiting, row, none.why());
        yield Optional.empty();
      }
    };
  }

  private void answered(InputRows.Waiting waiting, Row.Embed row, Embeddings answer) {
    tally.used(answer.usage(), answer.costUsd(), answer.report().elapsed());
    if (window.write(waiting, Ends.ANSWERED, lines.answered(row, answer))) {
      window.heard(true);
    } else {
      tally.unkept();
    }
  }

  private CompletionRequest request(Row.Ready row) {
    CompletionRequest request = CompletionRequest.ofBody(row.body());
    return options.typed(row)
        ? request.withFormat(new ResponseFormat.Schema(options.schema().orElseThrow()))
        : request;
  }

  private static Row.Invalid unsendable(Row.Key key, RuntimeException e) {
    String why =
        e instanceof JacksonException json
            ? RowParser.reason(json)
            : String.valueOf(e.getMessage());
    String sentence = "line " + key.line() + ": no request can be made of it: " + why;
    return new Row.Invalid(key, sentence, Map.of());
  }

  private void invalid(InputRows.Waiting waiting, Row.Invalid row) {
    window.write(waiting, ends.failed(Ends.INVALID_LINE), lines.invalid(row));
  }

  private void answered(InputRows.Waiting waiting, Row.Ready row, Completion answer) {
    Optional<AnswerException> problem = answer.problem();
    boolean cutOff = problem.isEmpty() && answer.truncated();
    short end = cutOff ? Ends.TRUNCATED : Ends.ANSWERED;
    if (problem.isPresent()) {
      end = ends.failed(problem.get().code());
    } else if (cutOff && options.strictFinish()) {
      end = ends.failed("length");
    }
    tally.used(answer);
    byte[] line;
    try {
      line =
          cutOff && options.strictFinish()
              ? lines.cutOff(row, answer)
              : lines.answered(row, answer, problem);
    } catch (RuntimeException | StackOverflowError e) { // paid for, so what can be kept is kept
      end = ends.failed(Ends.UNWRITABLE);
      line = lines.unwritable(row, answer, e);
    }
    if (window.write(waiting, end, line)) {
      window.heard(true);
    } else {
      tally.unkept();
    }
  }

  /** Only what is about the row makes a line; after anything else the row is still to be sent. */
  private void failed(InputRows.Waiting waiting, Row row, CallException why) {
    switch (why.fault().kind()) {
      case AUTHENTICATION -> window.refused(waiting, Summary.End.STOPPED_AUTH, why);
      case QUOTA_EXCEEDED -> window.refused(waiting, Summary.End.STOPPED_QUOTA, why);
      case BUDGET_EXCEEDED -> window.drain(Summary.End.BUDGET, why.fault().message());
      case TLS_FAILED -> window.refused(waiting, Summary.End.UNREACHABLE, why);
      case CONNECTION_FAILED -> {
        if (window.hasHeard()) {
          passing(waiting, row, why);
        } else {
          window.drain(Summary.End.UNREACHABLE, String.valueOf(why.getMessage()));
        }
      }
      case CIRCUIT_OPEN -> window.comeBack(waiting, why);
      case CANCELLED -> window.drain(Summary.End.INTERRUPTED, "the calls were ended");
      case RATE_LIMITED, SERVER_FAILED, DEADLINE_EXCEEDED, MALFORMED_RESPONSE, STREAM_INTERRUPTED ->
          passing(waiting, row, why);
      case BAD_REQUEST, NOT_FOUND, RESPONSE_TOO_LARGE, REDIRECTED -> {
        if (window.write(waiting, ends.failed(why.fault().kind().code()), lines.failed(row, why))) {
          window.heard(false);
        }
      }
    }
  }

  /** A failure that says little about the server being alive: the stall clock runs on. */
  private void passing(InputRows.Waiting waiting, Row row, CallException why) {
    if (window.isCut()) {
      return; // our own interrupt may have caused it, so it is not the row's
    }
    window.write(waiting, ends.failed(why.fault().kind().code()), lines.failed(row, why));
    if (why.status().isPresent()) {
      window.open();
    }
  }
}
