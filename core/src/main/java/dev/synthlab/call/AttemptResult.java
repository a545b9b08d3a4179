package dev.synthlab.call;

import dev.synthlab.http.Headers;
import dev.synthlab.http.TransportException;
import java.io.InputStream;
import java.time.Duration;

/** What one attempt brought back. */
public sealed interface AttemptResult {

  /**
   * An answer's head, with its body still open.
   *
   * @param status the HTTP status
   * @param headers the header fields
   * @param body the bytes; bounded by the attempt's time. Closing it ends the attempt.
   */
  record ResponseReceived(int status, Headers headers, InputStream body) implements AttemptResult {}

  /**
   * No whole answer.
   *
   * @param cause how far it came, and why it broke
   */
  record TransportFailed(TransportException cause) implements AttemptResult {}

  /**
   * Nothing was sent.
   *
   * @param reason what held it back
   * @param pause how long it would have had to wait
   */
  record NotPermitted(Reason reason, Duration pause) implements AttemptResult {
    /** What holds a call back. */
    public enum Reason {
      /** The server asked to wait. */
      PAUSE,
      /** A limit of ours on what is sent in a time is reached. */
      LIMIT,
      /** The breaker is open. */
      BREAKER,
      /** As many requests are under way as may be. */
      PLACE
    }
  }
}
