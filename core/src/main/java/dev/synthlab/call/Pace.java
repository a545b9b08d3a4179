package dev.synthlab.call;

import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;

/**
 * Finds out how many requests a server bears. How many may be in flight grows with every answer
 * until the server shows that it is too many. How many a second are sent is free until the server
 * refuses one; from then on it follows the cubic curve of RFC 9438, which comes quickly back to
 * where the refusal came, stays near it, and then feels its way up. Not thread-safe; its lane's
 * lock guards it.
 */
final class Pace {
  private static final double CUT = 0.9;
  private static final double GROWTH = 0.06;
  private static final double LEAST_RATE = 0.2;
  private static final double FEWER_IN_FLIGHT = 0.7;
  private static final double CAUGHT_UP_SECONDS = 0.25;
  private static final int SLOTS = 20;
  private static final long SLOT_NANOS = 100_000_000;

  private final int mostInFlight;
  private final long[] slotOf = new long[SLOTS];
  private final int[] servedIn = new int[SLOTS];
  private final long begin;

  private double inFlight = 1;
  private boolean slowStart = true;
  private double rate = Double.POSITIVE_INFINITY;
  private double ceiling;
  private double allowance = 1;
  private long filled;
  private long cutAt;
  private long calmAt;

  Pace(int mostInFlight, long now) {
    this.mostInFlight = mostInFlight;
    this.begin = now;
    this.filled = now;
    this.cutAt = now;
    this.calmAt = now;
    Arrays.fill(slotOf, Long.MIN_VALUE);
  }

  int inFlight() {
    return (int) Math.min(mostInFlight, inFlight);
  }

  double rate() {
    return rate;
  }

  /** Takes one request, or says how long to wait for it. */
  Optional<Duration> take(long now) {
    if (Double.isInfinite(rate)) {
      return Optional.empty();
    }
    grow(now);
    // Who sleeps too long on a busy machine may catch up, but not on more than a moment.
    allowance =
        Math.min(Math.max(1, rate * CAUGHT_UP_SECONDS), allowance + (now - filled) / 1e9 * rate);
    filled = now;
    if (allowance >= 1) {
      allowance -= 1;
      return Optional.empty();
    }
    return Optional.of(Duration.ofNanos((long) Math.ceil((1 - allowance) / rate * 1e9)));
  }

  void saw(Sign sign, long sent, long now) {
    switch (sign) {
      case SERVED -> served(now);
      case THROTTLED -> refused(sent, now);
      case FAILED -> failed(sent, now);
      case NEUTRAL -> {}
    }
  }

  private void served(long now) {
    long slot = Math.floorDiv(now, SLOT_NANOS);
    int index = Math.floorMod(slot, SLOTS);
    if (slotOf[index] != slot) {
      slotOf[index] = slot;
      servedIn[index] = 0;
    }
    servedIn[index]++;
    inFlight = Math.min(mostInFlight, inFlight + (slowStart ? 1 : 1 / inFlight));
  }

  /** What was sent before the last cut says nothing about the rate since. */
  private void refused(long sent, long now) {
    if (sent - cutAt < 0) {
      return;
    }
    double seen = servedRate(now);
    ceiling = Double.isInfinite(rate) ? seen : Math.min(rate, Math.max(seen, rate * CUT));
    ceiling = Math.max(LEAST_RATE, ceiling);
    rate = Math.max(LEAST_RATE, ceiling * CUT);
    cutAt = now;
    allowance = 0;
    filled = now;
  }

  private void failed(long sent, long now) {
    slowStart = false;
    if (sent - calmAt >= 0) {
      calmAt = now;
      inFlight = Math.max(1, inFlight * FEWER_IN_FLIGHT);
    }
  }

  private void grow(long now) {
    double seconds = (now - cutAt) / 1e9;
    double back = Math.cbrt(ceiling * (1 - CUT) / GROWTH);
    double wanted = ceiling + GROWTH * Math.pow(seconds - back, 3);
    // What nobody asks for says nothing about what the server bears.
    double borne = Math.max(1, servedRate(now)) * 1.5;
    rate = Math.max(LEAST_RATE, Math.max(Math.min(rate, wanted), Math.min(wanted, borne)));
  }

  private double servedRate(long now) {
    long newest = Math.floorDiv(now, SLOT_NANOS);
    int served = 0;
    for (int i = 0; i < SLOTS; i++) {
      if (newest - slotOf[i] < SLOTS && slotOf[i] != Long.MIN_VALUE) {
        served += servedIn[i];
      }
    }
    double seconds = Math.min(SLOTS * SLOT_NANOS, Math.max(SLOT_NANOS, now - begin)) / 1e9;
    return served / seconds;
  }
}
