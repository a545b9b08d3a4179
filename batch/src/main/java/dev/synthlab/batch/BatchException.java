package dev.synthlab.batch;

import dev.synthlab.logging.Redactor;

/**
 * A bulk run that cannot begin, or must not go on. Its message is one sentence, or two, that say
 * what is wrong and what to do.
 */
public final class BatchException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What stands in the way. */
  public enum Kind {
    /** The input is missing or cannot be read. */
    INPUT_UNREADABLE,
    /** Two rows have the same id. */
    DUPLICATE_ID,
    /** A line cannot be a request, and the run is strict. */
    MALFORMED_LINE,
    /** The input lacks a column that the template or the id needs. */
    MISSING_COLUMN,
    /** The input is the output, or one of the files beside it. */
    OUTPUT_IS_INPUT,
    /** The output cannot be written. */
    OUTPUT_UNWRITABLE,
    /** The output was not written by a bulk run, or belongs to none that is known. */
    OUTPUT_FOREIGN,
    /** Another run writes to the output. */
    OUTPUT_LOCKED,
    /** A row has changed since it was answered. */
    INPUT_CHANGED,
    /** The settings have changed since the run began. */
    SETTINGS_CHANGED,
    /** The output was changed or lost under the running run: not the user's fault. */
    OUTPUT_LOST
  }

  /** What stands in the way. */
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
   * What stands in the way.
   *
   * @return the kind
   */
  public Kind kind() {
    return kind;
  }
}
