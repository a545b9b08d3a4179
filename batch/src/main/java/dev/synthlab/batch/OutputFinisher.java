package dev.synthlab.batch;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** Brings OUT and the files beside it into their final form at the end of a run. */
final class OutputFinisher {
  private final BulkOptions options;
  private final OutputFiles files;
  private final InputFile input;
  private final RowTable table;
  private final RunCrashPoints steps;
  private final RunNotes notes;

  OutputFinisher(
      BulkOptions options,
      OutputFiles files,
      InputFile input,
      RowTable table,
      RunCrashPoints steps,
      RunNotes notes) {
    this.options = options;
    this.files = files;
    this.input = input;
    this.table = table;
    this.steps = steps;
    this.notes = notes;
  }

  /**
   * Writes all files.
   *
   * @param unreadable whether OUT still has lines that cannot be read
   * @param diskFull whether there is no room to rewrite OUT
   */
  void finish(boolean unreadable, boolean diskFull) throws IOException {
    writeTable(); // before OUT is rewritten: the table reads OUT by the known offsets
    if (!diskFull) {
      compact(unreadable);
    }
    writeFailedRows();
  }

  private void writeTable() {
    Optional<Path> csv = files.table();
    if (csv.isEmpty()) {
      return;
    }
    try {
      new OutputCsvFile(files, table, steps).rebuild(options.request().schema(), input);
    } catch (IOException e) {
      notes.add(
          csv.get().getFileName()
              + " could not be written ("
              + RunPreflight.reason(e)
              + "); the answers are in "
              + files.out().getFileName());
    }
  }

  /** Leaves one line of each row in OUT. */
  private void compact(boolean unreadable) throws IOException {
    OutputCompaction compaction = new OutputCompaction(files, table, steps);
    try {
      if (options.output().ordered() && !compaction.ordered(input)) {
        compaction.order(input);
      } else if (unreadable || table.superseded().length > 0) {
        compaction.dropSuperseded();
      }
    } catch (IOException e) {
      notes.add(
          files.out().getFileName()
              + " could not be rewritten ("
              + RunPreflight.reason(e)
              + "); where it has several lines of a row, the last one counts");
    }
  }

  void writeFailedRows() {
    try {
      long tooLong = new OutputFailedRows(files, table, steps).rebuild(input);
      if (tooLong > 0) {
        notes.add(
            tooLong
                + " failed rows are longer than "
                + (LineReader.MAX_INPUT >> 20)
                + " MB and not in "
                + files.errors().getFileName());
      }
    } catch (IOException e) {
      notes.add(files.errors().getFileName() + " could not be written: " + RunPreflight.reason(e));
    }
  }
}
