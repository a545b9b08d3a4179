package dev.synthlab.batch;

import dev.synthlab.call.CallException;
import dev.synthlab.call.Outcome;
import dev.synthlab.call.Threads;
import dev.synthlab.call.Timer;
import dev.synthlab.llm.AnswerException;
import dev.synthlab.llm.Completion;
import dev.synthlab.llm.CompletionRequest;
import dev.synthlab.llm.Embeddings;
import dev.synthlab.llm.ResponseFormat;
import dev.synthlab.spans.Carried;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import tools.jackson.core.JacksonException;

/**
 * The window of a bulk run: at most so many rows between the input and OUT. It begins with one; the
 * first word of the server about a row opens it. A row leaves it when its line was written. Safe
 * for use by many threads.
 */
final class Dispatch {
  /** Refusals that are not about a row, in a row, after which it is not a whim of the server. */
  private static final int REFUSALS = 5;

  /** Rows that wait for another try are held in memory. */
  private static final int MOST_PUT_OFF = 1_000;

  /** How long a worker may take to give up once it was interrupted. */
  private static final Duration LAST_WAIT = Duration.ofSeconds(10);

  private static final Duration LOOK_AGAIN = Duration.ofMillis(100);

  private static final Duration BREATH = Duration.ofSeconds(1);

  private final BulkOptions options;
  private final BulkRun.Caller caller;
  private final Timer timer;
  private final InputRows rows;
  private final RowParser parser;
  private final ResultLine lines;
  private final Ends ends;
  private final Tally tally;
  private final Optional<Purse> purse;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Set<Thread> workers = new HashSet<>();
  private final Set<Thread> resting = new HashSet<>();
  private final Deque<InputRows.Waiting> again = new ArrayDeque<>();
  private Optional<Sink> sink = Optional.empty();
  private Optional<Stop> stop = Optional.empty();
  private Optional<Throwable> broken = Optional.empty();
  private Carried carried = Carried.here();
  private boolean open;
  private volatile boolean cut;
  private boolean over;
  private volatile boolean heard;
  private boolean answered;
  private int refusals;
  private int started;
  private final List<Timer.Scheduled> watches = new ArrayList<>();
  private long lastHeard;

  Dispatch(
      BulkOptions options,
      BulkRun.Caller caller,
      Timer timer,
      InputRows rows,
      ResultLine lines,
      Ends ends,
      Tally tally,
      Optional<Purse> purse) {
    this.options = options;
    this.caller = caller;
    this.timer = timer;
    this.rows = rows;
    this.parser = new RowParser(options);
    this.lines = lines;
    this.ends = ends;
    this.tally = tally;
    this.purse = purse;
  }

  /** Why no more rows are taken. */
  record Stop(Summary.End end, String why) {}

  /** Sends the rows; returns when the last one has left the window, or was given up. */
  void run(Sink into) {
    lock.lock();
    try {
      lastHeard = timer.nanos();
      options.deadline().ifPresent(d -> watch(d, this::outOfTime));
      watch(options.stall(), this::checkStall);
      sink = Optional.of(into);
      // Of the whole run: a worker that starts another one is within a call.
      carried = Carried.here();
      startWorker();
      while (!workers.isEmpty() && !over) {
        changed.awaitUninterruptibly();
      }
      over = true;
      watches.forEach(Timer.Scheduled::cancel);
    } finally {
      lock.unlock();
    }
  }

  private void watch(Duration wait, Runnable task) {
    watches.add(timer.after(wait, task));
  }

  private void outOfTime() {
    drain(Summary.End.DEADLINE, "the time for the whole run was over");
  }

  Optional<Stop> stopped() {
    lock.lock();
    try {
      return stop;
    } finally {
      lock.unlock();
    }
  }

  /** What should not have happened. */
  Optional<Throwable> broken() {
    lock.lock();
    try {
      return broken;
    } finally {
      lock.unlock();
    }
  }

