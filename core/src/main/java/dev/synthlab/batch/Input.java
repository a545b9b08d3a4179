package dev.synthlab.batch;

import java.io.IOException;
import java.nio.file.Path;

/**
 * The input of a run on the disk, to be read as often as it takes.
 *
 * @param path where it is
 * @param form how it is read
 */
record Input(Path path, InputForm form) {

  /** Reads it from the beginning. */
  Records open() throws IOException {
    return switch (form.kind()) {
      case JSON_LINES -> Lines.ofInput(path);
      case CSV -> CsvRecords.open(path, ',');
      case TSV -> CsvRecords.open(path, '\t');
    };
  }

  /** Looks over its rows. */
  RowScan scan() {
    return new RowScan(form);
  }
}
