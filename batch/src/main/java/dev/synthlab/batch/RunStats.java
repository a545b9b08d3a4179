package dev.synthlab.batch;

import dev.synthlab.call.CallReport;
import dev.synthlab.call.Timer;
import dev.synthlab.llm.Completion;
import dev.synthlab.llm.Usage;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Counts while a run goes on. Safe for use by many threads. */
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
  private Cost cost = Cost.NONE;
  private long attempts;
  private long unkept;
  private long cached;

  RunStats(Timer timer, RowStatuses statuses) {
    this.timer = timer;
    this.statuses = statuses;
    this.begun = timer.nanos();
  }

  /** A row of the input, as it stood when the run began. */
  synchronized void found(short end, boolean wanted) {
    total++;
    before += wanted ? 0 : 1;
    count(end, 1);
  }

  synchronized void sent() {
    inFlight++;
  }

  /** It could not be sent after all. */
  synchronized void neverSent() {
    inFlight--;
  }

  synchronized void came(CallReport report) {
    inFlight--;
    attempts += report.attempts().size();
  }

  /** What earlier runs have cost. */
  synchronized void costBefore(BigDecimal usd) {
    cost = cost.after(usd);
  }

  /** What the job has cost so far. */
  synchronized BigDecimal spentUsd() {
    return cost.totalUsd();
  }

  synchronized void used(Completion answer) {
    if (answer.cached()) {
      cached++; // what it once took says nothing of the server
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

  /** A row has a new line. */
  synchronized void ended(short before, short now) {
    count(before, -1);
    count(now, 1);
    ended++;
  }

  /** An answer came that could not be written. */
  synchronized void unkept() {
    unkept++;
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

  private Map<String, Long> failures() {
    Map<String, Long> failures = new TreeMap<>();
    for (short end = 0; end < byEnd.length; end++) {
      if (RowStatuses.isFailure(end) && byEnd[end] > 0) {
        failures.merge(statuses.code(end), byEnd[end], Long::sum);
      }
    }
    return failures;
  }

  private long failed() {
    return failures().values().stream().mapToLong(Long::longValue).sum();
  }

  private Duration elapsed() {
    return Duration.ofNanos(timer.nanos() - begun);
  }

  synchronized BulkRun.Progress progress() {
    return new BulkRun.Progress(
        total,
        before,
        byEnd[RowStatuses.ANSWERED] + byEnd[RowStatuses.TRUNCATED],
        failed(),
        ended,
        inFlight,
        inputTokens,
        outputTokens,
        cached,
        cost,
        elapsed(),
        failures());
  }

  synchronized Summary summary(
      Summary.End end, String reason, long vanished, java.util.List<String> notes) {
    return new Summary(
        end,
        reason,
        total,
        byEnd[RowStatuses.ANSWERED] + byEnd[RowStatuses.TRUNCATED],
        byEnd[RowStatuses.TRUNCATED],
        failed(),
        failures(),
        byEnd[RowStatuses.OPEN],
        before,
        ended,
        vanished,
        unkept,
        inputTokens,
        outputTokens,
        cached,
        cost,
        attempts,
        elapsed(),
        latencies.at(0.5),
        latencies.at(0.95),
        notes);
  }

  synchronized long failedRows() {
    return failed();
  }

  synchronized long rows() {
    return total;
  }

  /** How long calls took, to within five in a hundred, in a few hundred counters. */
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
