package dev.synthlab.config;

import dev.synthlab.Internal;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Function;

/**
 * The reader of every text file of the user: UTF-8, with or without a byte order mark. Text in
 * another encoding is refused, so that it is never sent in part or with wrong letters. The caller
 * makes the exception from a clause such as {@code is UTF-16; save it as UTF-8}.
 */
@Internal
public final class Utf8 {
  private static final String MARK = "\uFEFF";

  private Utf8() {}

  /**
   * The text of a file.
   *
   * @param file the file
   * @param refusal makes the exception, given the clause that says which encoding it has
   * @return its text without a byte order mark
   * @throws IOException if it cannot be read
   */
  public static String read(Path file, Function<String, ? extends RuntimeException> refusal)
      throws IOException {
    return text(Files.readAllBytes(file), refusal);
  }

  /**
   * Decodes a text.
   *
   * @param bytes the whole text
   * @param refusal makes the exception, given the clause that says which encoding it has
   * @return the text without a byte order mark
   */
  public static String text(byte[] bytes, Function<String, ? extends RuntimeException> refusal) {
    Check check = new Check(refusal);
    check.see(bytes, 0, bytes.length);
    check.end();
    String text = new String(bytes, StandardCharsets.UTF_8);
    return text.startsWith(MARK) ? text.substring(1) : text;
  }

  /**
   * A stream of the same bytes whose reads fail where they are not UTF-8, at the end at the latest.
   *
   * @param in the bytes; closed with the stream
   * @param refusal makes the exception, given the clause that says which encoding it has
   * @return a stream for one thread
   */
  public static InputStream checked(
      InputStream in, Function<String, ? extends RuntimeException> refusal) {
    return new Checked(in, new Check(refusal));
  }

  /**
   * Whether a text begins like UTF-16: with its byte order mark, or with every other byte zero, as
   * Latin letters have.
   *
   * @param bytes the text, or its beginning
   * @return whether it is UTF-16
   */
  public static boolean isUtf16(byte[] bytes) {
    int length = Math.min(bytes.length, Check.HEAD) & ~1;
    if (length < 2) {
      return false;
    }
    if ((bytes[0] & bytes[1]) == (byte) 0xFE && bytes[0] != bytes[1]) {
      return true;
    }
    int even = 0;
    int odd = 0;
    for (int i = 0; i < length; i += 2) {
      even += bytes[i] == 0 ? 1 : 0;
      odd += bytes[i + 1] == 0 ? 1 : 0;
    }
    // One letter in four, since other alphabets have them between words and lines only.
    return Math.min(even, odd) == 0 && (even + odd) * 8 >= length;
  }

  private static final class Checked extends FilterInputStream {
    private final Check check;

    Checked(InputStream in, Check check) {
      super(in);
      this.check = check;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] into, int from, int length) throws IOException {
      int read = in.read(into, from, length);
      if (read < 0) {
        check.end();
      } else {
        check.see(into, from, from + read);
      }
      return read;
    }

    @Override
    public long skip(long bytes) throws IOException {
      return readNBytes((int) Math.min(bytes, 1 << 13)).length;
    }

    @Override
    public boolean markSupported() {
      return false;
    }
  }

  /** Checks the bytes of a text, block by block. */
  private static final class Check {
    static final int HEAD = 64;
    private static final long HIGHS = 0x8080808080808080L;
    private static final long NEWLINES = 0x0A0A0A0A0A0A0A0AL;
    private static final VarHandle LONGS =
        MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final Function<String, ? extends RuntimeException> refusal;
    private final byte[] head = new byte[HEAD];
    private int headed;
    private boolean begun;
    private long line = 1;
    // The range of the next byte within a character.
    private int missing;
    private int min;
    private int max;

    Check(Function<String, ? extends RuntimeException> refusal) {
      this.refusal = refusal;
    }

    void see(byte[] bytes, int from, int to) {
      boolean waited = headed == 1 && !begun;
      if (headed < HEAD) {
        keepHead(bytes, from, to);
      }
      if (headed < 2) {
        return; // may be the first half of a byte order mark
      }
      begun = true;
      if (waited) {
        next(head[0] & 0xFF);
      }
      int at = from;
      while (at < to) {
        at = missing > 0 ? at : passAscii(bytes, at, to);
        if (at < to) {
          next(bytes[at++] & 0xFF);
        }
      }
    }

    /** Eight bytes at a time. */
    private int passAscii(byte[] bytes, int from, int to) {
      int at = from;
      for (; at + Long.BYTES <= to; at += Long.BYTES) {
        long word = (long) LONGS.get(bytes, at);
        if ((word & HIGHS) != 0) {
          break;
        }
        // The high bit of each byte that is no line feed; without high bits nothing is carried.
        line += Long.BYTES - Long.bitCount(((word ^ NEWLINES) + ~HIGHS) & HIGHS);
      }
      return at;
    }

    private void next(int b) {
      if (missing > 0) {
        follow(b);
      } else if (b >= 0x80) {
        begin(b);
      } else if (b == '\n') {
        line++;
      }
    }

    private void keepHead(byte[] bytes, int from, int to) {
      int more = Math.min(HEAD - headed, to - from);
      System.arraycopy(bytes, from, head, headed, more);
      headed += more;
      if (headed == HEAD) {
        requireNoUtf16();
      }
    }

    private void requireNoUtf16() {
      if (isUtf16(Arrays.copyOf(head, headed))) {
        throw refusal.apply("is UTF-16; save it as UTF-8");
      }
    }

    /** The first byte of a character of several; the tables of RFC 3629. */
    private void begin(int b) {
      min = b == 0xE0 ? 0xA0 : b == 0xF0 ? 0x90 : 0x80;
      max = b == 0xED ? 0x9F : b == 0xF4 ? 0x8F : 0xBF;
      if (b >= 0xC2 && b <= 0xDF) {
        missing = 1;
      } else if (b >= 0xE0 && b <= 0xEF) {
        missing = 2;
      } else if (b >= 0xF0 && b <= 0xF4) {
        missing = 3;
      } else {
        throw notUtf8();
      }
    }

    private void follow(int b) {
      if (b < min || b > max) {
        throw notUtf8();
      }
      min = 0x80;
      max = 0xBF;
      missing--;
    }

    void end() {
      if (headed == 1 && !begun) {
        next(head[0] & 0xFF);
      }
      if (missing > 0) {
        throw notUtf8();
      }
      if (headed < HEAD) {
        requireNoUtf16();
      }
    }

    private RuntimeException notUtf8() {
      requireNoUtf16();
      return refusal.apply("is not UTF-8 (line " + line + "); save it as UTF-8");
    }
  }
}
