package dev.synthlab.store;

/** The kind of a database failure, which decides whether it is retried. */
enum FailureKind {
  /** The database cannot be used at the moment. */
  UNAVAILABLE,
  /** The connection is lost; it is unknown whether the statement was executed. */
  LOST,
  /** The statement took too long. */
  TIMEOUT,
  /** The transaction was rolled back because of another one; it can be retried. */
  CONFLICT,
  /** Another process has locked the file; nothing was changed. */
  BUSY,
  /** The file is corrupt. */
  DAMAGED,
  /** The statement is invalid or violates a constraint. */
  REFUSED
}
