package dev.synthlab.batch;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * Finds the id of an input line and a 64-bit hash of its content, in its bytes and without objects.
 * White space between tokens, the order of the keys and the escapes of characters do not change the
 * hash. Reused for every line; for one thread.
 *
 * <p>It reads leniently. Invalid JSON is reported by the {@link RowParser}; here such a line is
 * hashed byte by byte, and its id is taken if it stood before the damage.
 */
final class RowHasher {
  private static final int MAX_DEPTH = 1_000;
  private static final long CUSTOM_ID = ByteScan.hash("custom_id");
  private static final long ID = ByteScan.hash("id");

  private final long customIdName;
  private final long idName;
  private final long[] wanted;
  private final boolean[] found;

  private byte[] bytes = new byte[0];
  private byte[] plain = new byte[256];
  private int at;
  private int to;
  private boolean broken;
  private boolean escaped;
  private long hash;
  private Optional<String> customId = Optional.empty();
  private Optional<String> plainId = Optional.empty();
  private boolean unusableId;

  RowHasher() {
    this(InputFormat.JSON_LINES);
  }

  /** A hasher for an id column and a template of the format. */
  RowHasher(InputFormat format) {
    Optional<Long> column = format.idColumn().map(ByteScan::hash);
    customIdName = column.orElse(CUSTOM_ID);
    idName = column.orElse(ID);
    wanted =
        format.template().stream()
            .flatMap(template -> template.variables().stream())
            .mapToLong(ByteScan::hash)
            .toArray();
    found = new boolean[wanted.length];
  }

  /** Scans the current record. */
  void scan(RecordReader records) {
    scan(records.bytes(), records.from(), records.to());
    if (records.tooLong()) {
      hash = ByteScan.mixed(hash + records.nextOffset());
    }
  }

  void scan(byte[] line, int from, int end) {
    bytes = line;
    to = end(line, from, end);
    at = start(line, from, to);
    int first = at;
    broken = false;
    customId = Optional.empty();
    plainId = Optional.empty();
    unusableId = false;
    Arrays.fill(found, false);
    long structure = value(0);
    space();
    hash = broken || at != to ? ByteScan.hash(bytes, first, to) : structure;
  }

  /** The hash of the last scanned line. */
  long hash() {
    return hash;
  }

  /** Its id, or the number of the line in eight digits. */
  String id(int line) {
    if (unusableId) {
      return byNumber(line);
    }
    return customId.or(() -> plainId).orElseGet(() -> byNumber(line));
  }

  /** Whether the line names an id of its own. */
  boolean named() {
    return !unusableId && (customId.isPresent() || plainId.isPresent());
  }

  /** Whether its id is neither a text nor a number. */
  boolean unusableId() {
    return unusableId;
  }

  /** Whether the line has a value for every name that the template knows. */
  boolean foundAll() {
    for (boolean each : found) {
      if (!each) {
        return false;
      }
    }
    return true;
  }

  private static String byNumber(int line) {
    return String.format(Locale.ROOT, "%08d", line);
  }

  /** The index after white space and a byte order mark. */
  static int start(byte[] line, int from, int to) {
    int start = from;
    if (to - start >= 3
        && line[start] == (byte) 0xEF
        && line[start + 1] == (byte) 0xBB
        && line[start + 2] == (byte) 0xBF) {
      start += 3;
    }
    while (start < to && isSpace(line[start])) {
      start++;
    }
    return start;
  }

  /** The index of the white space at the end, such as a carriage return. */
  static int end(byte[] line, int from, int to) {
    int end = to;
    while (end > from && isSpace(line[end - 1])) {
      end--;
    }
    return end;
  }

  private static boolean isSpace(byte b) {
    return b == ' ' || b == '\t' || b == '\r' || b == '\n';
  }

  private void space() {
    while (at < to && isSpace(bytes[at])) {
      at++;
    }
  }

  private long value(int depth) {
    space();
    if (at >= to || depth > MAX_DEPTH) {
      broken = true;
      return 0;
    }
    return switch (bytes[at]) {
      case '{' -> object(depth);
      case '[' -> array(depth);
      case '"' -> ByteScan.mixed(string() + 1);
      default -> ByteScan.mixed(literal() + 2);
    };
  }

  private long object(int depth) {
    at++;
    long members = 0;
    int count = 0;
    while (!broken) {
      space();
      if (taken('}')) {
        return ByteScan.mixed(members + count + 3);
      }
      if (count > 0) {
        expect(',');
        space();
      }
      if (at >= to || bytes[at] != '"') {
        broken = true;
        return 0;
      }
      long name = string();
      space();
      expect(':');
      space();
      int start = at;
      long value = value(depth + 1);
      // A sum: the order of the members does not count.
      members += ByteScan.mixed(name * 31 + value);
      count++;
      if (depth == 0 && !broken) {
        note(name, start);
      }
    }
    return 0;
  }

  private long array(int depth) {
    at++;
    long hash = 4;
    int count = 0;
    while (!broken) {
      space();
      if (taken(']')) {
        return ByteScan.mixed(hash);
      }
      if (count > 0) {
        expect(',');
      }
      hash = ByteScan.mixed(hash * 31 + value(depth + 1));
      count++;
    }
    return 0;
  }

