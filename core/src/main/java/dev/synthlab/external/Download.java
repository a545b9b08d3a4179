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
 * An answer that is read as it comes. It holds a connection until it is closed. One thread reads,
 * any may close.
 */
public final class Download implements AutoCloseable {
  private final Headers headers;
  private final InputStream bytes;
  private final AtomicReference<Runnable> onClose = new AtomicReference<>(() -> {});

  Download(Headers headers, InputStream bytes) {
    this.headers = headers;
    this.bytes = bytes;
  }

  /** What is done once when it is closed. */
  void onClose(Runnable last) {
    onClose.set(last);
  }

  /**
   * A file that was fetched.
   *
   * @param path where it is
   * @param bytes how many it has
   * @param sha256 its checksum, in hexadecimal digits
   */
  public record Saved(Path path, long bytes, String sha256) {
    /** Refuses what is missing. */
    public Saved {
      Objects.requireNonNull(path);
      Objects.requireNonNull(sha256);
    }
  }

  /**
   * The header fields of the answer.
   *
   * @return in their order
   */
  public Headers headers() {
    return headers;
  }

  /**
   * The media type.
   *
   * @return empty when the service named none
   */
  public Optional<String> contentType() {
    return headers.first("content-type");
  }

  /**
   * How many bytes come.
   *
   * @return empty when the service did not say
   */
  public OptionalLong length() {
    String given = headers.first("content-length").map(String::strip).orElse("");
    return given.matches("\\d{1,18}")
        ? OptionalLong.of(Long.parseLong(given))
        : OptionalLong.empty();
  }

  /**
   * The bytes. Reading fails with an {@link java.io.IOException} when they break off, when they are
   * silent too long and when there are more than allowed.
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
