package dev.synthlab.trace;

import java.util.concurrent.atomic.LongAdder;

/** Counts spans on their way. Safe for use by many threads. */
final class Tally {
  private final LongAdder ended = new LongAdder();
  private final LongAdder arrived = new LongAdder();

  void ended() {
    ended.increment();
  }

  void arrived(int spans) {
    arrived.add(spans);
  }

  Delivery so(String place) {
    // In this order: what ends meanwhile must not look as if more arrived than ended.
    long there = arrived.sum();
    return new Delivery(place, ended.sum(), there);
  }
}
