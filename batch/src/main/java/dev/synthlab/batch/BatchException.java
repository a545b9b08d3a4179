package dev.synthlab.batch;

import dev.synthlab.error.SynthlabException;
import dev.synthlab.logging.Redactor;

/**
 * The exception of a bulk run that cannot start or must not continue. Its message says what is
 * wrong and what to do.
 */
public final class BatchException extends SynthlabException {
  private static final long serialVersionUID = 1L;

  /** The reasons why a run cannot start or continue. */
  public enum Kind {
    /** The input is missing or cannot be read. */
    INPUT_UNREADABLE,
    /** Two rows have the same id. */
    DUPLICATE_ID,
    /** A line cannot become a request, and the run is strict. */
    MALFORMED_LINE,
    /** The input lacks a column that the template or the id needs. */
    MISSING_COLUMN,
    /** The input is the output, or a file that belongs to the output. */
    OUTPUT_IS_INPUT,
    /** The output cannot be written. */
    OUTPUT_UNWRITABLE,
    /** The output was not written by a bulk run, or has no job file. */
    OUTPUT_FOREIGN,
    /** Another run writes to the output. */
    OUTPUT_LOCKED,
    /** A row has changed since it was answered. */
    INPUT_CHANGED,
    /** The settings have changed since the run began. */
    SETTINGS_CHANGED,
    /** The output was changed or lost while the run wrote to it. */
    OUTPUT_LOST
  }

  /** The reason. */
  private final Kind kind;

  BatchException(Kind kind, String message) {
    super(Redactor.printableLine(Redactor.redact(message)));
    this.kind = kind;
  }

  BatchException(Kind kind, String message, Throwable cause) {
    super(Redactor.printableLine(Redactor.redact(message)), cause);
    this.kind = kind;
  }

  /**
   * Creates the exception of a run, for tests.
   *
   * @param kind the reason
   * @param message what is wrong and what to do
   * @return the exception
   */
  public static BatchException of(Kind kind, String message) {
    return new BatchException(kind, message);
  }

  /**
   * The reason.
   *
   * @return the kind
   */
  public Kind kind() {
    return kind;
  }
}
