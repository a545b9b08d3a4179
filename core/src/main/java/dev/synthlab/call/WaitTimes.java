package dev.synthlab.call;

import dev.synthlab.call.AttemptResult.NotPermitted.Reason;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * How long a call was held back before its request could go out. Immutable.
 *
 * @param total from the wish to send to the end of the wait
 * @param by what of it each reason took; a call that stood in the row behind others has waited for
 *     what these waited for
 */
@SuppressWarnings("EnumOrdinal")
record WaitTimes(Duration total, Map<Reason, Duration> by) {
  static final WaitTimes NONE = new WaitTimes(Duration.ZERO, Map.of());

  /** What took most of the time. */
  Optional<Reason> main() {
    return by.entrySet().stream().max(Map.Entry.comparingByValue()).map(Map.Entry::getKey);
  }

  /** With what went by before. */
  WaitTimes after(Reason reason, Duration time) {
    if (!time.isPositive()) {
      return this;
    }
    Map<Reason, Duration> all = new EnumMap<>(Reason.class);
    all.putAll(by);
    all.merge(reason, time, Duration::plus);
    return new WaitTimes(total.plus(time), all);
  }

  /** What a row waits for at its head, summed up. Safe for use by many threads. */
  @SuppressWarnings("EnumOrdinal") // of the sums only; they are never written down
  static final class QueueWaits {
    private static final Reason[] REASONS = Reason.values();

    private final long[] nanos = new long[REASONS.length];
    private int now = -1;
    private long since;

    synchronized void begin(Reason reason, long at) {
      now = reason.ordinal();
      since = at;
    }

    synchronized void end(long at) {
      if (now >= 0) {
        nanos[now] += at - since;
        now = -1;
      }
    }

    /** What its head waits for now. */
    synchronized Optional<Reason> now() {
      return now < 0 ? Optional.empty() : Optional.of(REASONS[now]);
    }

    /** The sums up to now, to compare with later ones. */
    synchronized long[] upTo(long at) {
      long[] sums = nanos.clone();
      if (now >= 0) {
        sums[now] += at - since;
      }
      return sums;
    }

    /** What has been added since. */
    WaitTimes since(long[] before, long begin, long at) {
      long[] sums = upTo(at);
      Map<Reason, Duration> by = Map.of();
      for (Reason each : REASONS) {
        long time = sums[each.ordinal()] - before[each.ordinal()];
        if (time > 0) {
          by = by.isEmpty() ? new EnumMap<>(Reason.class) : by;
          by.put(each, Duration.ofNanos(time));
        }
      }
      return by.isEmpty() ? NONE : new WaitTimes(Duration.ofNanos(at - begin), by);
    }
  }
}
