package dev.synthlab.store;

/** Something that is written into the ledger, in the order in which it was said. */
sealed interface LedgerWrite permits CallWrite, RunWrite, LedgerWrite.Last {

  /** After this one nothing is written. */
  record Last() implements LedgerWrite {}
}
