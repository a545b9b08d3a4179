package dev.synthlab.batch;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The rows that failed, in the form of the input, so that they can be run as they are. Made from
 * OUT and the input alone; never read.
 */
final class ErrorsFile {
  private final OutFiles files;
  private final RowTable table;
  private final Steps steps;
  private long leftOut;

  ErrorsFile(OutFiles files, RowTable table, Steps steps) {
    this.files = files;
    this.table = table;
    this.steps = steps;
  }

  /**
   * Makes it anew, or removes it when no row has failed.
   *
   * @return how many failed rows are too long to stand in it
   */
  long rebuild(Input input) throws IOException {
    leftOut = 0;
    Path errors = files.errors();
    if (!anyFailed()) {
      if (Files.deleteIfExists(errors)) {
        OutFiles.syncDirectory(errors);
      }
      return 0;
    }
    OutFiles.replace(errors, steps, out -> write(input, out));
    steps.reached(Steps.Step.ERRORS_WRITTEN, errors);
    return leftOut;
  }

  private boolean anyFailed() {
    for (int row = 0; row < table.size(); row++) {
      if (Ends.isFailure(table.end(row)) && table.line(row) > 0) {
        return true;
      }
    }
    return false;
  }

  private void write(Input input, OutputStream out) throws IOException {
    RowScan scan = input.scan();
    try (Records lines = input.open()) {
      while (lines.next()) {
        if (lines.blank()) {
          continue;
        }
        scan.scan(lines);
        int row = table.find(Words.hash(scan.id(lines.number())));
        if (row < 0 || !Ends.isFailure(table.end(row))) {
          continue;
        }
        if (lines.tooLong()) {
          leftOut++;
        } else {
          write(lines, scan, out);
        }
      }
    }
  }

  /** A row without an id gets the one it had: its line in this file is another. */
  private static void write(Records lines, RowScan scan, OutputStream out) throws IOException {
    byte[] bytes = lines.bytes();
    int to = RowScan.end(bytes, lines.from(), lines.to());
    int from = RowScan.start(bytes, lines.from(), to);
    if (bytes[from] == '{' && !scan.named() && !scan.unusableId()) {
      boolean empty = RowScan.start(bytes, from + 1, to) == to - 1;
      String id = "{\"custom_id\":\"" + scan.id(lines.number()) + "\"" + (empty ? "" : ",");
      out.write(id.getBytes(StandardCharsets.UTF_8));
      from++;
    }
    out.write(bytes, from, to - from);
    out.write('\n');
  }
}
