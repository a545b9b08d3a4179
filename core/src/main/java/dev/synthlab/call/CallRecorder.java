package dev.synthlab.call;

import dev.synthlab.Internal;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Optional;

/**
 * An observer that stores the reports it receives. When it is closed, all of them are stored. Safe
 * for use by many threads.
 */
@Internal
public interface CallRecorder extends CallObserver, AutoCloseable {

  /**
   * The cost of the recorded calls, including those of other processes.
   *
   * @param begin only calls that started at this time or later count
   * @return US dollars; empty if the cost is not known
   */
  default Optional<BigDecimal> costUsdSince(Instant begin) {
    return Optional.empty();
  }

  /** Stores the reports received so far, waiting a few seconds at most, and closes. */
  @Override
  void close();
}
