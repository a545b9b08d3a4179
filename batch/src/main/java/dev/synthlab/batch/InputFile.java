package dev.synthlab.batch;

import java.io.IOException;
import java.nio.file.Path;
import java.util.OptionalInt;

/**
 * The input of a run as a file, which can be read several times.
 *
 * @param path its path
 * @param format its format
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

  /** The refusal of an input with wrong content. */
  static BatchException refused(Object name, String reason) {
    return new BatchException(
        BatchException.Kind.INPUT_UNREADABLE, name + " " + reason + "; nothing was sent");
  }

  /** A hasher for its rows. */
  RowHasher scan() {
    return new RowHasher(format);
  }
}
