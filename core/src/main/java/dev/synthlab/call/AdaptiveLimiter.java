package dev.synthlab.call;

import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;

/**
 * An adaptive rate and concurrency limiter. The maximum number of requests in flight grows with
 * each success and is cut by a failure. The rate is unlimited until the server throttles a request;
 * from then on it follows the cubic curve of RFC 9438, which returns quickly to the rate at which
 * the throttling began, stays near it, and then grows slowly. Servers usually count over at least a
 * second: within that time after a cut, a throttled request was counted together with requests from
 * before the cut, so it adds a growing wait but does not cut the rate again. Not thread-safe;
 * guarded by the lock of its gate.
 */
final class AdaptiveLimiter {
  private static final double RATE_DECREASE = 0.9;
  private static final double MIN_CAPACITY = 0.95;
  private static final double MIN_CAPACITY_AFTER_RECENT_CUT = 0.7;
  private static final double RECOVERY_SECONDS = 3.2;
  private static final double MAX_RECOVERY_SECONDS = 15;
  private static final double RECOVERY_REQUESTS = 25;
  private static final double MAX_DEBT = 8;
  private static final double MIN_RATE = 0.2;
  private static final double CONCURRENCY_DECREASE = 0.7;
  private static final double BURST_SECONDS = 0.25;
  private static final int SLOTS = 100;
  private static final long SLOTS_PER_SECOND = 10;
  private static final long SLOT_NANOS = 100_000_000;
  private static final long SECOND = SLOTS_PER_SECOND * SLOT_NANOS;

  private final int maxInFlight;
  private final SlidingCount sent = new SlidingCount();
  private final SlidingCount served = new SlidingCount();
  private final long begin;

  private double inFlight = 1;
  private boolean slowStart = true;
  private double rate = Double.POSITIVE_INFINITY;
  private double capacity;
  private double allowance = 1;
  private double debt;
  private long refilledAt;
  private long rateCutAt;
  private long concurrencyCutAt;

  AdaptiveLimiter(int maxInFlight, long now) {
    this.maxInFlight = maxInFlight;
    this.begin = now;
    this.refilledAt = now;
    this.rateCutAt = now;
    this.concurrencyCutAt = now;
  }

  /** A count of events over the last ten seconds. */
  private static final class SlidingCount {
    private final long[] slotOf = new long[SLOTS];
    private final int[] counts = new int[SLOTS];

    SlidingCount() {
      Arrays.fill(slotOf, Long.MIN_VALUE);
    }

    void add(long now) {
      long slot = Math.floorDiv(now, SLOT_NANOS);
      int index = Math.floorMod(slot, SLOTS);
      if (slotOf[index] != slot) {
        slotOf[index] = slot;
        counts[index] = 0;
      }
      counts[index]++;
    }

    /** The number of events in the given seconds before a moment. */
    int within(int seconds, long end) {
      long newest = Math.floorDiv(end, SLOT_NANOS);
      int sum = 0;
      for (int i = 0; i < SLOTS; i++) {
        boolean in = slotOf[i] <= newest && slotOf[i] > newest - seconds * SLOTS_PER_SECOND;
        sum += in ? counts[i] : 0;
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

  /** Admits one request, or returns how long it has to wait. */
  Optional<Duration> tryAcquire(long now) {
    if (Double.isFinite(rate)) {
      updateRate(now);
      // On a busy machine a thread wakes late: a short burst makes up for it.
      allowance =
          Math.min(Math.max(1, rate * BURST_SECONDS), allowance + (now - refilledAt) / 1e9 * rate);
      refilledAt = now;
      if (allowance < 1) {
        return Optional.of(Duration.ofNanos((long) Math.ceil((1 - allowance) / rate * 1e9)));
      }
      allowance -= 1;
    }
    sent.add(now);
    return Optional.empty();
  }

  void record(RouteSignal signal, long sentAt, long now) {
    switch (signal) {
      case SUCCESS -> onSuccess(now);
      case THROTTLED -> onThrottled(sentAt, now);
      case FAILURE -> onFailure(sentAt, now);
      case NEUTRAL -> {}
    }
  }

  private void onSuccess(long now) {
    served.add(now);
    debt = 0;
    inFlight = Math.min(maxInFlight, inFlight + (slowStart ? 1 : 1 / inFlight));
  }

  /** A request that was sent before the last cut says nothing about the rate since. */
  private void onThrottled(long sentAt, long now) {
    if (sentAt - rateCutAt < 0) {
      return;
    }
    refilledAt = now;
    if (Double.isFinite(rate) && sentAt - rateCutAt < SECOND) {
      debt = Math.clamp(2 * debt, 1, MAX_DEBT);
      allowance = Math.min(allowance, 1 - debt);
      return;
    }
    capacity = Math.max(MIN_RATE, measuredCapacity(sentAt, now));
    rate = Math.max(MIN_RATE, capacity * RATE_DECREASE);
    rateCutAt = now;
    allowance = 0;
    debt = 0;
  }

  /** The rate that the server accepts, as far as a throttled request shows it. */
  private double measuredCapacity(long sentAt, long now) {
    if (Double.isInfinite(rate)) {
      return Math.max(sent.within(1, sentAt) - 1, served.within(1, now));
    }
    // Throttled twice within two seconds: the server accepts far less.
    double min =
        rate * (now - rateCutAt < 2 * SECOND ? MIN_CAPACITY_AFTER_RECENT_CUT : MIN_CAPACITY);
    return Math.min(rate, Math.max(servedRate(now), min));
  }

  private void onFailure(long sentAt, long now) {
    slowStart = false;
    if (sentAt - concurrencyCutAt >= 0) {
      concurrencyCutAt = now;
      inFlight = Math.max(1, inFlight * CONCURRENCY_DECREASE);
    }
  }

  private void updateRate(long now) {
    double seconds = (now - rateCutAt) / 1e9;
    // At a low rate one throttled request costs more, so the rate recovers more slowly.
    double recovery =
        Math.clamp(RECOVERY_REQUESTS / capacity, RECOVERY_SECONDS, MAX_RECOVERY_SECONDS);
    double curve = capacity * (1 + (1 - RATE_DECREASE) * Math.pow(seconds / recovery - 1, 3));
    // Without demand, nothing is learned about the capacity of the server.
    double needed = Math.max(1, servedRate(now)) * 1.5;
    rate = Math.max(MIN_RATE, Math.max(Math.min(rate, curve), Math.min(curve, needed)));
  }

  private double servedRate(long now) {
    double seconds = Math.min(2 * SECOND, Math.max(SLOT_NANOS, now - begin)) / 1e9;
    return served.within(2, now) / seconds;
  }
}
