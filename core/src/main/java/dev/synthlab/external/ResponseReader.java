package dev.synthlab.external;

import dev.synthlab.call.AttemptResult;
import java.io.IOException;

/**
 * How a good answer is read.
 *
 * @param <T> what it gives
 */
@FunctionalInterface
interface ResponseReader<T> {

  /** Reads the body; closes it, unless it lives on. */
  T read(AttemptResult.ResponseReceived answer) throws IOException, JsonCodec.UnreadableException;

  /** Whether what it gives holds the body open. */
  default boolean live() {
    return false;
  }

  /** Whether only silence bounds the body, not the time of an attempt. */
  default boolean transfers() {
    return false;
  }

  /** Whether it takes an answer of this status. */
  default boolean accepts(int status) {
    return status / 100 == 2;
  }

  /** Does something when what it gave is over. */
  default void onEnd(T value, Runnable then) {
    then.run();
  }
}
