package dev.synthlab.batch;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.JsonAutoDetect.Visibility;
import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;

/** A snapshot of the progress of a bulk run. Immutable. */
@JsonAutoDetect(fieldVisibility = Visibility.ANY, getterVisibility = Visibility.NONE)
public final class RunProgress {
  private final long total;
  private final long doneBefore;
  private final long answered;
  private final long failed;
  private final long ended;
  private final long inFlight;
  private final long inputTokens;
  private final long outputTokens;
  private final long cached;
  private final RunCost cost;
  private final Duration elapsed;
  private final Map<String, Long> failures;

  /** Called with the lock of the counters held. */
  RunProgress(RunStats stats) {
    total = stats.rows();
    doneBefore = stats.doneBefore();
    answered = stats.answered();
    failures = stats.failures();
    failed = stats.failed();
    ended = stats.ended();
    inFlight = stats.inFlight();
    inputTokens = stats.inputTokens();
    outputTokens = stats.outputTokens();
    cached = stats.cached();
    cost = stats.cost();
    elapsed = stats.elapsed();
  }

  /**
   * The rows of the input, up to the limit.
   *
   * @return a count; it grows while the input is scanned
   */
  public long total() {
    return total;
  }

  /**
   * The rows that needed nothing when the run began.
   *
   * @return a count
   */
  public long doneBefore() {
    return doneBefore;
  }

  /**
   * The rows with an answer, those of earlier runs included.
   *
   * @return a count
   */
  public long answered() {
    return answered;
  }

  /**
   * The rows whose last line is a failure, those of earlier runs included.
   *
   * @return a count
   */
  public long failed() {
    return failed;
  }

  /**
   * The rows that got a line in this run.
   *
   * @return a count
   */
  public long ended() {
    return ended;
  }

  /**
   * The calls in flight.
   *
   * @return a count
   */
  public long inFlight() {
    return inFlight;
  }

  /**
   * The tokens sent in this run.
   *
   * @return a count
   */
  public long inputTokens() {
    return inputTokens;
  }

  /**
   * The tokens received in this run.
   *
   * @return a count
   */
  public long outputTokens() {
    return outputTokens;
  }

  /**
   * The answers of this run that came from the cache; nothing was sent for them.
   *
   * @return a count
   */
  public long cached() {
    return cached;
  }

  /**
   * The cost of the job.
   *
   * @return what is known of it
   */
  public RunCost cost() {
    return cost;
  }

  /**
   * The time since the run began.
   *
   * @return a duration
   */
  public Duration elapsed() {
    return elapsed;
  }

  /**
   * The failed rows by error code, malformed lines as {@code invalid_line}.
   *
   * @return counts by code
   */
  public Map<String, Long> failures() {
    return Collections.unmodifiableMap(failures);
  }

  /**
   * The rows that need nothing more.
   *
   * @return those done before and those of this run
   */
  public long done() {
    return doneBefore + ended;
  }

  /**
   * The rows per second of this run.
   *
   * @return 0 at the beginning
   */
  public double rate() {
    return elapsed.isZero() ? 0 : ended * 1e9 / elapsed.toNanos();
  }

  /**
   * The time left, at the rate so far.
   *
   * @return empty while no row has ended
   */
  public Optional<Duration> left() {
    double rate = rate();
    return rate == 0
        ? Optional.empty()
        : Optional.of(Duration.ofMillis(Math.round((total - done()) * 1e3 / rate)));
  }
}
