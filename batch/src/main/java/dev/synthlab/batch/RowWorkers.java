package dev.synthlab.batch;

import dev.synthlab.call.Budget;
import dev.synthlab.call.CallException;
import dev.synthlab.call.Timer;
import dev.synthlab.call.VirtualThreads;
import dev.synthlab.spans.ContextSnapshot;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The window of a bulk run: at most so many rows between the input and OUT. It begins with one; the
 * first word of the server about a row opens it. A row leaves it when its line was written. Safe
 * for use by many threads.
 */
final class RowWorkers implements RowCall.RunControl {
  /** Refusals that are not about a row, in a row, after which it is not a whim of the server. */
  private static final int REFUSALS = 5;

  /** Rows that wait for another try are held in memory. */
  private static final int MAX_PUT_OFF = 1_000;

  /** How long a worker may take to give up once it was interrupted. */
  private static final Duration LAST_WAIT = Duration.ofSeconds(10);

  private static final Duration LOOK_AGAIN = Duration.ofMillis(100);

  private static final Duration BREATH = Duration.ofSeconds(1);

  private final BulkOptions options;
  private final BulkRun.RowClient caller;
  private final Timer timer;
  private final InputRows rows;
  private final RunStats stats;
  private final Optional<Budget> purse;
  private final RowCall rowCall;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Set<Thread> workers = new HashSet<>();
  private final Set<Thread> resting = new HashSet<>();
  private final Deque<InputRows.Waiting> again = new ArrayDeque<>();
  private Optional<ResultSink> sink = Optional.empty();
  private Optional<Stop> stop = Optional.empty();
  private Optional<Throwable> broken = Optional.empty();
  private ContextSnapshot context = ContextSnapshot.capture();
  private boolean openFully;
  private volatile boolean interruptAll;
  private boolean finished;
  private volatile boolean recordResponse;
  private boolean answered;
  private int refusals;
  private int started;
  private final List<Timer.ScheduledTask> watches = new ArrayList<>();
  private long lastHeard;

  RowWorkers(
      BulkOptions options,
      BulkRun.RowClient caller,
      Timer timer,
      InputRows rows,
      ResultLine lines,
      RowStatuses statuses,
      RunStats stats,
      Optional<Budget> purse) {
    this.options = options;
    this.caller = caller;
    this.timer = timer;
    this.rows = rows;
    this.stats = stats;
    this.purse = purse;
    this.rowCall = new RowCall(options, caller, lines, statuses, stats, purse, this);
  }

  /** Why no more rows are taken. */
  record Stop(Summary.End end, String reason) {}

  /** Sends the rows; returns when the last one has left the window, or was given up. */
  void run(ResultSink into) {
    lock.lock();
    try {
      lastHeard = timer.nanos();
      options.deadline().ifPresent(d -> watch(d, this::outOfTime));
      watch(options.stall(), this::checkStall);
      sink = Optional.of(into);
      // Of the whole run: a worker that starts another one is within a call.
      context = ContextSnapshot.capture();
      startWorker();
      while (!workers.isEmpty() && !finished) {
        changed.awaitUninterruptibly();
      }
      finished = true;
      watches.forEach(Timer.ScheduledTask::cancel);
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
  void stop(Summary.End end, String reason) {
    lock.lock();
    try {
      if (stop.isPresent()) {
        interruptAll();
      } else {
        drain(end, reason);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Takes no more rows; those in flight have what is left of the grace time. */
  @Override
  public void drain(Summary.End end, String reason) {
    lock.lock();
    try {
      if (stop.isEmpty()) {
        stop = Optional.of(new Stop(end, reason));
        purse.ifPresent(Budget::close);
        watch(options.grace(), this::interruptAll);
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
      if (interruptAll || finished) {
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
  void stopNow(Summary.End end, String reason) {
    lock.lock();
    try {
      if (stop.isEmpty()) {
        stop = Optional.of(new Stop(end, reason));
      }
      interruptAll();
    } finally {
      lock.unlock();
    }
  }

  private void interruptAll() {
    lock.lock();
    try {
      if (interruptAll || finished) {
        return;
      }
      interruptAll = true;
      purse.ifPresent(Budget::close);
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
      finished = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void checkStall() {
    lock.lock();
    try {
      if (finished || stop.isPresent()) {
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
    workers.add(VirtualThreads.start("synthlab-row-" + started, context.wrap(this::work)));
  }

  private void work() {
    try {
      Optional<InputRows.Waiting> row = take();
      while (row.isPresent()) {
        rowCall.call(row.get());
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

  private void breakOff(Throwable reason) {
    lock.lock();
    try {
      if (broken.isEmpty()) {
        broken = Optional.of(reason);
      }
      stopNow(Summary.End.INTERRUPTED, String.valueOf(reason.getMessage()));
    } finally {
      lock.unlock();
    }
  }

  private Optional<InputRows.Waiting> take() throws IOException {
    lock.lock();
    try {
      if (stop.isPresent() || finished) {
        return Optional.empty();
      }
      Optional<InputRows.Waiting> next =
          again.size() < MAX_PUT_OFF ? rows.next() : Optional.empty();
      return next.isPresent() ? next : Optional.ofNullable(again.poll());
    } finally {
      lock.unlock();
    }
  }

  @Override
  public boolean write(InputRows.Waiting waiting, short end, byte[] line) {
    ResultSink into = sink.orElseThrow();
    boolean written = into.put(waiting.key().index(), end, line);
    if (written) {
      stats.ended(waiting.before(), end);
    }
    return written;
  }

  @Override
  public void recordResponse(boolean answer) {
    lock.lock();
    try {
      answered |= answer;
      refusals = 0;
      lastHeard = timer.nanos();
      openFully();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public boolean hasResponse() {
    return recordResponse;
  }

  @Override
  public boolean isInterrupted() {
    return interruptAll;
  }

  @Override
  public void openFully() {
    lock.lock();
    try {
      recordResponse = true;
      if (!openFully) {
        openFully = true;
        long wanted = Math.min(options.concurrency(), stats.remaining() + 1);
        while (started < wanted && stop.isEmpty()) {
          startWorker();
        }
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void refused(InputRows.Waiting waiting, Summary.End end, CallException reason) {
    lock.lock();
    try {
      refusals++;
      if (!answered || refusals >= REFUSALS) {
        drain(end, text(reason));
      } else {
        again.add(waiting);
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void requeue(InputRows.Waiting waiting, CallException reason) {
    if (!startRest(waiting)) {
      return;
    }
    try {
      timer.pause(reason.retryAfter().orElse(BREATH));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      endRest();
    }
  }

  private boolean startRest(InputRows.Waiting waiting) {
    lock.lock();
    try {
      again.add(waiting);
      return stop.isEmpty() && resting.add(Thread.currentThread());
    } finally {
      lock.unlock();
    }
  }

  private void endRest() {
    lock.lock();
    try {
      resting.remove(Thread.currentThread());
    } finally {
      lock.unlock();
    }
  }

  private static String text(CallException reason) {
    return String.valueOf(reason.getMessage());
  }
}
