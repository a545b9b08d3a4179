package dev.synthlab.batch;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Reads the whole input before the first call: finds its rows and those that are done, and refuses
 * an input that cannot be run.
 */
final class InputScan {
  private static final int COLUMNS_SHOWN = 20;

  private final InputFile input;
  private final Path out;
  private final RowTable table;
  private final RowStatuses statuses;
  private final BulkOptions options;
  private final Runnable stopCheck;

  /**
   * A scan.
   *
   * @param stopCheck throws when the run must stop
   */
  InputScan(
      InputFile input,
      Path out,
      RowTable table,
      RowStatuses statuses,
      BulkOptions options,
      Runnable stopCheck) {
    this.input = input;
    this.out = out;
    this.table = table;
    this.statuses = statuses;
    this.options = options;
    this.stopCheck = stopCheck;
  }

  /** Receives the rows that must be sent. */
  interface Visitor {
    void wanted(Row.Key key, InputRows.Line line);
  }

  void into(RunStats stats) {
    into(stats, Optional.empty());
  }

  void into(RunStats stats, Visitor visitor) {
    into(stats, Optional.of(visitor));
  }

  private void into(RunStats stats, Optional<Visitor> visitor) {
    RowHasher scan = input.scan();
    RowParser parser = new RowParser(options);
    long limit = options.input().limit().orElse(Long.MAX_VALUE);
    long rows = 0;
    try (RecordReader lines = input.open()) {
      lines.columns().ifPresent(this::requireColumns);
      while (lines.next()) {
        stopCheck.run();
        if (lines.blank()) {
          continue;
        }
        if (rows == 0) {
          requireOneObjectALine(lines);
        }
        scan.scan(lines);
        int row = enter(scan, lines.number());
        if (options.input().strict()) {
          requireWellFormed(parser, scan, lines, row);
        }
        if (rows++ < limit) {
          requireColumns(parser, scan, lines);
          boolean wanted = statuses.isToSend(table.end(row), options.failures().retry());
          stats.found(table.end(row), wanted);
          if (wanted && visitor.isPresent()) {
            visitor.get().wanted(key(scan, lines, row), InputRows.copy(lines, scan));
          }
        }
      }
    } catch (IOException e) {
      throw new BatchException(
          BatchException.Kind.INPUT_UNREADABLE,
          "cannot read " + input.path() + ": " + RunPreflight.reason(e),
          e);
    }
  }

  /** Refuses a JSON array, and objects over several lines: no line of them is a row. */
  private void requireOneObjectALine(RecordReader lines) {
    if (options.input().format().tabular() || lines.tooLong()) {
      return;
    }
    String first =
        new String(lines.bytes(), lines.from(), lines.to() - lines.from(), StandardCharsets.UTF_8)
            .replace("\uFEFF", "")
            .strip();
    boolean array = first.startsWith("[");
    if (array || (first.startsWith("{") && "{[,:".indexOf(first.charAt(first.length() - 1)) >= 0)) {
      throw new BatchException(
          BatchException.Kind.MALFORMED_LINE,
          input.path()
              + (array ? " is a JSON array" : " has JSON objects over several lines")
              + "; every line must be one JSON object. For example: jq -c "
              + (array ? "'.[]' " : ". ")
              + input.path().getFileName()
              + " > rows.jsonl");
    }
  }

  private int enter(RowHasher scan, int line) throws IOException {
    String id = scan.id(line);
    long hash = ByteScan.hash(id);
    int row = table.find(hash);
    if (row < 0) {
      row = table.add(hash, scan.hash());
    } else if (table.line(row) > 0) {
      throw duplicate(id, table.line(row), line);
    } else if (table.hash(row) != scan.hash()) {
      requireNeverSent(row, id, line, scan.hash());
      table.hash(row, scan.hash());
      table.reopen(row);
    }
    table.line(row, line);
    return row;
  }

