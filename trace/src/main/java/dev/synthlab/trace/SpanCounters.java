package dev.synthlab.trace;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** Counters of ended, exported and failed spans. Thread-safe. */
final class SpanCounters {
  private final LongAdder ended = new LongAdder();
  private final LongAdder exported = new LongAdder();
  private final LongAdder failed = new LongAdder();
  private final AtomicLong maxLost = new AtomicLong();
  private final long maxInFlight;
  private volatile boolean closed;

  /**
   * @param maxInFlight the maximum number of spans that are queued or being sent
   */
  SpanCounters(long maxInFlight) {
    this.maxInFlight = maxInFlight;
  }

  void ended() {
    ended.increment();
  }

  void exported(int spans) {
    exported.add(spans);
  }

  /** Counts spans whose export failed. */
  void failed(int spans) {
    failed.add(spans);
  }

  /** Marks the end: no span is queued or being sent any more. */
  void close() {
    closed = true;
  }

  /**
   * The number of lost spans; it never decreases. Before the end it is a lower bound: the failed
   * ones, and those that exceed the capacity of the queue. After {@link #close()} it is exact.
   */
  long lost() {
    long confirmed = exported.sum();
    long notSent = failed.sum();
    long all = ended.sum();
    long certain =
        closed ? all - confirmed : notSent + Math.max(0, all - confirmed - notSent - maxInFlight);
    return maxLost.accumulateAndGet(certain, Math::max);
  }

  ExportStats stats(String endpoint) {
    // In this order, so that never more spans are exported than ended.
    long confirmed = exported.sum();
    return new ExportStats(new ExportStats.Values(endpoint, ended.sum(), confirmed));
  }
}
