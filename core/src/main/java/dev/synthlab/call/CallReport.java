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
 * @param held how much of that it was held back by pauses and limits before it could be sent
 * @param attempts every request that was sent, in order
 * @param spend what it used
 * @param fault why it failed, or empty
 * @param cached whether its answer was known, so that nothing was sent and nothing paid
 */
public record CallReport(
    Route route,
    Instant started,
    Duration elapsed,
    Duration held,
    List<Attempt> attempts,
    Spend spend,
    Optional<Fault> fault,
    boolean cached) {
  /** Keeps a copy of the list. */
  public CallReport {
    attempts = List.copyOf(attempts);
  }

  /**
   * How a call went whose answer was not known before.
   *
   * @param route where it went, at last
   * @param started when it was begun
   * @param elapsed from the beginning to the end
   * @param held how much of that it was held back
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
    this(route, started, elapsed, held, attempts, spend, fault, false);
  }
}
