package dev.synthlab.batch;

import dev.synthlab.call.CallReport;
import dev.synthlab.call.Timer;
import dev.synthlab.llm.Completion;
import dev.synthlab.llm.Usage;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The counters of a run. Safe for use by many threads. */
final class RunStats {
  private final Timer timer;
  private final RowStatuses statuses;
  private final long begun;
  private final Latencies latencies = new Latencies();
  private long[] byEnd = new long[16];
  private long total;
  private long before;
  private long ended;
  private long inFlight;
  private long inputTokens;
  private long outputTokens;
  private RunCost cost = RunCost.NONE;
  private long attempts;
  private long unsaved;
  private long cached;

  RunStats(Timer timer, RowStatuses statuses) {
    this.timer = timer;
    this.statuses = statuses;
    this.begun = timer.nanos();
  }

  /** Counts a row of the input with its status before the run. */
  synchronized void found(short end, boolean wanted) {
    total++;
    before += wanted ? 0 : 1;
    count(end, 1);
  }

  synchronized void sent() {
    inFlight++;
  }

  /** Takes back {@link #sent}. */
  synchronized void neverSent() {
    inFlight--;
  }

  synchronized void received(CallReport report) {
    inFlight--;
    attempts += report.attempts().size();
  }

  /** Sets the cost of earlier runs. */
  synchronized void costBefore(BigDecimal usd) {
    cost = cost.after(usd);
  }

  /** The cost of the job so far, earlier runs included. */
  synchronized BigDecimal spentUsd() {
    return cost.totalUsd();
  }

  synchronized void used(Completion answer) {
    if (answer.cached()) {
      cached++; // its latency says nothing about the server
    } else {
      used(answer.totalUsage(), answer.totalCostUsd(), answer.report().elapsed());
    }
  }

  synchronized void used(Usage usage, Optional<BigDecimal> costUsd, Duration latency) {
    inputTokens += usage.inputTokens();
    outputTokens += usage.outputTokens();
    cost = costUsd.map(cost::and).orElseGet(cost::andOneUnpriced);
    latencies.add(latency);
  }

  /** Counts a new line of a row. */
  synchronized void ended(short before, short now) {
    count(before, -1);
    count(now, 1);
    ended++;
  }

  /** Counts an answer that could not be written. */
  synchronized void unsaved() {
    unsaved++;
  }

  synchronized long remaining() {
    return total - before - ended;
  }

  private void count(short end, int change) {
    if (end >= byEnd.length) {
      byEnd = Arrays.copyOf(byEnd, end * 2);
    }
    byEnd[end] += change;
  }

  synchronized Map<String, Long> failures() {
    Map<String, Long> failures = new TreeMap<>();
    for (short end = 0; end < byEnd.length; end++) {
      if (RowStatuses.isFailure(end) && byEnd[end] > 0) {
        failures.merge(statuses.code(end), byEnd[end], Long::sum);
      }
    }
    return failures;
  }

  synchronized long failed() {
    return failures().values().stream().mapToLong(Long::longValue).sum();
  }

  synchronized Duration elapsed() {
    return Duration.ofNanos(timer.nanos() - begun);
  }

  synchronized long rows() {
    return total;
  }

  synchronized long doneBefore() {
    return before;
  }

  synchronized long answered() {
    return byEnd[RowStatuses.ANSWERED] + byEnd[RowStatuses.TRUNCATED];
  }

  synchronized long truncated() {
    return byEnd[RowStatuses.TRUNCATED];
  }

  synchronized long open() {
    return byEnd[RowStatuses.OPEN];
  }

  synchronized long ended() {
    return ended;
  }

  synchronized long unsavedAnswers() {
    return unsaved;
  }

  synchronized long inFlight() {
    return inFlight;
  }

  synchronized long inputTokens() {
    return inputTokens;
  }

  synchronized long outputTokens() {
    return outputTokens;
  }

  synchronized long cached() {
    return cached;
  }

  synchronized long attempts() {
    return attempts;
  }

  synchronized RunCost cost() {
    return cost;
  }

  /** The time that this share of the answers took at most. */
  synchronized Duration latency(double share) {
    return latencies.at(share);
  }

  synchronized RunProgress progress() {
    return new RunProgress(this);
  }

  synchronized Summary summary(
      Summary.End end, String reason, long rowsNotInInput, List<String> notes) {
    return new Summary(end, reason, this, rowsNotInInput, notes);
  }

  /** A histogram of the latencies of calls, exact to 5 %. */
  private static final class Latencies {
    private static final double STEP = Math.log(1.05);

    private final long[] counts = new long[512];
    private long all;

    void add(Duration latency) {
      double millis = Math.max(1.0, latency.toNanos() / 1e6);
      counts[(int) Math.min(counts.length - 1, Math.log(millis) / STEP)]++;
      all++;
    }

    Duration at(double share) {
      long wanted = (long) Math.ceil(share * all);
      long seen = 0;
      for (int i = 0; i < counts.length && all > 0; i++) {
        seen += counts[i];
        if (seen >= wanted) {
          return Duration.ofMillis(Math.round(Math.exp((i + 0.5) * STEP)));
        }
      }
      return Duration.ZERO;
    }
  }
}
