package dev.synthlab.http;

import dev.synthlab.json.Json;
import dev.synthlab.logging.Redactor;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** Reads bodies within bounds. */
public final class BodyReader {
  /** The largest body that is read into memory, inflated. */
  public static final int MAX_BYTES = Json.MAX_BYTES;

  private BodyReader() {}

  /** A body was larger than allowed; what was read is dropped. */
  public static final class TooLargeException extends IOException {
    private static final long serialVersionUID = 1L;

    TooLargeException(long limit) {
      this("the body", limit);
    }

    /**
     * What was too large.
     *
     * @param what of which there was too much
     * @param limit the most bytes allowed
     */
    public TooLargeException(String what, long limit) {
      super(what + " is larger than " + limit + " bytes");
    }
  }

  /**
   * Reads a body to its end.
   *
   * @param body the bytes; not closed
   * @param limit the most bytes allowed
   * @return all of them
   * @throws TooLargeException when there are more
   * @throws IOException when the body breaks
   */
  public static byte[] whole(InputStream body, int limit) throws IOException {
    byte[] bytes = body.readNBytes(limit);
    if (bytes.length == limit && body.read() >= 0) {
      throw new TooLargeException(limit);
    }
    return bytes;
  }

  /** A body that fails when it goes on beyond a limit, and keeps how it began. For one thread. */
  public static final class Bounded extends FilterInputStream {
    private static final int KEPT = 8 * 1024;

    private final ByteArrayOutputStream kept = new ByteArrayOutputStream(512);
    private final long limit;
    private long seen;

    /**
     * A body within a limit.
     *
     * @param body the bytes; closed with this
     * @param limit the most bytes allowed
     */
    public Bounded(InputStream body, long limit) {
      super(body);
      this.limit = limit;
    }

    /**
     * How the body began, as far as it was read, without keys.
     *
     * @return a few thousand characters at most
     */
    public String beginning() {
      String text = kept.toString(StandardCharsets.UTF_8);
      return kept.size() < KEPT ? Redactor.redact(text) : Redactor.redactCut(text);
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
        kept.write(into, from, Math.min(read, KEPT - kept.size()));
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
   * @param limit the most bytes wanted
   * @return at most that many
   * @throws IOException when the body breaks before
   */
  public static byte[] beginning(InputStream body, int limit) throws IOException {
    return body.readNBytes(limit);
  }
}
