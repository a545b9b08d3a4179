package dev.synthlab.batch;

import dev.synthlab.config.Utf8;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Reads the lines of a file into one reused buffer. Of a line longer than the maximum, only the
 * beginning is kept. For one thread.
 */
final class LineReader implements RecordReader {
  static final int MAX_INPUT = 16 << 20;
  private static final int MAX_RESULT = 128 << 20;

  private static final int PIECE = 1 << 18;

  private final InputStream file;
  private byte[] buffer = new byte[PIECE];
  private final int max;
  private long base;
  private int filled;
  private int from;
  private int to;
  private int next;
  private int number;
  private long offset;
  private boolean ended;
  private boolean tooLong;

  private LineReader(InputStream file, int max) {
    this.file = file;
    this.max = max;
  }

  LineReader(Path path, int max) throws IOException {
    // A plain stream: a channel would be closed by an interrupt of the reading thread.
    this(new FileInputStream(path.toFile()), max);
  }

  /** The lines of an input. */
  static LineReader ofInput(Path path) throws IOException {
    InputStream text =
        Utf8.checked(new FileInputStream(path.toFile()), reason -> InputFile.refused(path, reason));
    return new LineReader(text, MAX_INPUT);
  }

  /** The lines of a results file: longer than input lines, as answers are escaped in them. */
  static LineReader ofResults(Path path) throws IOException {
    return new LineReader(path, MAX_RESULT);
  }

  @Override
  public boolean next() throws IOException {
    from = next;
    tooLong = false;
    int search = from;
    while (true) {
      int newline = indexOfNewline(buffer, search, filled);
      if (newline >= 0) {
        return found(newline, newline + 1, true);
      }
      if (filled - from > max) {
        return passOver();
      }
      search = filled - from;
      boolean more = fill();
      search += from;
      if (!more) {
        return filled > from && found(filled, filled, false);
      }
    }
  }

  private boolean found(int end, int nextStart, boolean whole) {
    to = end;
    offset = base + from;
    tooLong = end - from > max;
    next = nextStart;
    ended = whole;
    number++;
    return true;
  }

  private boolean passOver() throws IOException {
    tooLong = true;
    offset = base + from;
    to = filled;
    ended = false;
    number++;
    byte[] piece = new byte[PIECE];
    long passed = base + filled;
    while (true) {
      int read = file.read(piece);
      if (read < 0) {
        break;
      }
      int newline = indexOfNewline(piece, 0, read);
      if (newline >= 0) {
        ended = true;
        keepRest(piece, newline + 1, read, passed + newline + 1);
        return true;
      }
      passed += read;
    }
    keepRest(piece, 0, 0, passed);
    return true;
  }

  /** What was read beyond a line that is too long goes behind it, so that it stays readable. */
  private void keepRest(byte[] piece, int start, int end, long offset) {
    int length = end - start;
    if (filled + length > buffer.length) {
      buffer = Arrays.copyOf(buffer, filled + length);
    }
    System.arraycopy(piece, start, buffer, filled, length);
    next = filled;
    filled += length;
    base = offset - next;
  }

  private boolean fill() throws IOException {
    if (from > 0) {
      System.arraycopy(buffer, from, buffer, 0, filled - from);
      base += from;
      filled -= from;
      from = 0;
      next = 0;
    }
    if (buffer.length - filled < PIECE / 2) {
      buffer = Arrays.copyOf(buffer, buffer.length * 2);
    }
    int read = file.read(buffer, filled, Math.min(PIECE, buffer.length - filled));
    if (read < 0) {
      return false;
    }
    filled += read;
    return true;
  }

  private static int indexOfNewline(byte[] bytes, int start, int end) {
    int at = ByteScan.first(bytes, start, end, ByteScan.NEWLINES, ByteScan.NEWLINES);
    return at < end ? at : -1;
  }

  @Override
  public byte[] bytes() {
    return buffer;
  }

  @Override
  public int from() {
    return from;
  }

  /** Where the line ends in {@link #bytes()}, its newline not counted. */
  @Override
  public int to() {
    return to;
  }

  /** Where the line begins in the file. */
  long offset() {
    return offset;
  }

  @Override
  public long nextOffset() {
    return base + next;
  }

  @Override
  public int number() {
    return number;
  }

  /** Whether a newline ended it; false for a torn last line. */
  boolean ended() {
    return ended;
  }

  @Override
  public boolean tooLong() {
    return tooLong;
  }

  /** Nothing but white space, or a byte order mark. */
  @Override
  public boolean blank() {
    return RowHasher.start(buffer, from, to) == to;
  }

  /** The line's own bytes. */
  byte[] copy() {
    return Arrays.copyOfRange(buffer, from, to);
  }

  @Override
  public Optional<String> problem() {
    return Optional.empty();
  }

  @Override
  public Optional<List<String>> columns() {
    return Optional.empty();
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
