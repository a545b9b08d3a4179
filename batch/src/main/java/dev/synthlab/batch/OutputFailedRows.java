package dev.synthlab.batch;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The file of the failed rows in the form of the input, so that they can be run again. It is
 * written from OUT and the input, and never read.
 */
final class OutputFailedRows {
  private final OutputFiles files;
  private final RowTable table;
  private final RunCrashPoints steps;
  private long leftOut;

  OutputFailedRows(OutputFiles files, RowTable table, RunCrashPoints steps) {
    this.files = files;
    this.table = table;
    this.steps = steps;
  }

  /**
   * Writes the whole file, or deletes it when no row has failed.
   *
   * @return the number of failed rows that are too long for it
   */
  long rebuild(InputFile input) throws IOException {
    leftOut = 0;
    Path errors = files.errors();
    if (!anyFailed()) {
      if (Files.deleteIfExists(errors)) {
        OutputFiles.syncDirectory(errors);
      }
      return 0;
    }
    OutputFiles.replace(errors, steps, out -> write(input, out));
    steps.reached(RunCrashPoints.Step.ERRORS_WRITTEN, errors);
    return leftOut;
  }

  private boolean anyFailed() {
    for (int row = 0; row < table.size(); row++) {
      if (RowStatuses.isFailure(table.end(row)) && table.line(row) > 0) {
        return true;
      }
    }
    return false;
  }

  private void write(InputFile input, OutputStream out) throws IOException {
    RowHasher scan = input.scan();
    try (RecordReader lines = input.open()) {
      while (lines.next()) {
        if (lines.blank()) {
          continue;
        }
        scan.scan(lines);
        int row = table.find(ByteScan.hash(scan.id(lines.number())));
        if (row < 0 || !RowStatuses.isFailure(table.end(row))) {
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

  /** Adds the id to a row without one: its line number is different in this file. */
  private static void write(RecordReader lines, RowHasher scan, OutputStream out)
      throws IOException {
    byte[] bytes = lines.bytes();
    int to = RowHasher.end(bytes, lines.from(), lines.to());
    int from = RowHasher.start(bytes, lines.from(), to);
    if (bytes[from] == '{' && !scan.named() && !scan.unusableId()) {
      boolean empty = RowHasher.start(bytes, from + 1, to) == to - 1;
      String id = "{\"custom_id\":\"" + scan.id(lines.number()) + "\"" + (empty ? "" : ",");
      out.write(id.getBytes(StandardCharsets.UTF_8));
      from++;
    }
    out.write(bytes, from, to - from);
    out.write('\n');
  }
}
