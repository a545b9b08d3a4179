package dev.synthlab.call;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * How one call went, whatever its end.
 *
 * @param route where it went, at last
 * @param started when it was begun
 * @param elapsed from the beginning to the end
 * @param queued how much of that it was held back by pauses and limits before it could be sent
 * @param attempts every request that was sent, in order
 * @param spend what it used
 * @param fault why it failed, or empty
 * @param metadata what it was about
 */
public record CallReport(
    Route route,
    Instant started,
    Duration elapsed,
    Duration queued,
    List<Attempt> attempts,
    Spend spend,
    Optional<Fault> fault,
    CallMetadata metadata) {
  /** Keeps a copy of the list. */
  public CallReport {
    attempts = List.copyOf(attempts);
  }

  /**
   * A report that does not say what the call was about.
   *
   * @param route where it went, at last
   * @param started when it was begun
   * @param elapsed from the beginning to the end
   * @param held how much of that it was held back by pauses and limits before it could be sent
   * @param attempts every request that was sent, in order
   * @param spend what it used
   * @param fault why it failed, or empty
   */
  public CallReport(
      Route route,
      Instant started,
      Duration elapsed,
      Duration held,
      List<Attempt> attempts,
      Spend spend,
      Optional<Fault> fault) {
    this(route, started, elapsed, held, attempts, spend, fault, CallMetadata.NONE);
  }

  /**
   * Whether its answer was known, so that nothing was sent and nothing paid.
   *
   * @return false for a call that was sent
   */
  public boolean cached() {
    return metadata.answer().cached();
  }

  /**
   * The same call with another end.
   *
   * @param used what it used
   * @param reason why it failed, or empty
   * @return a new report
   */
  public CallReport with(Spend used, Optional<Fault> reason) {
    return new CallReport(route, started, elapsed, queued, attempts, used, reason, metadata);
  }
}
