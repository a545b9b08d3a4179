package dev.synthlab.call;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The time at which a whole call must have ended: waits, attempts and bodies included. All requests
 * of the call share it. Safe for use by many threads.
 */
public final class Deadline {
  private final Timer timer;
  private final Duration given;
  private final AtomicLong end;

  private Deadline(Timer timer, Duration given, Duration left) {
    this.timer = timer;
    this.given = given;
    this.end = new AtomicLong(timer.nanos() + left.toNanos());
  }

  /**
   * Creates a deadline that starts now.
   *
   * @param timer the clock
   * @param within how long the call may take; positive
   * @return the deadline
   */
  public static Deadline in(Timer timer, Duration within) {
    requirePositive(within);
    return new Deadline(timer, within, within);
  }

  /**
   * Creates a deadline that starts now and ends with this one at the latest.
   *
   * @param within how long the call may take; positive
   * @return the deadline
   */
  public Deadline inside(Duration within) {
    requirePositive(within);
    Duration left = remaining();
    return left.compareTo(within) < 0
        ? new Deadline(timer, given, left)
        : new Deadline(timer, within, within);
  }

  private static void requirePositive(Duration within) {
    if (!within.isPositive()) {
      throw new IllegalArgumentException("deadline must be positive, was " + within);
    }
  }

  /**
   * The remaining time.
   *
   * @return zero or less if the deadline is over
   */
  public Duration remaining() {
    return Duration.ofNanos(end.get() - timer.nanos());
  }

  /**
   * The time that the call had at its start.
   *
   * @return a positive duration
   */
  public Duration given() {
    return given;
  }

  /**
   * Moves the end: the time that a call of a bulk run waits for its route does not count.
   *
   * @param waited the time that it waited
   */
  void extend(Duration waited) {
    end.addAndGet(waited.toNanos());
  }
}
