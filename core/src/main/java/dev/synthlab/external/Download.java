package dev.synthlab.external;

import dev.synthlab.http.Headers;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A response body that is streamed. It holds a connection until it is closed. One thread reads, any
 * thread may close.
 */
public final class Download implements AutoCloseable {
  private final Headers headers;
  private final InputStream bytes;
  private final AtomicReference<Runnable> onClose = new AtomicReference<>(() -> {});

  Download(Headers headers, InputStream bytes) {
    this.headers = headers;
    this.bytes = bytes;
  }

  /** Sets the action that runs once when this is closed. */
  void onClose(Runnable action) {
    onClose.set(action);
  }

  /** A downloaded file. Immutable. */
  public static final class Saved {
    private final Path path;
    private final long bytes;
    private final String sha256;

    Saved(Path path, long bytes, String sha256) {
      this.path = Objects.requireNonNull(path);
      this.bytes = bytes;
      this.sha256 = Objects.requireNonNull(sha256);
    }

    /**
     * The path of the file.
     *
     * @return as it was passed
     */
    public Path path() {
      return path;
    }

    /**
     * The size of the file.
     *
     * @return in bytes
     */
    public long bytes() {
      return bytes;
    }

    /**
     * The SHA-256 of the file.
     *
     * @return in hexadecimal digits, lower case
     */
    public String sha256() {
      return sha256;
    }

    @Override
    public String toString() {
      return path + ", " + bytes + " bytes";
    }
  }

  /**
   * The header fields of the response.
   *
   * @return in their order
   */
  public Headers headers() {
    return headers;
  }

  /**
   * The media type.
   *
   * @return empty if the service sent none
   */
  public Optional<String> contentType() {
    return headers.first("content-type");
  }

  /**
   * The length of the body.
   *
   * @return in bytes; empty if the service sent none
   */
  public OptionalLong length() {
    String given = headers.first("content-length").map(String::strip).orElse("");
    return given.matches("\\d{1,18}")
        ? OptionalLong.of(Long.parseLong(given))
        : OptionalLong.empty();
  }

  /**
   * The body. Reading fails with an {@link java.io.IOException} if the connection breaks, if no
   * data comes for the timeout of an attempt, and if the body exceeds its maximum.
   *
   * @return the open stream; the same each time
   */
  public InputStream bytes() {
    return bytes;
  }

  @Override
  public void close() {
    try {
      bytes.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      onClose.getAndSet(() -> {}).run();
    }
  }
}
