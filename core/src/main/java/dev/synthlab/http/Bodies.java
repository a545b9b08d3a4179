package dev.synthlab.http;

import java.io.IOException;
import java.io.InputStream;

/** Reads bodies within bounds. */
public final class Bodies {
  /** The largest body that is read into memory, inflated. */
  public static final int MAX_BYTES = 16 * 1024 * 1024;

  private Bodies() {}

  /** A body was larger than allowed; what was read is dropped. */
  public static final class TooLargeException extends IOException {
    private static final long serialVersionUID = 1L;

    TooLargeException(int limit) {
      super("the body is larger than " + limit + " bytes");
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
