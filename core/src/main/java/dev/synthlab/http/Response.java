package dev.synthlab.http;

import java.io.InputStream;
import java.util.Objects;

/**
 * An HTTP response with an open body.
 *
 * @param status the HTTP status code
 * @param headers the header fields
 * @param body the decompressed bytes; a read that fails throws a {@link TransportException}.
 *     Closing it, from any thread, ends the exchange: if it was read to its end, the connection
 *     returns to the pool, otherwise the socket is closed.
 */
public record Response(int status, Headers headers, InputStream body) {

  /** Requires all parts. */
  public Response {
    Objects.requireNonNull(headers);
    Objects.requireNonNull(body);
  }
}
