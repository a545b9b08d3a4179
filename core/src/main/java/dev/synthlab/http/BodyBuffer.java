package dev.synthlab.http;

import dev.synthlab.Internal;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/**
 * A body and the part of it that has arrived and was not taken yet. Positions count from the first
 * byte that was not taken. For one thread.
 */
@Internal
public final class BodyBuffer {
  private final InputStream body;
  private byte[] bytes;
  private int begin;
  private int end;

  /**
   * Creates an empty buffer.
   *
   * @param body the bytes; not closed
   * @param size the bytes that it has room for; it grows if more are needed
   */
  public BodyBuffer(InputStream body, int size) {
    this.body = body;
    this.bytes = new byte[size];
  }

  /**
   * The number of bytes that have arrived.
   *
   * @return zero or more
   */
  public int size() {
    return end - begin;
  }

  /**
   * One byte that has arrived.
   *
   * @param at its position, below the size
   * @return the byte
   */
  public byte get(int at) {
    return bytes[begin + at];
  }

  /**
   * The position of the next line end.
   *
   * @param from the first position to look at
   * @return the position of the LF or CR; the size if none has arrived
   */
  int lineEnd(int from) {
    int at = begin + from;
    while (at < end && bytes[at] != '\n' && bytes[at] != '\r') {
      at++;
    }
    return at - begin;
  }

  /**
   * Whether these bytes are at the beginning.
   *
   * @param expected each byte as a character
   * @return false also if fewer bytes have arrived
   */
  public boolean startsWith(String expected) {
    if (size() < expected.length()) {
      return false;
    }
    for (int i = 0; i < expected.length(); i++) {
      if (bytes[begin + i] != (byte) expected.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /**
   * A part as text. Bytes that are not UTF-8 are replaced.
   *
   * @param from the position of its first byte
   * @param to the position after its last byte
   * @return the text
   */
  public String text(int from, int to) {
    return new String(bytes, begin + from, to - from, StandardCharsets.UTF_8);
  }

  /**
   * Takes bytes from the beginning.
   *
   * @param count at most the size
   */
  public void take(int count) {
    begin += count;
  }

  /**
   * Waits for more bytes.
   *
   * @return false at the end of the body
   * @throws IOException if the body cannot be read
   */
  public boolean fill() throws IOException {
    if (begin == end) {
      begin = 0;
      end = 0;
    } else if (end == bytes.length) {
      int size = size();
      byte[] room = size > bytes.length / 2 ? new byte[more(bytes.length)] : bytes;
      System.arraycopy(bytes, begin, room, 0, size);
      bytes = room;
      begin = 0;
      end = size;
    }
    int count = body.read(bytes, end, bytes.length - end);
    end += Math.max(0, count);
    return count >= 0;
  }

  /** Twice the room; beside a body that is too large for memory only one byte more. */
  private static int more(int room) {
    return Math.max(room + 1, Math.min(2 * room, BodyReader.MAX_BYTES + 1));
  }

  /**
   * Takes everything up to the end of the body.
   *
   * @param limit the maximum number of bytes
   * @return the text; bytes that are not UTF-8 are replaced
   * @throws BodyReader.TooLargeException if there are more bytes
   * @throws IOException if the body cannot be read
   */
  public String rest(int limit) throws IOException {
    while (fill()) {
      requireAtMost(limit);
    }
    requireAtMost(limit);
    String text = text(0, size());
    begin = end;
    return text;
  }

  private void requireAtMost(int limit) throws BodyReader.TooLargeException {
    if (size() > limit) {
      throw new BodyReader.TooLargeException(limit);
    }
  }
}
