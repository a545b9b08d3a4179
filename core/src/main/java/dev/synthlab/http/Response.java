package dev.synthlab.http;

import java.io.InputStream;
import java.util.Objects;

/**
 * Status and headers of an answer, with its body still open.
 *
 * @param status the HTTP status code
 * @param headers the header fields
 * @param body the bytes, already inflated; reading fails with a {@link TransportException}. Closing
 *     it, from any thread, ends the exchange: a body that was read to its end gives the connection
 *     back, any other closes the socket.
 */
public record Response(int status, Headers headers, InputStream body) {

  /** Refuses what is missing. */
  public Response {
    Objects.requireNonNull(headers);
    Objects.requireNonNull(body);
  }
}
