package dev.synthlab.batch;

import dev.synthlab.call.Budget;
import dev.synthlab.call.CallException;
import dev.synthlab.call.Threads;
import dev.synthlab.call.Timer;
import dev.synthlab.spans.Carried;
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
final class Dispatch implements RowTurn.Window {
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
  private final Tally tally;
  private final Optional<Budget> purse;
  private final RowTurn turn;

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
      Optional<Budget> purse) {
    this.options = options;
    this.caller = caller;
    this.timer = timer;
    this.rows = rows;
    this.tally = tally;
    this.purse = purse;
    this.turn = new RowTurn(options, caller, lines, ends, tally, purse, this);
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
  @Override
  public void drain(Summary.End end, String why) {
    lock.lock();
    try {
      if (stop.isEmpty()) {
        stop = Optional.of(new Stop(end, why));
        purse.ifPresent(Budget::shut);
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
      purse.ifPresent(Budget::shut);
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
        turn.of(row.get());
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

  @Override
  public boolean write(InputRows.Waiting waiting, short end, byte[] line) {
    Sink into = sink.orElseThrow();
    boolean written = into.put(waiting.key().index(), end, line);
    if (written) {
      tally.ended(waiting.before(), end);
    }
    return written;
  }

  @Override
  public void heard(boolean answer) {
    lock.lock();
    try {
      answered |= answer;
      refusals = 0;
      lastHeard = timer.nanos();
      open();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public boolean hasHeard() {
    return heard;
  }

  @Override
  public boolean isCut() {
    return cut;
  }

  @Override
  public void open() {
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

  @Override
  public void refused(InputRows.Waiting waiting, Summary.End end, CallException why) {
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

  @Override
  public void comeBack(InputRows.Waiting waiting, CallException why) {
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
