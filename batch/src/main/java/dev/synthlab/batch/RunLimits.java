package dev.synthlab.batch;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Optional;

/**
 * The limits of a run.
 *
 * @param concurrency the maximum number of calls in flight
 * @param stall how long the run continues without any answer
 * @param deadline how long it takes new rows
 * @param grace how long calls in flight may take to end after it was stopped
 * @param maxCostUsd the maximum cost of the job, earlier runs included
 */
record RunLimits(
    int concurrency,
    Duration stall,
    Optional<Duration> deadline,
    Duration grace,
    Optional<BigDecimal> maxCostUsd) {
  RunLimits {
    if (concurrency < 1) {
      throw new IllegalArgumentException("concurrency must be at least 1, was " + concurrency);
    }
    requirePositive("stall", stall);
    deadline.ifPresent(time -> requirePositive("deadline", time));
    if (grace.isNegative()) {
      throw new IllegalArgumentException("grace must not be negative, was " + grace);
    }
    if (maxCostUsd.isPresent() && maxCostUsd.get().signum() < 0) {
      throw new IllegalArgumentException(
          "maxCostUsd must not be negative, was " + maxCostUsd.get());
    }
  }

  private static void requirePositive(String name, Duration value) {
    if (!value.isPositive()) {
      throw new IllegalArgumentException(name + " must be positive, was " + value);
    }
  }
}
