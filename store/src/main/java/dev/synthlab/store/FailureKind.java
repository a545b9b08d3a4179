package dev.synthlab.store;

/** What a failure of the database means for whoever asked. */
enum FailureKind {
  /** It cannot be used for now. */
  UNAVAILABLE,
  /** The connection broke; what was under way may be done or not. */
  LOST,
  /** It took too long. */
  TIMEOUT,
  /** Another transaction won; this one was rolled back and may be run again. */
  CONFLICT,
  /** Somebody else has locked the file; nothing was done. */
  BUSY,
  /** The file is broken. */
  DAMAGED,
  /** The statement is wrong, or breaks a constraint. */
  REFUSED
}
