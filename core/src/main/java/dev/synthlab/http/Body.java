package dev.synthlab.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Objects;

/** The body of a request. */
public sealed interface Body {

  /**
   * The empty body.
   *
   * @return an empty body
   */
  static Body empty() {
    return new Bytes(new byte[0], "");
  }

  /**
   * A JSON body.
   *
   * @param json UTF-8; not copied, so the caller must not change it
   * @return the body
   */
  static Body json(byte[] json) {
    return new Bytes(json, "application/json");
  }

  /**
   * The media type.
   *
   * @return the value of {@code content-type}; empty for none
   */
  String contentType();

  /**
   * Whether the bytes can be sent a second time.
   *
   * @return false for {@link Once}, and for a {@link Generated} that says so
   */
  default boolean repeatable() {
    return !(this instanceof Once);
  }

  /** A supplier of a stream that may fail. */
  @FunctionalInterface
  interface Source {
    /**
     * Opens a stream from the first byte.
     *
     * @return a stream that the caller closes
     * @throws IOException if it cannot be opened
     */
    InputStream open() throws IOException;
  }

  /**
   * A body in memory.
   *
   * @param bytes not copied
   * @param contentType the media type
   */
  @SuppressWarnings("ArrayRecordComponent") // a copy would cost time in every call
  record Bytes(byte[] bytes, String contentType) implements Body {
    /** Requires all parts. */
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
   * A body that can be opened repeatedly, for example a file.
   *
   * @param length the number of bytes
   * @param source opens the body
   * @param contentType the media type
   */
  record Replayable(long length, Source source, String contentType) implements Body {}

  /**
   * A body that can be read only once; a request with it is not retried after its first byte.
   *
   * @param stream the bytes
   * @param contentType the media type
   */
  record Once(InputStream stream, String contentType) implements Body {}

  /** A writer of bytes that may fail. */
  @FunctionalInterface
  interface Writer {
    /**
     * Writes all bytes.
     *
     * @param out where they go; not closed
     * @throws IOException if they cannot be produced or sent
     */
    void writeTo(OutputStream out) throws IOException;
  }

  /**
   * A body that writes itself to the connection and is never whole in memory.
   *
   * @param writer writes the bytes, at each attempt from the first one
   * @param length the number of bytes; -1 if it is not known
   * @param repeatable whether it can be written a second time; otherwise a request with it is not
   *     retried after its first byte
   * @param contentType the media type
   */
  record Generated(Writer writer, long length, boolean repeatable, String contentType)
      implements Body {
    /** Requires all parts. */
    public Generated {
      Objects.requireNonNull(writer);
      Objects.requireNonNull(contentType);
    }
  }
}
