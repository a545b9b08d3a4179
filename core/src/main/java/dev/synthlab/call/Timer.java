package dev.synthlab.call;

import dev.synthlab.Internal;
import java.time.Duration;
import java.time.Instant;

/**
 * A clock that can also wait and schedule tasks. A process has one; tests use one that they advance
 * by hand. Safe for use by many threads.
 */
@Internal
public interface Timer {

  /**
   * The wall-clock time, for dates in headers and records.
   *
   * @return now
   */
  Instant now();

  /**
   * The monotonic time, for measuring durations.
   *
   * @return nanoseconds since some fixed moment
   */
  long nanos();

  /**
   * Waits for a time to pass.
   *
   * @param pause the time; zero or less returns immediately
   * @throws InterruptedException when the thread is interrupted
   */
  void pause(Duration pause) throws InterruptedException;

  /**
   * Schedules a short task on a thread of the timer.
   *
   * @param delay the time from now
   * @param task the task; it must not block
   * @return cancels the task; no effect if it has run
   */
  ScheduledTask after(Duration delay, Runnable task);

  /** A task that runs later unless it is cancelled. */
  @FunctionalInterface
  interface ScheduledTask {
    /** Cancels the task. */
    void cancel();
  }

  /**
   * The clock of the system.
   *
   * @return the one timer of the process
   */
  static Timer system() {
    return SystemTimer.INSTANCE;
  }
}
