package dev.synthlab.cli;

import dev.synthlab.logging.Redactor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import picocli.CommandLine.Help.Ansi;

/** A table of text with aligned columns. Not thread-safe. */
final class TextTable {
  private static final String GAP = "  ";

  private final List<Align> columns;
  private final List<List<String>> rows = new ArrayList<>();

  /** The alignment of a column. */
  enum Align {
    LEFT,
    RIGHT
  }

  /**
   * Creates a table without rows.
   *
   * @param columns a character per column: {@code <} for left alignment, {@code >} for right
   */
  TextTable(String columns) {
    this.columns = columns.chars().mapToObj(c -> c == '>' ? Align.RIGHT : Align.LEFT).toList();
  }

  /** Adds a row; control characters of its cells are escaped. */
  TextTable row(Object... cells) {
    rows.add(Arrays.stream(cells).map(String::valueOf).map(Redactor::printableLine).toList());
    return this;
  }

  /** The rows as lines. */
  List<String> lines() {
    int[] widths = new int[columns.size()];
    for (List<String> row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], width(row.get(i)));
      }
    }
    return rows.stream().map(row -> line(row, widths)).toList();
  }

  private String line(List<String> row, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < widths.length; i++) {
      String space = " ".repeat(widths[i] - width(row.get(i)));
      boolean right = columns.get(i) == Align.RIGHT;
      line.append(i == 0 ? "" : GAP);
      line.append(right ? space + row.get(i) : row.get(i) + space);
    }
    return line.toString().stripTrailing();
  }

  /** The width in columns; East Asian characters take two. */
  private static int width(String cell) {
    return Ansi.OFF.new Text(cell).getCJKAdjustedLength();
  }
}
