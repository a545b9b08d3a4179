package dev.synthlab.call;

import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;

/**
 * Finds out how many requests a server bears. How many may be in flight grows with every answer
 * until the server shows that it is too many. How many a second are sent is free until the server
 * refuses one; from then on it follows the cubic curve of RFC 9438, which comes quickly back to
 * where the refusal came, stays near it, and then feels its way up. Servers count over a time, at
 * least a second as a rule: until that is over after a cut, what they refuse stems from what was
 * sent before it, and costs a growing wait but no rate. Not thread-safe; its lane's lock guards it.
 */
final class AdaptiveLimiter {
  private static final double CUT = 0.9;
  private static final double KEPT = 0.95;
  private static final double KEPT_IN_A_ROW = 0.7;
  private static final double BACK_SECONDS = 3.2;
  private static final double MAX_BACK_SECONDS = 15;
  private static final double BACK_REQUESTS = 25;
  private static final double MAX_MISSED = 8;
  private static final double MIN_RATE = 0.2;
  private static final double FEWER_IN_FLIGHT = 0.7;
  private static final double CAUGHT_UP_SECONDS = 0.25;
  private static final int SLOTS = 100;
  private static final long SLOTS_A_SECOND = 10;
  private static final long SLOT_NANOS = 100_000_000;
  private static final long SECOND = SLOTS_A_SECOND * SLOT_NANOS;

  private final int maxInFlight;
  private final Counted sent = new Counted();
  private final Counted served = new Counted();
  private final long begin;

  private double inFlight = 1;
  private boolean slowStart = true;
  private double rate = Double.POSITIVE_INFINITY;
  private double ceiling;
  private double allowance = 1;
  private double missed;
  private long filled;
  private long cutAt;
  private long calmAt;

  AdaptiveLimiter(int maxInFlight, long now) {
    this.maxInFlight = maxInFlight;
    this.begin = now;
    this.filled = now;
    this.cutAt = now;
    this.calmAt = now;
  }

  /** How often something happened in the last ten seconds. */
  private static final class Counted {
    private final long[] slotOf = new long[SLOTS];
    private final int[] times = new int[SLOTS];

    Counted() {
      Arrays.fill(slotOf, Long.MIN_VALUE);
    }

    void add(long now) {
      long slot = Math.floorDiv(now, SLOT_NANOS);
      int index = Math.floorMod(slot, SLOTS);
      if (slotOf[index] != slot) {
        slotOf[index] = slot;
        times[index] = 0;
      }
      times[index]++;
    }

    /** How often in the seconds up to a moment. */
    int within(int seconds, long end) {
      long newest = Math.floorDiv(end, SLOT_NANOS);
      int sum = 0;
      for (int i = 0; i < SLOTS; i++) {
        boolean in = slotOf[i] <= newest && slotOf[i] > newest - seconds * SLOTS_A_SECOND;
        sum += in ? times[i] : 0;
      }
      return sum;
    }
  }

  int inFlight() {
    return (int) Math.min(maxInFlight, inFlight);
  }

  double rate() {
    return rate;
  }

  /** Takes one request, or says how long to wait for it. */
  Optional<Duration> take(long now) {
    if (Double.isFinite(rate)) {
      grow(now);
      // Who sleeps too long on a busy machine may catch up, but not on more than a moment.
      allowance =
          Math.min(Math.max(1, rate * CAUGHT_UP_SECONDS), allowance + (now - filled) / 1e9 * rate);
      filled = now;
      if (allowance < 1) {
        return Optional.of(Duration.ofNanos((long) Math.ceil((1 - allowance) / rate * 1e9)));
      }
      allowance -= 1;
    }
    sent.add(now);
    return Optional.empty();
  }

  void saw(RouteSignal signal, long sentAt, long now) {
    switch (signal) {
      case SERVED -> served(now);
      case THROTTLED -> refused(sentAt, now);
      case FAILED -> failed(sentAt, now);
      case NEUTRAL -> {}
    }
  }

  private void served(long now) {
    served.add(now);
    missed = 0;
    inFlight = Math.min(maxInFlight, inFlight + (slowStart ? 1 : 1 / inFlight));
  }

  /** What was sent before the last cut says nothing about the rate since. */
  private void refused(long sentAt, long now) {
    if (sentAt - cutAt < 0) {
      return;
    }
    filled = now;
    if (Double.isFinite(rate) && sentAt - cutAt < SECOND) {
      missed = Math.clamp(2 * missed, 1, MAX_MISSED);
      allowance = Math.min(allowance, 1 - missed);
      return;
    }
    ceiling = Math.max(MIN_RATE, borne(sentAt, now));
    rate = Math.max(MIN_RATE, ceiling * CUT);
    cutAt = now;
    allowance = 0;
    missed = 0;
  }

  /** What the server bears, as far as a refusal shows. */
  private double borne(long sentAt, long now) {
    if (Double.isInfinite(rate)) {
      return Math.max(sent.within(1, sentAt) - 1, served.within(1, now));
    }
    // A second refusal so soon tells that it bears far less.
    double min = rate * (now - cutAt < 2 * SECOND ? KEPT_IN_A_ROW : KEPT);
    return Math.min(rate, Math.max(servedRate(now), min));
  }

  private void failed(long sentAt, long now) {
    slowStart = false;
    if (sentAt - calmAt >= 0) {
      calmAt = now;
      inFlight = Math.max(1, inFlight * FEWER_IN_FLIGHT);
    }
  }

  private void grow(long now) {
    double seconds = (now - cutAt) / 1e9;
    // Where few are sent, one refusal weighs more, and is risked less often.
    double back = Math.clamp(BACK_REQUESTS / ceiling, BACK_SECONDS, MAX_BACK_SECONDS);
    double wanted = ceiling * (1 + (1 - CUT) * Math.pow(seconds / back - 1, 3));
    // What nobody asks for says nothing about what the server bears.
    double request = Math.max(1, servedRate(now)) * 1.5;
    rate = Math.max(MIN_RATE, Math.max(Math.min(rate, wanted), Math.min(wanted, request)));
  }

  private double servedRate(long now) {
    double seconds = Math.min(2 * SECOND, Math.max(SLOT_NANOS, now - begin)) / 1e9;
    return served.within(2, now) / seconds;
  }
}