  private boolean taken(char expected) {
    if (at < to && bytes[at] == expected) {
      at++;
      return true;
    }
    return false;
  }

  private void expect(char expected) {
    if (!taken(expected)) {
      broken = true;
    }
  }

  private long literal() {
    int start = at;
    while (at < to && !isSpace(bytes[at]) && ",]}:\"{[".indexOf(bytes[at]) < 0) {
      at++;
    }
    if (at == start) {
      broken = true;
    }
    return ByteScan.hash(bytes, start, at);
  }

  /** Skips a string; the hash is that of its characters. */
  private long string() {
    int start = ++at;
    skipString();
    if (broken) {
      return 0;
    }
    int end = at - 1;
    if (!escaped) {
      return ByteScan.hash(bytes, start, end);
    }
    int length = unescape(start, end);
    return ByteScan.hash(plain, 0, length);
  }

  private void skipString() {
    escaped = false;
    while (true) {
      at = ByteScan.first(bytes, at, to, ByteScan.QUOTES, ByteScan.BACKSLASHES);
      if (at >= to || (bytes[at] == '\\' && at + 1 >= to)) {
        broken = true;
        return;
      }
      if (bytes[at] == '"') {
        at++;
        return;
      }
      escaped = true;
      at += 2;
    }
  }

  /** Fills {@code plain} with what the escaped characters mean, and returns how many bytes. */
  private int unescape(int start, int end) {
    int room = end - start + Long.BYTES; // a torn escape at the end can grow
    if (plain.length < room) {
      plain = new byte[Math.max(room, plain.length * 2)];
    }
    int length = 0;
    int i = start;
    while (i < end) {
      int run = i;
      i = ByteScan.first(bytes, i, end, ByteScan.BACKSLASHES, ByteScan.BACKSLASHES);
      System.arraycopy(bytes, run, plain, length, i - run);
      length += i - run;
      if (i >= end) {
        break;
      }
      byte sign = bytes[i + 1];
      i += 2;
      if (sign != 'u') {
        plain[length++] = simpleEscape(sign);
        continue;
      }
      int unit = hex(i, end);
      i = Math.min(i + 4, end);
      if (Character.isHighSurrogate((char) unit) && i + 1 < end && bytes[i] == '\\') {
        int low = bytes[i + 1] == 'u' ? hex(i + 2, end) : 0;
        if (Character.isLowSurrogate((char) low)) {
          unit = Character.toCodePoint((char) unit, (char) low);
          i = Math.min(i + 6, end);
        }
      }
      boolean alone = unit >= Character.MIN_SURROGATE && unit <= Character.MAX_SURROGATE;
      length = encode(alone ? 0xFFFD : unit, length);
    }
    return length;
  }

  /** An escape is never shorter than the UTF-8 of what it means, so there is room. */
  private int encode(int point, int at) {
    int next = at;
    if (point < 0x80) {
      plain[next++] = (byte) point;
    } else if (point < 0x800) {
      plain[next++] = (byte) (0xC0 | (point >> 6));
      plain[next++] = (byte) (0x80 | (point & 0x3F));
    } else if (point < 0x10000) {
      plain[next++] = (byte) (0xE0 | (point >> 12));
      plain[next++] = (byte) (0x80 | ((point >> 6) & 0x3F));
      plain[next++] = (byte) (0x80 | (point & 0x3F));
    } else {
      plain[next++] = (byte) (0xF0 | (point >> 18));
      plain[next++] = (byte) (0x80 | ((point >> 12) & 0x3F));
      plain[next++] = (byte) (0x80 | ((point >> 6) & 0x3F));
      plain[next++] = (byte) (0x80 | (point & 0x3F));
    }
    return next;
  }

  private static byte simpleEscape(byte sign) {
    return switch (sign) {
      case 'n' -> '\n';
      case 't' -> '\t';
      case 'r' -> '\r';
      case 'b' -> '\b';
      case 'f' -> '\f';
      default -> sign;
    };
  }

  /** Four hexadecimal digits; what is none makes the line broken. */
  private int hex(int start, int end) {
    int unit = 0;
    for (int i = start; i < start + 4; i++) {
      int digit = i < end ? Character.digit((char) bytes[i], 16) : -1;
      if (digit < 0) {
        broken = true;
        return 0xFFFD;
      }
      unit = unit * 16 + digit;
    }
    return unit;
  }

  private void note(long name, int start) {
    for (int i = 0; i < wanted.length; i++) {
      found[i] |= wanted[i] == name && bytes[start] != 'n';
    }
    if (name == customIdName || name == idName) {
      noteId(name, start);
    }
  }

  private void noteId(long name, int start) {
    Optional<String> id = idAt(start, at);
    if (name == customIdName) {
      customId = id;
    } else {
      plainId = id;
    }
  }

  private Optional<String> idAt(int start, int end) {
    byte first = bytes[start];
    if (first == '"') {
      int length = unescape(start + 1, end - 1);
      return Optional.of(new String(plain, 0, length, StandardCharsets.UTF_8));
    }
    if (first == '-' || (first >= '0' && first <= '9')) {
      return Optional.of(new String(bytes, start, end - start, StandardCharsets.UTF_8));
    }
    if (first != 'n') {
      unusableId = true;
    }
    return Optional.empty();
  }
}
