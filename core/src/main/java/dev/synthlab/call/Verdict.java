package dev.synthlab.call;

import java.time.Duration;
import java.util.Optional;

/**
 * What an {@link AttemptResult} means for a call. The rooms above say what; the loop decides when.
 *
 * @param <T> what the call gives
 */
public sealed interface Verdict<T> {

  /**
   * The call has its answer.
   *
   * @param value the answer
   * @param <T> what the call gives
   */
  record Accept<T>(T value) implements Verdict<T> {}

  /**
   * The same request may be sent again.
   *
   * @param fault what went wrong
   * @param pause how long the server asked everybody to wait; then the attempt does not count
   * @param <T> what the call gives
   */
  record TryAgain<T>(Fault fault, Optional<Duration> pause) implements Verdict<T> {}

  /**
   * Another request takes its place, at once.
   *
   * @param exchange the request to go on with
   * @param fault what was wrong with this one
   * @param <T> what the call gives
   */
  record ReplaceWith<T>(Exchange<T> exchange, Fault fault) implements Verdict<T> {}

  /**
   * No repetition can help.
   *
   * @param fault what went wrong
   * @param <T> what the call gives
   */
  record GiveUp<T>(Fault fault) implements Verdict<T> {}
}
