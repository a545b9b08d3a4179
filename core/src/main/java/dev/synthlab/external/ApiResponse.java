package dev.synthlab.external;

import dev.synthlab.http.Headers;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** A response that has been read completely. Immutable, if the bytes are not changed. */
public final class ApiResponse {
  private final int status;
  private final Headers headers;
  private final byte[] bytes;

  ApiResponse(int status, Headers headers, byte[] bytes) {
    this.status = status;
    this.headers = Objects.requireNonNull(headers);
    this.bytes = Objects.requireNonNull(bytes);
  }

  /**
   * The HTTP status.
   *
   * @return 2xx, or 304
   */
  public int status() {
    return status;
  }

  /**
   * The header fields.
   *
   * @return in their order
   */
  public Headers headers() {
    return headers;
  }

  /**
   * The body.
   *
   * @return the bytes, not copied: a copy of every response would be expensive
   */
  public byte[] bytes() {
    return bytes;
  }

  /**
   * The body as text.
   *
   * @return decoded as UTF-8; invalid bytes are replaced
   */
  public String text() {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  @Override
  public String toString() {
    return status + ", " + bytes.length + " bytes";
  }
}
