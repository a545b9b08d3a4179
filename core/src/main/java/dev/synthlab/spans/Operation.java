package dev.synthlab.spans;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One request to a model as it is measured, from its beginning to its end, waits and all attempts
 * included. Its end counts once. Safe for use by many threads.
 */
public final class Operation {
  /** What nobody measures. */
  public static final Operation UNSEEN = new Operation();

  private final @Nullable Instruments instruments;
  private final @Nullable Asked asked;
  private final long begin;
  private final AtomicBoolean over = new AtomicBoolean();

  private Operation() {
    this.instruments = null;
    this.asked = null;
    this.begin = 0;
  }

  Operation(Instruments instruments, Asked asked) {
    this.instruments = instruments;
    this.asked = asked;
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
  public void firstPiece() {
    Instruments to = instruments;
    Asked what = asked;
    if (to != null && what != null) {
      to.firstPiece(what, seconds());
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
    Asked what = asked;
    if (to != null && what != null && over.compareAndSet(false, true)) {
      to.ended(what, model, problem, seconds());
      to.used(what, model, input, output);
    }
  }

  /**
   * There is none.
   *
   * @param why in one word
   */
  public void failed(String why) {
    Instruments to = instruments;
    Asked what = asked;
    if (to != null && what != null && over.compareAndSet(false, true)) {
      to.ended(what, "", Optional.of(why), seconds());
    }
  }

  private double seconds() {
    return (System.nanoTime() - begin) / 1e9;
  }
}
