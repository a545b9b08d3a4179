package dev.synthlab.spans;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One request to a model as it is measured, from its beginning to its end, waits and all attempts
 * included. Its end counts once. Safe for use by many threads.
 */
public final class OperationTimer {
  /** What nobody measures. */
  public static final OperationTimer UNSEEN = new OperationTimer();

  private final @Nullable Instruments instruments;
  private final @Nullable Asked request;
  private final long begin;
  private final AtomicBoolean over = new AtomicBoolean();

  private OperationTimer() {
    this.instruments = null;
    this.request = null;
    this.begin = 0;
  }

  OperationTimer(Instruments instruments, Asked request) {
    this.instruments = instruments;
    this.request = request;
    this.begin = System.nanoTime();
  }

  /**
   * What is asked, and of whom.
   *
   * @param operation the verb, for example {@code chat}
   * @param provider whose interface is spoken, for example {@code openai}
   * @param model what is asked for
   * @param server the host
   * @param port its port, unless it is the usual one
   */
  public record Asked(
      String operation, String provider, String model, String server, OptionalInt port) {}

  /** The first piece of the answer came. */
  public void firstToken() {
    Instruments to = instruments;
    Asked what = request;
    if (to != null && what != null) {
      to.firstToken(what, seconds());
    }
  }

  /**
   * The answer is there.
   *
   * @param model that answered; empty when it is not said
   * @param problem why the answer is not what was asked for, in one word
   * @param input tokens, as the provider counted them; 0 when it did not
   * @param output tokens, as the provider counted them; 0 when it did not
   */
  public void answered(String model, Optional<String> problem, long input, long output) {
    Instruments to = instruments;
    Asked what = request;
    if (to != null && what != null && over.compareAndSet(false, true)) {
      to.ended(what, model, problem, seconds());
      to.used(what, model, input, output);
    }
  }

  /**
   * The answer was there from before: nothing was sent.
   *
   * @param model that had answered
   */
  public void cacheHit(String model) {
    Instruments to = instruments;
    Asked what = request;
    if (to != null && what != null && over.compareAndSet(false, true)) {
      to.cached(what, model, seconds());
    }
  }

  /**
   * There is none.
   *
   * @param reason in one word
   */
  public void failed(String reason) {
    Instruments to = instruments;
    Asked what = request;
    if (to != null && what != null && over.compareAndSet(false, true)) {
      to.ended(what, "", Optional.of(reason), seconds());
    }
  }

  private double seconds() {
    return (System.nanoTime() - begin) / 1e9;
  }
}
