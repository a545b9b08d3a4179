package dev.synthlab.call;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * A time that goes by when it is pushed or waited for, and calls whoever is due then. For one
 * thread at a time.
 */
final class ManualTimer implements Timer {
  private record Watch(long due, Runnable task) {}

  /** Every pause that was asked for, in order. */
  final List<Duration> pauses = new ArrayList<>();

  private final List<Watch> watches = new ArrayList<>();
  private long now;

  @Override
  public Instant now() {
    return Instant.EPOCH.plusNanos(now);
  }

  @Override
  public long nanos() {
    return now;
  }

  @Override
  public void pause(Duration pause) {
    pauses.add(pause);
    push(pause);
  }

  @Override
  public ScheduledTask after(Duration delay, Runnable task) {
    Watch watch = new Watch(now + delay.toNanos(), task);
    watches.add(watch);
    return () -> watches.remove(watch);
  }

  /** Time goes by. */
  void push(Duration time) {
    now += time.toNanos();
    List<Watch> due = watches.stream().filter(watch -> watch.due() <= now).toList();
    watches.removeAll(due);
    due.forEach(watch -> watch.task().run());
  }

  int watches() {
    return watches.size();
  }
}
