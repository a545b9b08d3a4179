package dev.synthlab.batch;

import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.util.Arrays;

/** Rewrites OUT: one line per row, or in the order of the input. */
final class OutputCompaction {
  private final OutputFiles files;
  private final RowTable table;
  private final RunCrashPoints steps;

  OutputCompaction(OutputFiles files, RowTable table, RunCrashPoints steps) {
    this.files = files;
    this.table = table;
    this.steps = steps;
  }

  /** Without the lines that do not count any more. */
  void dropSuperseded() throws IOException {
    long[] dropped = table.superseded();
    OutputFiles.replace(
        files.out(),
        steps,
        out -> {
          try (LineReader lines = LineReader.ofResults(files.out())) {
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
  void order(InputFile input) throws IOException {
    OutputFiles.replace(
        files.out(),
        steps,
        out -> {
          try (RandomAccessFile old = new RandomAccessFile(files.out().toFile(), "r")) {
            inOrderWithVanished(input, place -> copyLine(old, place, out));
          }
        });
  }

  /** Whether the lines stand in the order of the input already. */
  boolean ordered(InputFile input) throws IOException {
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
  void inOrderWithVanished(InputFile input, Visitor visitor) throws IOException {
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

  private void inOrder(InputFile input, Visitor visitor) throws IOException {
    RowHasher scan = input.scan();
    try (RecordReader lines = input.open()) {
      while (lines.next()) {
        if (!lines.blank()) {
          scan.scan(lines);
          int row = table.find(ByteScan.hash(scan.id(lines.number())));
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
