package dev.synthlab.http;

import java.io.IOException;
import java.time.Duration;

/**
 * The interface that sends HTTP requests.
 *
 * <p>An implementation sends a request exactly once: it does not retry, follows no redirects, and
 * returns every status as a response. It is safe for use by many threads.
 *
 * <p>Interrupting the thread in {@link #send} or in a read of the body ends the exchange and closes
 * its socket within a second; so does closing the {@link Response} from any thread.
 */
public interface Transport extends AutoCloseable {

  /**
   * Sends a request and waits for the status and the headers; the body is then still open.
   *
   * @param request the request
   * @param within the time limit until the headers have arrived, connecting included; positive. The
   *     caller limits the time of the body by closing the response.
   * @return the response; the caller closes its body
   * @throws TransportException if the headers did not arrive; it names the phase that was reached
   * @throws InterruptedException if the thread is interrupted
   */
  Response send(Request request, Duration within) throws IOException, InterruptedException;

  /** Cancels all exchanges and releases connections and threads. */
  @Override
  default void close() {}
}
