package dev.synthlab.call;

import dev.synthlab.http.Watchdog;
import java.time.Duration;
import java.time.Instant;

/** The clock of the system, and the only place in the project that sleeps. */
final class SystemTimer implements Timer {
  static final SystemTimer INSTANCE = new SystemTimer();

  private SystemTimer() {}

  @Override
  public Instant now() {
    return Instant.now();
  }

  @Override
  public long nanos() {
    return System.nanoTime();
  }

  @Override
  public void pause(Duration pause) throws InterruptedException {
    if (pause.isPositive()) {
      Thread.sleep(pause);
    }
  }

  @Override
  public ScheduledTask after(Duration delay, Runnable task) {
    return Watchdog.INSTANCE.after(delay, task)::cancel;
  }
}
