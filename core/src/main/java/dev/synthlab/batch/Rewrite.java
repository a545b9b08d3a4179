package dev.synthlab.batch;

import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.util.Arrays;

/** Makes OUT one line per row again, or puts it into the order of the input. */
final class Rewrite {
  private final OutFiles files;
  private final RowTable table;
  private final Steps steps;

  Rewrite(OutFiles files, RowTable table, Steps steps) {
    this.files = files;
    this.table = table;
    this.steps = steps;
  }

  /** Without the lines that do not count any more. */
  void dropSuperseded() throws IOException {
    long[] dropped = table.superseded();
    OutFiles.replace(
        files.out(),
        steps,
        out -> {
          try (Lines lines = Lines.ofResults(files.out())) {
            while (lines.next()) {
              if (Arrays.binarySearch(dropped, lines.offset()) < 0) {
                out.write(lines.bytes(), lines.from(), lines.to() - lines.from());
                out.write('\n');
              }
            }
          }
        });
  }

  /** In the order of the input; rows that the input does not have come last. */
  void order(Input input) throws IOException {
    OutFiles.replace(
        files.out(),
        steps,
        out -> {
          try (RandomAccessFile old = new RandomAccessFile(files.out().toFile(), "r")) {
            inOrderWithVanished(input, place -> copyLine(old, place, out));
          }
        });
  }

  /** Whether the lines stand in the order of the input already. */
  boolean ordered(Input input) throws IOException {
    long[] last = {-1};
    boolean[] ordered = {true};
    inOrder(
        input,
        place -> {
          ordered[0] &= place > last[0];
          last[0] = place;
        });
    return ordered[0];
  }

  /** Visits every line that counts; rows that the input does not have come last. */
  void inOrderWithVanished(Input input, Visitor visitor) throws IOException {
    inOrder(input, visitor);
    for (int row = 0; row < table.size(); row++) {
      if (table.line(row) == 0 && table.place(row) >= 0) {
        visitor.line(table.place(row));
      }
    }
  }

  /** Is shown where lines of OUT begin. */
  interface Visitor {
    void line(long place) throws IOException;
  }

  private void inOrder(Input input, Visitor visitor) throws IOException {
    RowScan scan = input.scan();
    try (Records lines = input.open()) {
      while (lines.next()) {
        if (!lines.blank()) {
          scan.scan(lines);
          int row = table.find(Words.hash(scan.id(lines.number())));
          if (row >= 0 && table.place(row) >= 0) {
            visitor.line(table.place(row));
          }
        }
      }
    }
  }

  static void copyLine(RandomAccessFile from, long place, OutputStream to) throws IOException {
    from.seek(place);
    byte[] piece = new byte[8192];
    while (true) {
      int read = from.read(piece);
      if (read < 0) {
        throw new IOException("the output ended within a line");
      }
      int length = 0;
      while (length < read && piece[length] != '\n') {
        length++;
      }
      boolean ended = length < read;
      to.write(piece, 0, ended ? length + 1 : length);
      if (ended) {
        return;
      }
    }
  }
}
