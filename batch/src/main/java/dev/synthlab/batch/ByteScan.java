package dev.synthlab.batch;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Searches and hashes bytes, eight at a time. */
final class ByteScan {
  static final long NEWLINES = 0x0A0A0A0A0A0A0A0AL;
  static final long QUOTES = 0x2222222222222222L;
  static final long BACKSLASHES = 0x5C5C5C5C5C5C5C5CL;

  private static final long ONES = 0x0101010101010101L;
  private static final long HIGHS = 0x8080808080808080L;
  private static final long FIRST = 0x9E3779B97F4A7C15L;
  private static final long SECOND = 0xC2B2AE3D27D4EB4FL;
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private ByteScan() {}

  static long at(byte[] bytes, int index) {
    return (long) LONGS.get(bytes, index);
  }

  /**
   * Where one of two bytes stands first.
   *
   * @param pattern the byte, eight times
   * @param other the other byte, eight times
   * @return its index, or {@code to}
   */
  static int first(byte[] bytes, int from, int to, long pattern, long other) {
    int at = from;
    for (; at + Long.BYTES <= to; at += Long.BYTES) {
      long word = at(bytes, at);
      long found = equalBytes(word ^ pattern) | equalBytes(word ^ other);
      if (found != 0) {
        return at + (Long.numberOfTrailingZeros(found) >>> 3);
      }
    }
    while (at < to && bytes[at] != (byte) pattern && bytes[at] != (byte) other) {
      at++;
    }
    return at;
  }

  /** The high bit of the lowest zero byte; above it bits may be set that mean nothing. */
  private static long equalBytes(long difference) {
    return (difference - ONES) & ~difference & HIGHS;
  }

  /** A 64-bit hash of bytes, the same on every machine and in every version. */
  static long hash(byte[] bytes, int from, int to) {
    long hash = FIRST ^ (to - from);
    int at = from;
    for (; at + Long.BYTES <= to; at += Long.BYTES) {
      hash = Long.rotateLeft((hash ^ at(bytes, at)) * SECOND, 31) * FIRST;
    }
    for (; at < to; at++) {
      hash = Long.rotateLeft((hash ^ (bytes[at] & 0xff)) * SECOND, 23) * FIRST;
    }
    return mixed(hash);
  }

  /** The hash of an id, or of a name. */
  static long hash(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return hash(bytes, 0, bytes.length);
  }

  /** Every bit of the result depends on every bit of {@code value}. */
  static long mixed(long value) {
    long v = (value ^ (value >>> 33)) * 0xFF51AFD7ED558CCDL;
    v = (v ^ (v >>> 33)) * 0xC4CEB9FE1A85EC53L;
    return v ^ (v >>> 33);
  }
}
