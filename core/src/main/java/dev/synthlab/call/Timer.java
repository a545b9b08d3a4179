package dev.synthlab.call;

import java.time.Duration;
import java.time.Instant;

/**
 * The time that calls live by: what it is, how to wait, how to be called later. One for the
 * process; tests hand in one they push. Safe for use by many threads.
 */
public interface Timer {

  /**
   * The time on the wall, for dates in headers and records.
   *
   * @return now
   */
  Instant now();

  /**
   * A time that only goes forward, for measuring.
   *
   * @return nanoseconds since some fixed moment
   */
  long nanos();

  /**
   * Waits.
   *
   * @param pause how long; zero and less return at once
   * @throws InterruptedException when the thread is interrupted
   */
  void pause(Duration pause) throws InterruptedException;

  /**
   * Runs something short later, on a thread of the timer.
   *
   * @param delay from now
   * @param task must not block
   * @return takes the task back; harmless when it has run
   */
  ScheduledTask after(Duration delay, Runnable task);

  /** Something that will run unless it is taken back. */
  @FunctionalInterface
  interface ScheduledTask {
    /** Takes it back. */
    void cancel();
  }

  /**
   * The machine's own time.
   *
   * @return the one timer of the process
   */
  static Timer system() {
    return SystemTimer.INSTANCE;
  }
}
