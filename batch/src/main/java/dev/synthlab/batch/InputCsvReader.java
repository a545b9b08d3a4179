package dev.synthlab.batch;

import dev.synthlab.config.Utf8;
import dev.synthlab.json.Json;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * The records of a CSV or TSV file (RFC 4180, with a header), each as a JSON object of texts. A
 * record that does not fit the header becomes a JSON array, which is no row. Leftovers of
 * spreadsheets are ignored: records and further fields without text, and missing fields below
 * columns without a name. One buffer for what is read and one for what is made of it, both used
 * again. For one thread.
 */
final class InputCsvReader implements RecordReader {
  private static final int PIECE = 1 << 18;
  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

  /** What a field ended with. */
  private enum Stop {
    DELIMITER,
    LINE,
    FILE
  }

  private final Path path;
  private final InputStream file;
  private byte delimiter;
  private final boolean[] special = new boolean[256];
  private final boolean[] specialInQuotes = new boolean[256];
  private final int max;

  private final byte[] buffer = new byte[PIECE];
  private int at;
  private int filled;
  private long consumed;
  private int line = 1;

  private byte[] json = new byte[1 << 12];
  private int length;
  private int[] starts = new int[16];
  private int fields;
  private int number;
  private boolean empty;
  private boolean tooLong;
  private Optional<String> problem = Optional.empty();

  private List<String> columns = List.of();
  private byte[][] before = {};
  private int named;

  private InputCsvReader(Path path, int max) throws IOException {
    this.path = path;
    this.file = Utf8.checked(new FileInputStream(path.toFile()), this::notUtf8);
    this.max = max;
    Arrays.fill(special, 0, ' ', true);
    special['"'] = true;
    special['\\'] = true;
    System.arraycopy(special, 0, specialInQuotes, 0, special.length);
  }

  /**
   * Opens a file and reads its header.
   *
   * @param delimiter what stands between two fields; found in the file where it is not given
   */
  static InputCsvReader open(Path path, OptionalInt delimiter) throws IOException {
    return open(path, delimiter, LineReader.MAX_INPUT);
  }

  static InputCsvReader open(Path path, OptionalInt delimiter, int max) throws IOException {
    InputCsvReader records = new InputCsvReader(path, max);
    try {
      records.begin(delimiter);
      records.readHeader();
      return records;
    } catch (IOException | RuntimeException e) {
      records.close();
      throw e;
    }
  }

  private void begin(OptionalInt given) throws IOException {
    filled = file.readNBytes(buffer, 0, buffer.length);
    if (filled >= 3
        && buffer[0] == (byte) 0xEF
        && buffer[1] == (byte) 0xBB
        && buffer[2] == (byte) 0xBF) {
      at = 3;
    }
    byte said = InputCsvDelimiter.said(buffer, at, filled);
    if (said != 0) {
      while (at < filled && buffer[at] != '\n' && buffer[at] != '\r') {
        at++;
      }
      if (at < filled) {
        endOfLine();
      }
    }
    byte found =
        said == 0 ? InputCsvDelimiter.find(buffer, at, filled, filled < buffer.length) : said;
    delimiter = (byte) given.orElse(found);
    special[delimiter] = true;
  }

  private void readHeader() throws IOException {
    if (!read()) {
      return;
    }
    if (tooLong || problem.isPresent()) {
      throw refused(
          BatchException.Kind.MALFORMED_LINE,
          "has a header that cannot be read: " + problem.orElse("it is too long"));
    }
    Set<String> seen = new HashSet<>();
    List<String> names = new ArrayList<>();
    for (int i = 0; i < fields; i++) {
      String name = headerField(i);
      // A spreadsheet leaves the name of its first column empty, or adds columns without a name.
      names.add(name.isEmpty() ? "column_" + (i + 1) : name);
      named = name.isEmpty() ? named : i + 1;
      if (!seen.add(names.get(i))) {
        throw refused(BatchException.Kind.MALFORMED_LINE, "has two columns \"" + name + "\"");
      }
    }
    columns = List.copyOf(names);
    before = new byte[names.size()][];
    for (int i = 0; i < before.length; i++) {
      String start = (i == 0 ? "{" : ",") + Json.mapper().writeValueAsString(names.get(i)) + ":";
      before[i] = start.getBytes(StandardCharsets.UTF_8);
    }
  }

  private String headerField(int index) {
    int end = index + 1 < fields ? starts[index + 1] - 1 : length - 1;
    return Json.mapper().readValue(json, starts[index], end - starts[index], String.class).strip();
  }

  private BatchException notUtf8(String reason) {
    return refused(BatchException.Kind.INPUT_UNREADABLE, reason);
  }

  private BatchException refused(BatchException.Kind kind, String reason) {
    return new BatchException(kind, path + " " + reason + "; nothing was sent");
  }

  @Override
  public boolean next() throws IOException {
    return columns.isEmpty() ? false : read();
  }

  /** Reads a record that is not empty; false when there is none. */
  private boolean read() throws IOException {
    while (more()) {
      number = line;
      length = 0;
      fields = 0;
      empty = true;
      tooLong = false;
      problem = Optional.empty();
      byte first = buffer[at];
      if (first == '\n' || first == '\r') {
        endOfLine();
        continue;
      }
      Stop stop;
      do {
        begin();
        stop = field();
      } while (stop == Stop.DELIMITER);
      if (empty && fields > 1) {
        continue;
      }
      end();
      return true;
    }
    return false;
  }

