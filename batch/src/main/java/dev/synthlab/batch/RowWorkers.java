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
 * The workers of a bulk run: each takes a row, makes its call and writes its line. The first worker
 * starts alone; the others follow when the server has responded to a row. Safe for use by many
 * threads.
 */
final class RowWorkers {
  /** Consecutive refusals that stop a run which has answers already. */
  private static final int MAX_REFUSALS = 5;

  /** Requeued rows are held in memory. */
  private static final int MAX_REQUEUED = 1_000;

  /** How long an interrupted worker may take to end before it is abandoned. */
  private static final Duration ABANDON_AFTER = Duration.ofSeconds(10);

  /** How often calls that wait are looked for while the run stops. */
  private static final Duration WAITING_CHECK = Duration.ofMillis(100);

  private final RunLimits limits;
  private final BulkRun.RowClient client;
  private final Timer timer;
  private final InputRows rows;
  private final RunStats stats;
  private final Optional<Budget> budget;
  private final RowCall rowCall;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Set<Thread> workers = new HashSet<>();
  private final Set<Thread> delayed = new HashSet<>();
  private final Deque<InputRows.Waiting> requeued = new ArrayDeque<>();
  private final List<Timer.ScheduledTask> tasks = new ArrayList<>();
  private Optional<OutputSink> sink = Optional.empty();
  private Optional<Stop> stop = Optional.empty();
  private Optional<Throwable> failure = Optional.empty();
  private ContextSnapshot context = ContextSnapshot.capture();
  private volatile boolean interrupted;
  private volatile boolean responded;
  private boolean answered;
  private boolean finished;
  private int refusals;
  private int started;
  private long lastResponse;

  RowWorkers(
      RunLimits limits,
      BulkRun.RowClient client,
      Timer timer,
      InputRows rows,
      RunStats stats,
      Optional<Budget> budget,
      RowCall rowCall) {
    this.limits = limits;
    this.client = client;
    this.timer = timer;
    this.rows = rows;
    this.stats = stats;
    this.budget = budget;
    this.rowCall = rowCall;
  }

  /** Why no more rows are taken. */
  record Stop(Summary.End end, String reason) {}

  /** Sends the rows; returns when every worker has ended or was abandoned. */
  void run(OutputSink into) {
    lock.lock();
    try {
      lastResponse = timer.nanos();
      limits.deadline().ifPresent(time -> schedule(time, this::endAtDeadline));
      schedule(limits.stall(), this::checkStall);
      sink = Optional.of(into);
      // The context of the run: a worker that starts another one is inside a call.
      context = ContextSnapshot.capture();
      startWorker();
      while (!workers.isEmpty() && !finished) {
        changed.awaitUninterruptibly();
      }
      finished = true;
      tasks.forEach(Timer.ScheduledTask::cancel);
    } finally {
      lock.unlock();
    }
  }

  private void schedule(Duration delay, Runnable task) {
    tasks.add(timer.after(delay, task));
  }

  private void endAtDeadline() {
    drain(Summary.End.DEADLINE, "the deadline of the run has passed");
  }

  Optional<Stop> stopped() {
    lock.lock();
    try {
      return stop;
    } finally {
      lock.unlock();
    }
  }

  /** The exception that ended a worker. */
  Optional<Throwable> failure() {
    lock.lock();
    try {
      return failure;
    } finally {
      lock.unlock();
    }
  }

  /** Drains the run; the second call interrupts the calls in flight. */
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

