package dev.synthlab.batch;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * Reads the records of a file, each as the bytes of one JSON text, whatever the format of the file.
 * For one thread.
 */
sealed interface RecordReader extends Closeable permits LineReader, InputCsvReader {

  /** Reads the next record; false after the last. */
  boolean next() throws IOException;

  /** The bytes that {@link #from()} and {@link #to()} point into; valid until the next record. */
  byte[] bytes();

  /** Where the record begins in {@link #bytes()}. */
  int from();

  /** Where the record ends in {@link #bytes()}. */
  int to();

  /** The line of the file that it begins on, 1 for the first. */
  int number();

  /** Where the next record begins in the file. */
  long nextOffset();

  /** Whether the record is too long, so that only its beginning was kept. */
  boolean tooLong();

  /** Whether the record is blank. */
  boolean blank();

  /** What is wrong with its syntax in the file. */
  Optional<String> problem();

  /** The columns in the header of a table. */
  Optional<List<String>> columns();
}
