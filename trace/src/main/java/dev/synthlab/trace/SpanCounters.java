package dev.synthlab.trace;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** Counts spans on their way. Safe for use by many threads. */
final class SpanCounters {
  private final LongAdder ended = new LongAdder();
  private final LongAdder arrived = new LongAdder();
  private final LongAdder failed = new LongAdder();
  private final AtomicLong max = new AtomicLong();
  private final long queue;
  private volatile boolean over;

  /** Of spans of which so many may be on their way at once. */
  SpanCounters(long queue) {
    this.queue = queue;
  }

  void ended() {
    ended.increment();
  }

  void arrived(int spans) {
    arrived.add(spans);
  }

  /** These will not arrive. */
  void failed(int spans) {
    failed.add(spans);
  }

  /** Nothing more is on its way. */
  void close() {
    over = true;
  }

  /**
   * Spans that are known not to arrive; never falls. While some are on their way it is those whose
   * sending failed, and as many of the dropped ones as no queue could hold; at the end it is exact.
   */
  long lost() {
    long there = arrived.sum();
    long gone = failed.sum();
    long all = ended.sum();
    long sure = over ? all - there : gone + Math.max(0, all - there - gone - queue);
    return max.accumulateAndGet(sure, Math::max);
  }

  ExportStats so(String place) {
    // In this order: what ends meanwhile must not look as if more arrived than ended.
    long there = arrived.sum();
    return new ExportStats(place, ended.sum(), there);
  }
}
