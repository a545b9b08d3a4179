package dev.synthlab.batch;

import java.io.Closeable;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;

/** Reads the rows that must be sent, in the order of the input. For one thread at a time. */
final class InputRows implements Closeable {
  private final InputFile input;
  private final RecordReader lines;
  private final RowTable table;
  private final RowStatuses statuses;
  private final BulkOptions options;
  private final RowHasher scan;
  private long seen;

  InputRows(InputFile input, RowTable table, RowStatuses statuses, BulkOptions options)
      throws IOException {
    this.input = input;
    this.lines = input.open();
    this.scan = input.scan();
    this.table = table;
    this.statuses = statuses;
    this.options = options;
  }

  /**
   * A row that must be sent, not yet parsed.
   *
   * @param key which row
   * @param line its bytes
   * @param before its status when the run began
   */
  record Waiting(Row.Key key, Line line, short before) {}

  /** The next row, or none after the last. */
  Optional<Waiting> next() throws IOException {
    while (seen < options.input().limit().orElse(Long.MAX_VALUE) && lines.next()) {
      if (lines.blank()) {
        continue;
      }
      seen++;
      scan.scan(lines);
      String id = scan.id(lines.number());
      int row = table.find(ByteScan.hash(id));
      if (row < 0 || table.hash(row) != scan.hash()) {
        throw new BatchException(
            BatchException.Kind.INPUT_CHANGED,
            input.path()
                + " was changed during the run (line "
                + lines.number()
                + "); run it again");
      }
      short before = table.end(row);
      if (statuses.isToSend(before, options.failures().retry())) {
        Row.Key key = new Row.Key(row, id, lines.number(), scan.hash());
        return Optional.of(new Waiting(key, copy(lines, scan), before));
      }
    }
    return Optional.empty();
  }

  /** A copy of the bytes of a line, with the findings of the scan. */
  static final class Line {
    private final byte[] bytes;
    private final boolean tooLong;
    private final boolean unusableId;
    private final Optional<String> problem;

    private Line(byte[] bytes, boolean tooLong, boolean unusableId, Optional<String> problem) {
      this.bytes = bytes;
      this.tooLong = tooLong;
      this.unusableId = unusableId;
      this.problem = problem;
    }

    byte[] bytes() {
      return bytes;
    }

    boolean tooLong() {
      return tooLong;
    }

    boolean unusableId() {
      return unusableId;
    }

    /** What is wrong with its syntax in the file. */
    Optional<String> problem() {
      return problem;
    }
  }

  static Line copy(RecordReader lines, RowHasher scan) {
    byte[] bytes =
        lines.tooLong() ? new byte[0] : Arrays.copyOfRange(lines.bytes(), lines.from(), lines.to());
    return new Line(bytes, lines.tooLong(), scan.unusableId(), lines.problem());
  }

  @Override
  public void close() throws IOException {
    lines.close();
  }
}