  /** A line that was malformed and is corrected now has no answer to lose. */
  private void requireNeverSent(int row, String id, int line, long now) throws IOException {
    if (statuses.isInvalidLine(table.end(row))) {
      return;
    }
    String there = OutputIndex.idAt(out, table.place(row));
    if (!there.equals(id)) {
      throw alike(id, there);
    }
    throw new BatchException(
        BatchException.Kind.INPUT_CHANGED,
        "row \""
            + id
            + "\" (line "
            + line
            + ") has changed since it was answered: fingerprint "
            + HexFormat.of().toHexDigits(table.hash(row))
            + " then, "
            + HexFormat.of().toHexDigits(now)
            + " now; give it another id, name another output, or start over with --fresh");
  }

  private BatchException duplicate(String id, int first, int second) throws IOException {
    RowHasher scan = input.scan();
    try (RecordReader lines = input.open()) {
      while (lines.next()) {
        if (lines.number() == first) {
          scan.scan(lines);
          break;
        }
      }
    }
    if (!scan.id(first).equals(id)) {
      return alike(id, scan.id(first));
    }
    return new BatchException(
        BatchException.Kind.DUPLICATE_ID,
        "lines "
            + first
            + " and "
            + second
            + " of "
            + input.path().getFileName()
            + " have the same id \""
            + id
            + "\"; every row needs its own");
  }

  private static BatchException alike(String id, String other) {
    return new BatchException(
        BatchException.Kind.DUPLICATE_ID,
        "the ids \""
            + id
            + "\" and \""
            + other
            + "\" have the same fingerprint; rename one of them");
  }

  /** Refuses a table whose header lacks a needed column. */
  private void requireColumns(List<String> columns) {
    if (columns.isEmpty()) {
      return;
    }
    Set<String> there = new HashSet<>(columns);
    InputFormat format = options.input().format();
    format.idColumn().ifPresent(column -> requireColumn(column, "--id names it", there, columns));
    if (format.template().isEmpty()) {
      requireColumn("prompt", "add one, or make prompts with --template", there, columns);
    }
    RowParser.templates(options)
        .flatMap(template -> template.variables().stream())
        .forEach(name -> requireColumn(name, "the template names it", there, columns));
  }

  private void requireColumn(String name, String reason, Set<String> there, List<String> columns) {
    if (!there.contains(name)) {
      throw new BatchException(
          BatchException.Kind.MISSING_COLUMN,
          input.path().getFileName()
              + " (line 1) has no column \""
              + name
              + "\": "
              + reason
              + "; it has "
              + shown(columns)
              + "; nothing was sent. If these are not its columns, set --delimiter"
              + "");
    }
  }

  private static String shown(List<String> columns) {
    String more = columns.size() > COLUMNS_SHOWN ? ", …" : "";
    return columns.stream().limit(COLUMNS_SHOWN).collect(Collectors.joining(", ")) + more;
  }

  /** Parses only rows in which the scan has not found every name. */
  private void requireColumns(RowParser parser, RowHasher scan, RecordReader lines) {
    boolean needsId =
        options.input().format().idColumn().isPresent() && !scan.named() && !scan.unusableId();
    if (lines.columns().isPresent() || (scan.foundAll() && !parser.fillsSystem() && !needsId)) {
      return;
    }
    Optional<String> missing = parser.missing(InputRows.copy(lines, scan));
    if (missing.isPresent()) {
      throw new BatchException(
          BatchException.Kind.MISSING_COLUMN,
          "line " + lines.number() + ": " + missing.get() + "; nothing was sent");
    }
  }

  private static Row.Key key(RowHasher scan, RecordReader lines, int row) {
    return new Row.Key(row, scan.id(lines.number()), lines.number(), scan.hash());
  }

  private void requireWellFormed(RowParser parser, RowHasher scan, RecordReader lines, int row) {
    Row.Key key = key(scan, lines, row);
    if (parser.parse(key, InputRows.copy(lines, scan)) instanceof Row.Invalid invalid) {
      throw new BatchException(
          BatchException.Kind.MALFORMED_LINE, invalid.reason() + "; nothing was sent");
    }
  }

  /** The number of rows of OUT that are not in the input. */
  long rowsNotInInput() {
    long rowsNotInInput = 0;
    for (int row = 0; row < table.size(); row++) {
      rowsNotInInput += table.line(row) == 0 ? 1 : 0;
    }
    return rowsNotInInput;
  }
}
