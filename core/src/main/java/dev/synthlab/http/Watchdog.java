package dev.synthlab.http;

import dev.synthlab.Internal;
import dev.synthlab.logging.Logging;
import java.time.Duration;
import java.util.TreeSet;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;

/**
 * A thread that runs tasks later, for time limits: nearly all of them are cancelled before they are
 * due. A new task wakes the thread only if it is due before the thread would wake by itself, so
 * that one limit after the other, as in most calls, wakes no thread at all. Safe for use by many
 * threads.
 */
@Internal
public final class Watchdog {
  /** The watchdog of the process. */
  public static final Watchdog INSTANCE = new Watchdog();

  private static final Logger log = Logging.component("http");
  private static final long MAX_NANOS = Long.MAX_VALUE / 4;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition sooner = lock.newCondition();
  private final TreeSet<Task> tasks = new TreeSet<>();
  private long numbers;
  private long wakesAt;
  private boolean idle = true;
  private boolean started;

  private Watchdog() {}

  /** A task that is due at some time. */
  public final class Task implements Comparable<Task> {
    private final Runnable action;
    private final long at;
    private final long number;

    private Task(Runnable action, long at, long number) {
      this.action = action;
      this.at = at;
      this.number = number;
    }

    /**
     * Cancels the task.
     *
     * @return false if it has begun to run, or was cancelled before
     */
    public boolean cancel() {
      lock.lock();
      try {
        return tasks.remove(this);
      } finally {
        lock.unlock();
      }
    }

    @Override
    public int compareTo(Task other) {
      long later = at - other.at; // times may overflow, their difference does not
      return Long.compare(later == 0 ? number - other.number : later, 0);
    }
  }

  /**
   * Runs a task later.
   *
   * @param delay the time from now
   * @param action a short task that does not block
   * @return the task
   */
  public Task after(Duration delay, Runnable action) {
    long at = System.nanoTime() + Math.clamp(delay.toNanos(), 0, MAX_NANOS);
    lock.lock();
    try {
      Task task = new Task(action, at, numbers++);
      tasks.add(task);
      if (idle || at - wakesAt < 0) {
        idle = false;
        wakesAt = at;
        wake();
      }
      return task;
    } finally {
      lock.unlock();
    }
  }

  private void wake() {
    if (started) {
      sooner.signal();
    } else {
      started = true;
      Thread.ofPlatform().name("synthlab-timer").daemon().start(this::run);
    }
  }

  private void run() {
    while (true) {
      try {
        next().action.run();
      } catch (InterruptedException e) {
        log.debug("the timer was interrupted and goes on: others depend on it");
      } catch (RuntimeException | Error e) { // the time limits of other calls must still hold
        log.warn("a task of the timer failed: {}", e.toString(), e);
      }
    }
  }

  /** Waits for the next task that is due. */
  private Task next() throws InterruptedException {
    lock.lock();
    try {
      while (true) {
        if (tasks.isEmpty()) {
          idle = true;
          sooner.await();
          continue;
        }
        Task first = tasks.getFirst();
        long left = first.at - System.nanoTime();
        if (left <= 0) {
          tasks.remove(first);
          return first;
        }
        wakesAt = first.at;
        sooner.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
  }
}