  private void begin() {
    if (fields < before.length) {
      append(before[fields], 0, before[fields].length);
    } else {
      append((byte) (fields == 0 ? '[' : ','));
    }
    if (fields == starts.length) {
      starts = Arrays.copyOf(starts, fields * 2);
    }
    starts[fields++] = length;
  }

  private void end() {
    if (before.length == 0) {
      append((byte) ']');
      return;
    }
    dropEmptyFields();
    addUnnamedFields();
    if (fields == before.length && problem.isEmpty()) {
      append((byte) '}');
    } else if (!tooLong) {
      if (fields != before.length) {
        problem =
            Optional.of(
                String.format(
                    Locale.ROOT, "it has %d fields, the header has %d", fields, before.length));
      }
      asArray();
    }
  }

  /** Behind those that the header has. */
  private void dropEmptyFields() {
    int more = fields - before.length;
    if (more > 0 && !tooLong && length - starts[before.length] + 1 == more * ",\"\"".length()) {
      length = starts[before.length] - 1;
      fields = before.length;
    }
  }

  private void addUnnamedFields() {
    boolean missing = fields >= named;
    while (missing && fields < before.length) {
      begin();
      append((byte) '"');
      append((byte) '"');
    }
  }

  /** What is no row must not be taken for one when it is run again from the errors file. */
  private void asArray() {
    byte[] object = json;
    int ended = length;
    json = new byte[object.length];
    length = 0;
    for (int i = 0; i < fields; i++) {
      int next = i + 1 < fields ? starts[i + 1] : ended;
      int named = i + 1 < before.length ? before[i + 1].length : 1;
      int stop = i + 1 < fields ? next - named : ended;
      append((byte) (i == 0 ? '[' : ','));
      append(object, starts[i], stop);
    }
    append((byte) ']');
  }

  private Stop field() throws IOException {
    append((byte) '"');
    int start = length;
    boolean quoted = more() && buffer[at] == '"';
    if (quoted) {
      at++;
      quoted();
    }
    Stop stop = unquoted(quoted);
    empty &= length == start && !tooLong;
    append((byte) '"');
    return stop;
  }

  private Stop unquoted(boolean afterQuote) throws IOException {
    while (more()) {
      int run = at;
      while (at < filled && !special[buffer[at] & 0xFF]) {
        at++;
      }
      if (at > run) {
        noteText(afterQuote);
        append(buffer, run, at);
      }
      if (at == filled) {
        continue;
      }
      byte b = buffer[at];
      if (b == delimiter) {
        at++;
        return Stop.DELIMITER;
      }
      if (b == '\n' || b == '\r') {
        endOfLine();
        return Stop.LINE;
      }
      at++;
      noteText(afterQuote);
      escape(b);
    }
    return Stop.FILE;
  }

  private void noteText(boolean afterQuote) {
    if (afterQuote && problem.isEmpty()) {
      problem = Optional.of("text follows the closing quote of field " + fields);
    }
  }

  private void quoted() throws IOException {
    int opened = line;
    while (more()) {
      int run = at;
      while (at < filled && !specialInQuotes[buffer[at] & 0xFF]) {
        at++;
      }
      append(buffer, run, at);
      if (at == filled) {
        continue;
      }
      byte b = buffer[at++];
      if (b == '"') {
        if (!more() || buffer[at] != '"') {
          return;
        }
        at++;
      } else if (b == '\n') {
        line++;
      }
      escape(b);
    }
    // All rows after it would be taken for its text.
    throw refused(
        BatchException.Kind.MALFORMED_LINE, "has a quote on line " + opened + " that never closes");
  }

  private void endOfLine() throws IOException {
    boolean carriage = buffer[at++] == '\r';
    if (carriage && more() && buffer[at] == '\n') {
      at++;
    }
    line++;
  }

  private boolean more() throws IOException {
    if (at < filled) {
      return true;
    }
    consumed += filled;
    at = 0;
    filled = Math.max(0, file.read(buffer, 0, buffer.length));
    return filled > 0;
  }

  private void escape(byte b) {
    append((byte) '\\');
    switch (b) {
      case '"', '\\' -> append(b);
      case '\n' -> append((byte) 'n');
      case '\r' -> append((byte) 'r');
      case '\t' -> append((byte) 't');
      default -> {
        append((byte) 'u');
        append((byte) '0');
        append((byte) '0');
        append(HEX[b >> 4]);
        append(HEX[b & 0xF]);
      }
    }
  }

  private void append(byte b) {
    if (makeRoom(1)) {
      json[length++] = b;
    }
  }

  private void append(byte[] bytes, int from, int to) {
    if (makeRoom(to - from)) {
      System.arraycopy(bytes, from, json, length, to - from);
      length += to - from;
    }
  }

  private boolean makeRoom(int more) {
    if (length + more > max) {
      tooLong = true;
    } else if (length + more > json.length) {
      json = Arrays.copyOf(json, Math.max(length + more, json.length * 2));
    }
    return !tooLong;
  }

  @Override
  public byte[] bytes() {
    return json;
  }

  @Override
  public int from() {
    return 0;
  }

  @Override
  public int to() {
    return length;
  }

  @Override
  public int number() {
    return number;
  }

  @Override
  public long nextOffset() {
    return consumed + at;
  }

  @Override
  public boolean tooLong() {
    return tooLong;
  }

  @Override
  public boolean blank() {
    return false;
  }

  @Override
  public Optional<String> problem() {
    return problem;
  }

  @Override
  public Optional<List<String>> columns() {
    return Optional.of(columns);
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
