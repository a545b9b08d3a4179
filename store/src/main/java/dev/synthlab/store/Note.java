package dev.synthlab.store;

/** Something that is written into the ledger, in the order in which it was said. */
sealed interface Note permits Entry, RunNote, Note.Last {

  /** After this one nothing is written. */
  record Last() implements Note {}
}
