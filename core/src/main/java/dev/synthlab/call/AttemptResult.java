package dev.synthlab.call;

import dev.synthlab.Internal;
import dev.synthlab.http.Headers;
import dev.synthlab.http.TransportException;
import java.io.InputStream;
import java.time.Duration;

/** The result of one attempt: a response, a transport failure, or no permission to send. */
@Internal
public sealed interface AttemptResult {

  /**
   * A response with an open body.
   *
   * @param status the HTTP status
   * @param headers the header fields
   * @param body the bytes; reads are limited by the timeout of the attempt. Closing the body ends
   *     the attempt.
   * @param onEvent what the reader of a stream calls at an event: from then on only silence is
   *     limited, and no longer the time of the whole attempt
   */
  record ResponseReceived(int status, Headers headers, InputStream body, Runnable onEvent)
      implements AttemptResult {
    /**
     * A response that is no stream.
     *
     * @param status the HTTP status
     * @param headers the header fields
     * @param body the bytes
     */
    public ResponseReceived(int status, Headers headers, InputStream body) {
      this(status, headers, body, () -> {});
    }
  }

  /**
   * A request without a complete response.
   *
   * @param cause the phase that was reached, and the reason
   */
  record TransportFailed(TransportException cause) implements AttemptResult {}

  /**
   * A request that was not sent.
   *
   * @param reason why it could not be sent
   * @param pause the time that it would have had to wait
   */
  record NotPermitted(WaitReason reason, Duration pause) implements AttemptResult {}
}
