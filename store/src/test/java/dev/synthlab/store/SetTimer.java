package dev.synthlab.store;

import dev.synthlab.call.Timer;
import java.time.Duration;
import java.time.Instant;

/** The machine's time, but for a clock on the wall that is set by hand. */
final class SetTimer implements Timer {
  private volatile Instant now;

  SetTimer(Instant now) {
    this.now = now;
  }

  void goOn(Duration time) {
    now = now.plus(time);
  }

  @Override
  public Instant now() {
    return now;
  }

  @Override
  public long nanos() {
    return Timer.system().nanos();
  }

  @Override
  public void pause(Duration pause) throws InterruptedException {
    Timer.system().pause(pause);
  }

  @Override
  public ScheduledTask after(Duration delay, Runnable task) {
    return Timer.system().after(delay, task);
  }
}
