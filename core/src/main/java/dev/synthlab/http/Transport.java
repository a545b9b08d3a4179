package dev.synthlab.http;

import java.io.IOException;
import java.time.Duration;

/**
 * The one way bytes leave the process and come back.
 *
 * <p>An implementation sends a request exactly once: it never repeats it, follows no redirect and
 * judges no status. It is safe for use by many threads at once.
 *
 * <p>Interrupting the thread in {@link #send} or in a read of the body ends the exchange and closes
 * its socket within a second; so does closing the {@link Response} from any thread.
 */
public interface Transport extends AutoCloseable {

  /**
   * Sends the request and waits for status and headers; the body is then still open.
   *
   * @param request what to send
   * @param within how long it may take until the headers are here, connecting included; positive.
   *     The time of the body is the caller's to bound, by closing the response.
   * @return status, headers and the open body; the caller closes it
   * @throws TransportException when no complete answer head arrived; it tells how far it came
   * @throws InterruptedException when the thread was interrupted
   */
  Response send(Request request, Duration within) throws IOException, InterruptedException;

  /** Ends what is under way and gives back connections and threads. */
  @Override
  default void close() {}
}
