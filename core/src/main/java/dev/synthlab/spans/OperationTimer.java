package dev.synthlab.spans;

import dev.synthlab.Internal;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A timer of one request to a model, waits and all attempts included. Only its first end is
 * recorded. Safe for use by many threads.
 */
@Internal
public final class OperationTimer {
  /** A timer that records nothing. */
  public static final OperationTimer NOOP = new OperationTimer();

  private final @Nullable Instruments instruments;
  private final @Nullable Operation operation;
  private final long begin;
  private final AtomicBoolean ended = new AtomicBoolean();

  private OperationTimer() {
    this.instruments = null;
    this.operation = null;
    this.begin = 0;
  }

  OperationTimer(Instruments instruments, Operation operation) {
    this.instruments = instruments;
    this.operation = operation;
    this.begin = System.nanoTime();
  }

  /**
   * The operation, its model and its server.
   *
   * @param name the name of the operation, for example {@code chat}
   * @param provider the provider of the API, for example {@code openai}
   * @param model the requested model
   * @param server the host of the server
   * @param port its port, unless it is the default port
   */
  public record Operation(
      String name, String provider, String model, String server, OptionalInt port) {}

  /**
   * Whether anything is recorded.
   *
   * @return false if its other methods do nothing
   */
  public boolean isRecorded() {
    return instruments != null;
  }

  /** Records the time to the first token. */
  public void recordFirstToken() {
    Instruments to = instruments;
    Operation what = operation;
    if (to != null && what != null) {
      to.recordFirstToken(what, seconds());
    }
  }

  /**
   * Records the end of an operation with an answer.
   *
   * @param model the model that the response names; empty if it names none
   * @param problem the error type if the answer cannot be used
   * @param input the input tokens as counted by the provider; 0 if unknown
   * @param output the output tokens as counted by the provider; 0 if unknown
   */
  public void recordAnswer(String model, Optional<String> problem, long input, long output) {
    Instruments to = instruments;
    Operation what = operation;
    if (to != null && what != null && ended.compareAndSet(false, true)) {
      to.recordOperation(what, model, problem, seconds());
      to.recordTokens(what, model, input, output);
    }
  }

  /**
   * Records the end of an operation whose completion came from the cache.
   *
   * @param model the model that the original response named
   */
  public void recordCacheHit(String model) {
    Instruments to = instruments;
    Operation what = operation;
    if (to != null && what != null && ended.compareAndSet(false, true)) {
      to.recordCacheHit(what, model, seconds());
    }
  }

  /**
   * Records the end of an operation that failed.
   *
   * @param errorType the error type
   */
  public void recordFailure(String errorType) {
    Instruments to = instruments;
    Operation what = operation;
    if (to != null && what != null && ended.compareAndSet(false, true)) {
      to.recordOperation(what, "", Optional.of(errorType), seconds());
    }
  }

  private double seconds() {
    return (System.nanoTime() - begin) / 1e9;
  }
}
