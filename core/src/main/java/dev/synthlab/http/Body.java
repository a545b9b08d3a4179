package dev.synthlab.http;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;

/** The bytes of a request, and whether they can be sent again. */
public sealed interface Body {

  /**
   * No bytes.
   *
   * @return an empty body
   */
  static Body empty() {
    return new Bytes(new byte[0], "");
  }

  /**
   * JSON bytes.
   *
   * @param json UTF-8, not copied: the caller leaves them as they are
   * @return the body
   */
  static Body json(byte[] json) {
    return new Bytes(json, "application/json");
  }

  /**
   * The media type, or an empty string for none.
   *
   * @return as it goes into {@code content-type}
   */
  String contentType();

  /**
   * Whether the bytes can be sent a second time.
   *
   * @return false for {@link Once}
   */
  default boolean repeatable() {
    return !(this instanceof Once);
  }

  /** Gives a stream, and may fail. */
  @FunctionalInterface
  interface Source {
    /**
     * Opens the bytes from their beginning.
     *
     * @return a stream the caller closes
     * @throws IOException when they cannot be had
     */
    InputStream open() throws IOException;
  }

  /**
   * Bytes in memory.
   *
   * @param bytes not copied
   * @param contentType the media type
   */
  @SuppressWarnings("ArrayRecordComponent") // a copy of every request would be paid on every call
  record Bytes(byte[] bytes, String contentType) implements Body {
    /** Refuses what is missing. */
    public Bytes {
      Objects.requireNonNull(bytes);
      Objects.requireNonNull(contentType);
    }

    @Override
    public String toString() {
      return bytes.length + " bytes";
    }
  }

  /**
   * Bytes that can be opened again and again.
   *
   * @param length how many, in bytes
   * @param source opens them
   * @param contentType the media type
   */
  record Replayable(long length, Source source, String contentType) implements Body {}

  /**
   * Bytes that can be had one time only; never sent again after the first byte.
   *
   * @param stream the bytes
   * @param contentType the media type
   */
  record Once(InputStream stream, String contentType) implements Body {}
}
