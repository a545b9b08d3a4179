package dev.synthlab.llm;

import dev.synthlab.Internal;
import dev.synthlab.call.CallReport;
import dev.synthlab.http.Headers;
import java.io.InputStream;
import java.util.Objects;

/**
 * The response to a {@link PassThroughRequest}: a successful one, or the last error response of a
 * call that failed, redacted.
 *
 * @param status the HTTP status
 * @param headers the header fields
 * @param body the body; a stream or a file holds its connection until it is closed or read to its
 *     end
 * @param report the attempts and waits so far
 */
@Internal
public record PassThroughResponse(
    int status, Headers headers, InputStream body, CallReport report) {
  /** Requires all parts. */
  public PassThroughResponse {
    Objects.requireNonNull(headers);
    Objects.requireNonNull(body);
    Objects.requireNonNull(report);
  }
}
