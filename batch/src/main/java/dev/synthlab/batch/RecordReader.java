package dev.synthlab.batch;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * The records of a file, one after the other, each as the bytes of one JSON text, whatever form
 * they have in the file. For one thread.
 */
sealed interface RecordReader extends Closeable permits LineReader, InputCsvReader {

  /** Goes to the next record; false after the last. */
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

  /** Whether only its beginning is here. */
  boolean tooLong();

  /** Whether there is nothing in it. */
  boolean blank();

  /** What is wrong with its form in the file. */
  Optional<String> problem();

  /** The names that every record has, where the file says so at its head. */
  Optional<List<String>> columns();
}
