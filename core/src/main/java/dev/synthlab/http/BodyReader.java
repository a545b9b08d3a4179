package dev.synthlab.http;

import dev.synthlab.Internal;
import dev.synthlab.json.Json;
import dev.synthlab.logging.Redactor;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A reader of bodies up to a maximum size. */
@Internal
public final class BodyReader {
  /** The maximum size of a body that is read into memory, after decompression. */
  public static final int MAX_BYTES = Json.MAX_BYTES;

  /** Most answers are shorter; {@code readNBytes} alone would take 16 KB for each. */
  private static final int USUAL_BYTES = 2048;

  private BodyReader() {}

  /** The exception for a body that is larger than allowed; what was read is discarded. */
  public static final class TooLargeException extends IOException {
    private static final long serialVersionUID = 1L;

    TooLargeException(long limit) {
      this("the body", limit);
    }

    /**
     * Creates the exception.
     *
     * @param what the thing that is too large
     * @param limit the maximum number of bytes
     */
    public TooLargeException(String what, long limit) {
      super(what + " is larger than " + limit + " bytes");
    }
  }

  /**
   * Reads a body to its end.
   *
   * @param body the bytes; not closed
   * @param limit the maximum number of bytes
   * @return all bytes
   * @throws TooLargeException if there are more
   * @throws IOException if the body cannot be read
   */
  public static byte[] whole(InputStream body, int limit) throws IOException {
    byte[] first = new byte[Math.min(USUAL_BYTES, limit)];
    int size = body.readNBytes(first, 0, first.length);
    if (size < first.length) {
      return Arrays.copyOf(first, size);
    }
    byte[] rest = body.readNBytes(limit - size);
    if (rest.length == limit - size && body.read() >= 0) {
      throw new TooLargeException(limit);
    }
    byte[] all = Arrays.copyOf(first, size + rest.length);
    System.arraycopy(rest, 0, all, size, rest.length);
    return all;
  }

  /** A body with a maximum size, which also keeps its beginning for messages. For one thread. */
  public static final class Bounded extends FilterInputStream {
    private static final int MAX_BEGINNING = 8 * 1024;

    private final ByteArrayOutputStream beginning = new ByteArrayOutputStream(512);
    private final long limit;
    private long seen;

    /**
     * Wraps a body.
     *
     * @param body the bytes; closed with this stream
     * @param limit the maximum number of bytes
     */
    public Bounded(InputStream body, long limit) {
      super(body);
      this.limit = limit;
    }

    /**
     * The beginning of the body, as far as it was read, redacted.
     *
     * @return at most a few thousand characters
     */
    public String beginning() {
      String text = beginning.toString(StandardCharsets.UTF_8);
      return beginning.size() < MAX_BEGINNING ? Redactor.redact(text) : Redactor.redactCut(text);
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] into, int from, int length) throws IOException {
      int read = super.read(into, from, length);
      if (read > 0) {
        beginning.write(into, from, Math.min(read, MAX_BEGINNING - beginning.size()));
        seen += read;
        if (seen > limit) {
          throw new TooLargeException(limit);
        }
      }
      return read;
    }
  }

  /**
   * Reads the beginning of a body.
   *
   * @param body the bytes; not closed
   * @param limit the maximum number of bytes
   * @return at most that many
   * @throws IOException if the body cannot be read
   */
  public static byte[] beginning(InputStream body, int limit) throws IOException {
    return body.readNBytes(limit);
  }
}
