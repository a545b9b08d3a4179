package dev.synthlab.external;

import dev.synthlab.call.AttemptResult;
import dev.synthlab.json.JsonCodec;
import java.io.IOException;

/**
 * Reads a successful response.
 *
 * @param <T> the type of the result
 */
@FunctionalInterface
interface ResponseReader<T> {

  /** Reads the body and closes it, unless the result is live. */
  T read(AttemptResult.ResponseReceived answer) throws IOException, JsonCodec.UnreadableException;

  /** Whether the result keeps the body open. */
  default boolean live() {
    return false;
  }

  /** Whether the timeout bounds each wait for data instead of the whole body. */
  default boolean transfers() {
    return false;
  }

  /** Whether a response of this status is a success. */
  default boolean accepts(int status) {
    return status / 100 == 2;
  }

  /** Runs an action when the result is closed, or at once if it is not live. */
  default void onEnd(T value, Runnable action) {
    action.run();
  }
}
