package dev.synthlab.call;

import dev.synthlab.Internal;
import java.time.Duration;
import java.util.Optional;

/**
 * The decision of an {@link Exchange} about the result of an attempt. The exchange decides what
 * follows, the call loop when.
 *
 * @param <T> the type of the value
 */
@Internal
public sealed interface Verdict<T> {

  /**
   * The call has succeeded.
   *
   * @param value the value
   * @param <T> the type of the value
   */
  record Accept<T>(T value) implements Verdict<T> {}

  /**
   * The same request may be sent again.
   *
   * @param fault why the attempt failed
   * @param pause the time that the server asked to wait; no call of the route is sent before
   * @param throttled whether the server only asked for fewer requests: for a bulk run the attempt
   *     then does not count
   * @param <T> the type of the value
   */
  record TryAgain<T>(Fault fault, Optional<Duration> pause, boolean throttled)
      implements Verdict<T> {

    /**
     * Creates the verdict on an attempt that failed.
     *
     * @param fault why the attempt failed
     * @param pause the time that the server asked to wait
     */
    public TryAgain(Fault fault, Optional<Duration> pause) {
      this(fault, pause, false);
    }
  }

  /**
   * Another request replaces this one immediately.
   *
   * @param exchange the request to send instead
   * @param fault why the attempt failed
   * @param <T> the type of the value
   */
  record ReplaceWith<T>(Exchange<T> exchange, Fault fault) implements Verdict<T> {}

  /**
   * The call has failed permanently.
   *
   * @param fault why it failed
   * @param <T> the type of the value
   */
  record GiveUp<T>(Fault fault) implements Verdict<T> {}
}
