package dev.synthlab.call;

import dev.synthlab.Internal;

/**
 * Whether the body of a response is read whole or as a stream, and until when the timeout of an
 * attempt counts.
 */
@Internal
public enum BodyMode {
  /** The body is read to its end within the attempt; the timeout limits the whole attempt. */
  WHOLE,
  /**
   * The value holds the body open after the call has returned. The timeout limits the time until
   * {@link Exchange#judge} accepts the response, and then each read of the body.
   */
  STREAM,
  /**
   * The body is read to its end within the attempt, however long that takes, as for a file. The
   * timeout limits the time until the headers have arrived, and then each read of the body.
   */
  TRANSFER
}
