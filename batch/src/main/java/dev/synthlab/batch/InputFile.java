package dev.synthlab.batch;

import java.io.IOException;
import java.nio.file.Path;
import java.util.OptionalInt;

/**
 * The input of a run on the disk, to be read as often as it takes.
 *
 * @param path where it is
 * @param format how it is read
 */
record InputFile(Path path, InputFormat format) {

  /** Reads it from the beginning. */
  RecordReader open() throws IOException {
    return switch (format.kind()) {
      case JSON_LINES -> LineReader.ofInput(path);
      case CSV -> InputCsvReader.open(path, format.delimiter());
      case TSV -> InputCsvReader.open(path, OptionalInt.of(format.delimiter().orElse('\t')));
    };
  }

  /** What is said of an input that is not in the form that it must have. */
  static BatchException refused(Object name, String reason) {
    return new BatchException(
        BatchException.Kind.INPUT_UNREADABLE, name + " " + reason + "; nothing was sent");
  }

  /** Looks over its rows. */
  RowHasher scan() {
    return new RowHasher(format);
  }
}
