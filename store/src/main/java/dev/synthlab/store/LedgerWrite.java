package dev.synthlab.store;

/** One write to the ledger; writes keep the order of the queue. */
sealed interface LedgerWrite permits CallWrite, RunWrite, LedgerWrite.Last {

  /** The last write. */
  record Last() implements LedgerWrite {}
}