  /** Takes no more rows; those in flight have the grace time. Said twice, they have none. */
  void stop(Summary.End end, String why) {
    lock.lock();
    try {
      if (stop.isPresent()) {
        cut();
      } else {
        drain(end, why);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Takes no more rows; those in flight have what is left of the grace time. */
  private void drain(Summary.End end, String why) {
    lock.lock();
    try {
      if (stop.isEmpty()) {
        stop = Optional.of(new Stop(end, why));
        purse.ifPresent(Purse::shut);
        watch(options.grace(), this::cut);
        endWaiting();
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Calls that wait to be sent, or to be sent again, need no grace: their rows stay open. */
  private void endWaiting() {
    lock.lock();
    try {
      if (cut || over) {
        return;
      }
      resting.forEach(Thread::interrupt);
      workers.forEach(caller::interruptIfWaiting);
      watch(LOOK_AGAIN, this::endWaiting);
    } finally {
      lock.unlock();
    }
  }

  /** Takes no more rows, and ends the calls in flight. */
  void stopNow(Summary.End end, String why) {
    lock.lock();
    try {
      if (stop.isEmpty()) {
        stop = Optional.of(new Stop(end, why));
      }
      cut();
    } finally {
      lock.unlock();
    }
  }

  private void cut() {
    lock.lock();
    try {
      if (cut || over) {
        return;
      }
      cut = true;
      purse.ifPresent(Purse::shut);
      workers.forEach(Thread::interrupt);
      watch(LAST_WAIT, this::abandon);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void abandon() {
    lock.lock();
    try {
      over = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void checkStall() {
    lock.lock();
    try {
      if (over || stop.isPresent()) {
        return;
      }
      Duration silent = Duration.ofNanos(timer.nanos() - lastHeard);
      if (silent.compareTo(options.stall()) < 0) {
        watch(options.stall().minus(silent), this::checkStall);
      } else {
        stopNow(Summary.End.STALLED, "no answer came for " + options.stall().toSeconds() + " s");
      }
    } finally {
      lock.unlock();
    }
  }

  private void startWorker() {
    started++;
    // The worker must be known before it can end; it waits for the lock that is held here.
    workers.add(Threads.start("synthlab-row-" + started, carried.along(this::work)));
  }

  private void work() {
    try {
      Optional<InputRows.Waiting> row = take();
      while (row.isPresent()) {
        run(row.get());
        row = take();
      }
    } catch (Throwable e) { // whatever ends a worker must end the run, and be seen
      breakOff(e);
    } finally {
      leave();
    }
  }

  private void leave() {
    lock.lock();
    try {
      workers.remove(Thread.currentThread());
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void breakOff(Throwable why) {
    lock.lock();
    try {
      if (broken.isEmpty()) {
        broken = Optional.of(why);
      }
      stopNow(Summary.End.INTERRUPTED, String.valueOf(why.getMessage()));
    } finally {
      lock.unlock();
    }
  }

  private Optional<InputRows.Waiting> take() throws IOException {
    lock.lock();
    try {
      if (stop.isPresent() || over) {
        return Optional.empty();
      }
      Optional<InputRows.Waiting> next =
          again.size() < MOST_PUT_OFF ? rows.next() : Optional.empty();
      return next.isPresent() ? next : Optional.ofNullable(again.poll());
    } finally {
      lock.unlock();
    }
  }

  private void run(InputRows.Waiting waiting) {
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
    Purse from = purse.get();
    Optional<BigDecimal> most = atMost.get();
    if (most.isEmpty()) {
      String model = row.model().orElse("the model");
      drain(Summary.End.BUDGET, "what an answer of " + model + " may cost is not known");
    } else if (from.pays(most.get())) {
      try {
        send.run();
      } finally {
        from.settle(most.get());
      }
    } else {
      drain(Summary.End.BUDGET, from.refusal(most.get()));
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
      outcome = call.get();
    } catch (JacksonException | IllegalArgumentException e) {
      tally.neverSent();
      invalid(waiting, unsendable(row.key(), e));
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
    if (write(waiting, Ends.ANSWERED, lines.answered(row, answer))) {
      heard(true);
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
    write(waiting, ends.failed(Ends.INVALID_LINE), lines.invalid(row));
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
    tally.used(answer.totalUsage(), answer.totalCostUsd(), answer.report().elapsed());
    byte[] line;
    try {
      line =
          cutOff && options.strictFinish()
              ? lines.cutOff(row, answer)
              : lines.answered(row, answer, problem);
    } catch (RuntimeException e) { // it is paid for, so what can be kept is kept
      end = ends.failed(Ends.UNWRITABLE);
      line = lines.unwritable(row, answer, e);
    }
    if (write(waiting, end, line)) {
      heard(true);
    } else {
      tally.unkept();
    }
  }

  /** Only what is about the row makes a line; after anything else the row is still to be sent. */
  private void failed(InputRows.Waiting waiting, Row row, CallException why) {
    switch (why.fault().kind()) {
      case AUTHENTICATION -> refused(waiting, Summary.End.STOPPED_AUTH, why);
      case QUOTA_EXCEEDED -> refused(waiting, Summary.End.STOPPED_QUOTA, why);
      case TLS_FAILED -> refused(waiting, Summary.End.UNREACHABLE, why);
      case CONNECTION_FAILED -> {
        if (heard) {
          passing(waiting, row, why);
        } else {
          drain(Summary.End.UNREACHABLE, text(why));
        }
      }
      case CIRCUIT_OPEN -> comeBack(waiting, why);
      case CANCELLED -> drain(Summary.End.INTERRUPTED, "the calls were ended");
      case RATE_LIMITED, SERVER_FAILED, DEADLINE_EXCEEDED, MALFORMED_RESPONSE, STREAM_INTERRUPTED ->
          passing(waiting, row, why);
      case BAD_REQUEST, NOT_FOUND, RESPONSE_TOO_LARGE, REDIRECTED -> {
        if (write(waiting, ends.failed(why.fault().kind().code()), lines.failed(row, why))) {
          heard(false);
        }
      }
    }
  }

  /** A failure that says little about the server being alive: the stall clock runs on. */
  private void passing(InputRows.Waiting waiting, Row row, CallException why) {
    if (cut) {
      return; // our own interrupt may have caused it, so it is not the row's
    }
    write(waiting, ends.failed(why.fault().kind().code()), lines.failed(row, why));
    if (why.status().isPresent()) {
      openWindow();
    }
  }

  private boolean write(InputRows.Waiting waiting, short end, byte[] line) {
    Sink into = sink.orElseThrow();
    boolean written = into.put(waiting.key().index(), end, line);
    if (written) {
      tally.ended(waiting.before(), end);
    }
    return written;
  }

  private void heard(boolean answer) {
    lock.lock();
    try {
      answered |= answer;
      refusals = 0;
      lastHeard = timer.nanos();
      openWindow();
    } finally {
      lock.unlock();
    }
  }

  private void openWindow() {
    lock.lock();
    try {
      heard = true;
      if (!open) {
        open = true;
        long wanted = Math.min(options.concurrency(), tally.remaining() + 1);
        while (started < wanted && stop.isEmpty()) {
          startWorker();
        }
      }
    } finally {
      lock.unlock();
    }
  }

  private void refused(InputRows.Waiting waiting, Summary.End end, CallException why) {
    lock.lock();
    try {
      refusals++;
      if (!answered || refusals >= REFUSALS) {
        drain(end, text(why));
      } else {
        again.add(waiting);
      }
    } finally {
      lock.unlock();
    }
  }

  private void comeBack(InputRows.Waiting waiting, CallException why) {
    if (!rests(waiting)) {
      return;
    }
    try {
      timer.pause(why.retryAfter().orElse(BREATH));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      goesOn();
    }
  }

  private boolean rests(InputRows.Waiting waiting) {
    lock.lock();
    try {
      again.add(waiting);
      return stop.isEmpty() && resting.add(Thread.currentThread());
    } finally {
      lock.unlock();
    }
  }

  private void goesOn() {
    lock.lock();
    try {
      resting.remove(Thread.currentThread());
    } finally {
      lock.unlock();
    }
  }

  private static String text(CallException why) {
    return String.valueOf(why.getMessage());
  }
}
