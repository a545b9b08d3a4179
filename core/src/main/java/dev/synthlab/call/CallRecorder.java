package dev.synthlab.call;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.Optional;

/**
 * An observer that keeps what it hears, and has kept all of it when it is closed. Safe for use by
 * many threads.
 */
public interface CallRecorder extends CallObserver, AutoCloseable {

  /**
   * What the recorded calls have cost, those of other processes included.
   *
   * @param begin calls that began before are left out
   * @return US dollars; empty where that is not known
   */
  default Optional<BigDecimal> costUsdSince(Instant begin) {
    return Optional.empty();
  }

  /** Keeps what it has heard so far and ends; waits for that a few seconds at most. */
  @Override
  void close();
}
