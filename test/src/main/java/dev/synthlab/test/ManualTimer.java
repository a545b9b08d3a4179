package dev.synthlab.test;

import dev.synthlab.call.Timer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A clock for tests, which begins at 2026-11-22T10:00:00Z. Waits, delays between attempts and
 * deadlines follow it, and take no real time. Safe for use by many threads; the waits of all
 * threads advance the one clock, one after the other.
 */
public final class ManualTimer implements Timer {
  private static final Instant START = Instant.parse("2026-11-22T10:00:00Z");

  /** The real time after which a test that waits for another thread fails. */
  static final long AWAIT_SECONDS = 10;

  /** What advances the clock, and which clock scheduled tasks follow. */
  private enum Mode {
    AUTOMATIC,
    STOPPED,
    SOCKETS
  }

  private record Task(long due, long number, Runnable action) {}

  private final Mode mode;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition advanced = lock.newCondition();
  private final Condition paused = lock.newCondition();
  private final List<Duration> pauses = new ArrayList<>();
  private final List<Task> tasks = new ArrayList<>();
  private long now;
  private long scheduled;

  private ManualTimer(Mode mode) {
    this.mode = mode;
  }

  /**
   * A clock that every wait advances: a wait ends immediately.
   *
   * @return a new clock
   */
  public static ManualTimer automatic() {
    return new ManualTimer(Mode.AUTOMATIC);
  }

  /**
   * A clock that only {@link #push} advances: a wait blocks until then, or until its thread is
   * interrupted.
   *
   * @return a new clock
   */
  public static ManualTimer stopped() {
    return new ManualTimer(Mode.STOPPED);
  }

  /**
   * A clock that every wait advances, for calls over real sockets: scheduled tasks, such as the end
   * of the timeout of an attempt, follow the clock of the system.
   *
   * @return a new clock
   */
  public static ManualTimer forSockets() {
    return new ManualTimer(Mode.SOCKETS);
  }

  @Override
  public Instant now() {
    return START.plusNanos(nanos());
  }

  @Override
  public long nanos() {
    lock.lock();
    try {
      return now;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void pause(Duration pause) throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    lock.lock();
    try {
      pauses.add(pause);
      paused.signalAll();
      long end = now + pause.toNanos();
      while (mode == Mode.STOPPED && now < end) {
        advanced.await();
      }
    } finally {
      lock.unlock();
    }
    if (mode != Mode.STOPPED) {
      push(pause);
    }
  }

  @Override
  public ScheduledTask after(Duration delay, Runnable task) {
    if (mode == Mode.SOCKETS) {
      return Timer.system().after(delay, task);
    }
    lock.lock();
    try {
      Task next = new Task(now + delay.toNanos(), scheduled++, task);
      tasks.add(next);
      return () -> cancel(next);
    } finally {
      lock.unlock();
    }
  }

  private void cancel(Task task) {
    lock.lock();
    try {
      tasks.remove(task);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Advances the clock, ends the waits that are over, and runs the tasks that are due on this
   * thread.
   *
   * @param time the time that passes; a negative one counts as none
   */
  public void push(Duration time) {
    List<Task> due;
    lock.lock();
    try {
      now += Math.max(0, time.toNanos());
      due =
          tasks.stream()
              .filter(task -> task.due() <= now)
              .sorted(Comparator.comparingLong(Task::due))
              .toList();
      tasks.removeAll(due);
      advanced.signalAll();
    } finally {
      lock.unlock();
    }
    due.forEach(task -> task.action().run());
  }

  /**
   * The waits so far, in order: delays between attempts, pauses that a server asked for, waits for
   * a rate limit.
   *
   * @return a copy
   */
  public List<Duration> pauses() {
    lock.lock();
    try {
      return List.copyOf(pauses);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits in real time until a number of waits have begun, for calls on other threads.
   *
   * @param count the number of waits since the clock was created
   * @return the waits so far
   * @throws AssertionError if there are fewer after 10 seconds
   * @throws InterruptedException if the thread is interrupted
   */
  public List<Duration> awaitPauses(int count) throws InterruptedException {
    lock.lock();
    try {
      long left = TimeUnit.SECONDS.toNanos(AWAIT_SECONDS);
      while (pauses.size() < count) {
        if (left <= 0) {
          throw new AssertionError(
              "expected "
                  + count
                  + " waits within "
                  + AWAIT_SECONDS
                  + " s, but there were "
                  + pauses);
        }
        left = paused.awaitNanos(left);
      }
      return List.copyOf(pauses);
    } finally {
      lock.unlock();
    }
  }

  /**
   * The number of scheduled tasks that have not run, such as the ends of timeouts.
   *
   * @return 0 when no request is in flight
   */
  public int scheduledTasks() {
    lock.lock();
    try {
      return tasks.size();
    } finally {
      lock.unlock();
    }
  }
}
