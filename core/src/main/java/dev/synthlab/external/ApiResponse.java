package dev.synthlab.external;

import dev.synthlab.http.Headers;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * A whole answer, with its headers.
 *
 * @param status the HTTP status
 * @param headers the header fields
 * @param bytes the body, not copied
 */
@SuppressWarnings("ArrayRecordComponent") // a copy of every answer would be paid on every call
public record ApiResponse(int status, Headers headers, byte[] bytes) {

  /** Refuses what is missing. */
  public ApiResponse {
    Objects.requireNonNull(headers);
    Objects.requireNonNull(bytes);
  }

  /**
   * The body as text.
   *
   * @return UTF-8, what is none replaced
   */
  public String text() {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  @Override
  public String toString() {
    return status + ", " + bytes.length + " bytes";
  }
}