  /** Takes no more rows; calls in flight have the grace time to end. */
  private void drain(Summary.End end, String reason) {
    lock.lock();
    try {
      if (stop.isEmpty()) {
        stop = Optional.of(new Stop(end, reason));
        budget.ifPresent(Budget::close);
        schedule(limits.grace(), this::interruptAll);
        interruptWaiting();
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Calls that wait to be sent, or to be sent again, need no grace: their rows stay open. */
  private void interruptWaiting() {
    lock.lock();
    try {
      if (interrupted || finished) {
        return;
      }
      delayed.forEach(Thread::interrupt);
      workers.forEach(client::interruptIfWaiting);
      schedule(WAITING_CHECK, this::interruptWaiting);
    } finally {
      lock.unlock();
    }
  }

  /** Takes no more rows, and interrupts the calls in flight. */
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
      if (interrupted || finished) {
        return;
      }
      interrupted = true;
      budget.ifPresent(Budget::close);
      workers.forEach(Thread::interrupt);
      schedule(ABANDON_AFTER, this::abandon);
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
      Duration silent = Duration.ofNanos(timer.nanos() - lastResponse);
      if (silent.compareTo(limits.stall()) < 0) {
        schedule(limits.stall().minus(silent), this::checkStall);
      } else {
        stopNow(Summary.End.STALLED, "no answer came for " + limits.stall().toSeconds() + " s");
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
        end(row.get(), rowCall.call(row.get()));
        row = take();
      }
    } catch (Throwable e) { // whatever ends a worker must end the run, and be seen
      fail(e);
    } finally {
      leave();
    }
  }

  private void end(InputRows.Waiting row, RowResult result) {
    switch (result) {
      case RowResult.Answered answer -> {
        if (write(row, answer.line())) {
          recordResponse(true);
        } else {
          stats.unsaved();
        }
      }
      case RowResult.Failed failed -> {
        if (write(row, failed.line())) {
          recordResponse(false);
        }
      }
      case RowResult.Invalid invalid -> write(row, invalid.line());
      case RowResult.TransientFailure failed -> end(row, failed);
      case RowResult.Unreachable unreachable -> {
        if (responded) {
          end(row, unreachable.failure());
        } else {
          drain(Summary.End.UNREACHABLE, unreachable.reason());
        }
      }
      case RowResult.Refused refused -> refused(row, refused.end(), refused.reason());
      case RowResult.Requeued again -> requeue(row, again.delay());
      case RowResult.Stopped stopped -> drain(stopped.end(), stopped.reason());
    }
  }

  /** It does not show that the server can answer, so the time of the stall limit runs on. */
  private void end(InputRows.Waiting row, RowResult.TransientFailure result) {
    if (interrupted) {
      return; // our own interrupt may be the cause, so the row stays open
    }
    write(row, result.line());
    if (result.responded()) {
      startAll();
    }
  }

  private boolean write(InputRows.Waiting row, RowResult.Line line) {
    OutputSink into = sink.orElseThrow();
    boolean written = into.put(row.key().index(), line.status(), line.bytes());
    if (written) {
      stats.ended(row.before(), line.status());
    }
    return written;
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

  private void fail(Throwable reason) {
    lock.lock();
    try {
      if (failure.isEmpty()) {
        failure = Optional.of(reason);
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
          requeued.size() < MAX_REQUEUED ? rows.next() : Optional.empty();
      return next.isPresent() ? next : Optional.ofNullable(requeued.poll());
    } finally {
      lock.unlock();
    }
  }

  private void recordResponse(boolean answer) {
    lock.lock();
    try {
      answered |= answer;
      refusals = 0;
      lastResponse = timer.nanos();
      startAll();
    } finally {
      lock.unlock();
    }
  }

  /** Starts the other workers, the first time that the server has responded. */
  private void startAll() {
    lock.lock();
    try {
      if (!responded) {
        responded = true;
        long wanted = Math.min(limits.concurrency(), stats.remaining() + 1);
        while (started < wanted && stop.isEmpty()) {
          startWorker();
        }
      }
    } finally {
      lock.unlock();
    }
  }

  private void refused(InputRows.Waiting row, Summary.End end, CallException reason) {
    lock.lock();
    try {
      refusals++;
      if (!answered || refusals >= MAX_REFUSALS) {
        drain(end, String.valueOf(reason.getMessage()));
      } else {
        requeued.add(row);
      }
    } finally {
      lock.unlock();
    }
  }

  private void requeue(InputRows.Waiting row, Duration delay) {
    if (!startDelay(row)) {
      return;
    }
    try {
      timer.pause(delay);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      endDelay();
    }
  }

  private boolean startDelay(InputRows.Waiting row) {
    lock.lock();
    try {
      requeued.add(row);
      return stop.isEmpty() && delayed.add(Thread.currentThread());
    } finally {
      lock.unlock();
    }
  }

  private void endDelay() {
    lock.lock();
    try {
      delayed.remove(Thread.currentThread());
    } finally {
      lock.unlock();
    }
  }
}
