package dev.synthlab.call;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The moment by which a whole call must have ended: queueing, waits, attempts and bodies. Shared by
 * every request that the call makes. Safe for use by many threads.
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
   * A deadline from now on.
   *
   * @param timer the time it lives by
   * @param within how long the call may take; positive
   * @return the deadline
   */
  public static Deadline in(Timer timer, Duration within) {
    requirePositive(within);
    return new Deadline(timer, within, within);
  }

  /**
   * A deadline from now on that ends with this one at the latest.
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
   * What is left.
   *
   * @return zero or less when it is over
   */
  public Duration remaining() {
    return Duration.ofNanos(end.get() - timer.nanos());
  }

  /**
   * How long the call was given at first.
   *
   * @return a positive duration
   */
  public Duration given() {
    return given;
  }

  /**
   * Moves the end: the time that a call of a bulk run is held back by the traffic is not its own.
   *
   * @param held how long it was held
   */
  void excuse(Duration held) {
    end.addAndGet(held.toNanos());
  }
}
