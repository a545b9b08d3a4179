package dev.synthlab.call;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * The time that a call waited before its request was sent. Immutable.
 *
 * @param total the whole time
 * @param by the part of each reason; a call in the queue waits for the same reasons as the calls
 *     ahead of it
 */
@SuppressWarnings("EnumOrdinal")
record WaitTimes(Duration total, Map<WaitReason, Duration> by) {
  static final WaitTimes NONE = new WaitTimes(Duration.ZERO, Map.of());

  /** The reason with the longest part. */
  Optional<WaitReason> longest() {
    return by.entrySet().stream().max(Map.Entry.comparingByValue()).map(Map.Entry::getKey);
  }

  /** The same times and one more. */
  WaitTimes plus(WaitReason reason, Duration time) {
    if (!time.isPositive()) {
      return this;
    }
    Map<WaitReason, Duration> all = new EnumMap<>(WaitReason.class);
    all.putAll(by);
    all.merge(reason, time, Duration::plus);
    return new WaitTimes(total.plus(time), all);
  }

  /** The sums of the waits at the head of a queue. Safe for use by many threads. */
  @SuppressWarnings("EnumOrdinal") // an index of the sums; never stored
  static final class QueueWaits {
    private static final WaitReason[] REASONS = WaitReason.values();

    private final long[] nanos = new long[REASONS.length];
    private int reason = -1;
    private long since;

    synchronized void begin(WaitReason reason, long at) {
      this.reason = reason.ordinal();
      since = at;
    }

    synchronized void end(long at) {
      if (reason >= 0) {
        nanos[reason] += at - since;
        reason = -1;
      }
    }

    /** The reason why the head of the queue waits now. */
    synchronized Optional<WaitReason> current() {
      return reason < 0 ? Optional.empty() : Optional.of(REASONS[reason]);
    }

    /** The sums up to a time, for {@link #since}. */
    synchronized long[] sumsAt(long at) {
      long[] sums = nanos.clone();
      if (reason >= 0) {
        sums[reason] += at - since;
      }
      return sums;
    }

    /** The waits that were added since earlier sums. */
    WaitTimes since(long[] before, long begin, long at) {
      long[] sums = sumsAt(at);
      Map<WaitReason, Duration> by = Map.of();
      for (WaitReason each : REASONS) {
        long time = sums[each.ordinal()] - before[each.ordinal()];
        if (time > 0) {
          by = by.isEmpty() ? new EnumMap<>(WaitReason.class) : by;
          by.put(each, Duration.ofNanos(time));
        }
      }
      return by.isEmpty() ? NONE : new WaitTimes(Duration.ofNanos(at - begin), by);
    }
  }
}
