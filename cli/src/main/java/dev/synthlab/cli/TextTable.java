package dev.synthlab.cli;

import dev.synthlab.logging.Redactor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import picocli.CommandLine.Help.Ansi;

/** Rows of cells, as lines in which the columns stand below each other. For one thread. */
final class TextTable {
  private static final String GAP = "  ";

  private final List<Align> columns;
  private final List<List<String>> rows = new ArrayList<>();

  /** Where a cell stands in its column. */
  enum Align {
    LEFT,
    RIGHT
  }

  /**
   * A table without rows.
   *
   * @param columns {@code <} for each column that is aligned to the left, {@code >} to the right
   */
  TextTable(String columns) {
    this.columns = columns.chars().mapToObj(c -> c == '>' ? Align.RIGHT : Align.LEFT).toList();
  }

  /** A row; its cells are made fit for a terminal. */
  TextTable row(Object... cells) {
    rows.add(Arrays.stream(cells).map(String::valueOf).map(Redactor::printableLine).toList());
    return this;
  }

  /** A line for each row. */
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

  /** Characters of East Asia are two columns wide. */
  private static int width(String cell) {
    return Ansi.OFF.new Text(cell).getCJKAdjustedLength();
  }
}
