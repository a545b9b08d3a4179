package dev.synthlab.batch;

import java.io.IOException;
import java.nio.file.Path;
import java.util.OptionalInt;

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
      case CSV -> CsvRecords.open(path, form.delimiter());
      case TSV -> CsvRecords.open(path, OptionalInt.of(form.delimiter().orElse('\t')));
    };
  }

  /** What is said of an input that is not in the form that it must have. */
  static BatchException refused(Object name, String why) {
    return new BatchException(
        BatchException.Kind.INPUT_UNREADABLE, name + " " + why + "; nothing was sent");
  }

  /** Looks over its rows. */
  RowScan scan() {
    return new RowScan(form);
  }
}
