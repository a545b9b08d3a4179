package dev.synthlab.batch;

import dev.synthlab.json.JsonSchema;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The results as CSV, in the order of the input; written from OUT and the input, never read. */
final class OutputCsvFile {
  private final OutputFiles files;
  private final RowTable table;
  private final RunCrashPoints steps;

  OutputCsvFile(OutputFiles files, RowTable table, RunCrashPoints steps) {
    this.files = files;
    this.table = table;
    this.steps = steps;
  }

  /** Writes the whole file. */
  void rebuild(Optional<JsonSchema> schema, InputFile input) throws IOException {
    OutputCsvWriter rows = new OutputCsvWriter(schema, columns(input));
    OutputFiles.replace(files.table().orElseThrow(), steps, out -> write(rows, input, out));
  }

  /** Those of the header, or else all that the lines of OUT have. */
  private Collection<String> columns(InputFile input) throws IOException {
    try (RecordReader records = input.open()) {
      if (records.columns().isPresent()) {
        return records.columns().get();
      }
    }
    long[] superseded = table.superseded();
    Set<String> names = new LinkedHashSet<>(List.of("custom_id"));
    try (LineReader lines = LineReader.ofResults(files.out())) {
      while (lines.next()) {
        if (Arrays.binarySearch(superseded, lines.offset()) < 0) {
          OutputCsvWriter.addColumns(lines.copy(), names);
        }
      }
    }
    return names;
  }

  private void write(OutputCsvWriter rows, InputFile input, OutputStream out) throws IOException {
    out.write(rows.header());
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    try (RandomAccessFile results = new RandomAccessFile(files.out().toFile(), "r")) {
      new OutputCompaction(files, table, steps)
          .inOrderWithVanished(
              input,
              place -> {
                line.reset();
                OutputCompaction.copyLine(results, place, line);
                out.write(rows.row(line.toByteArray()));
              });
    }
  }
}
