package dev.synthlab.store;

import dev.synthlab.call.CallRecorder;
import dev.synthlab.call.CallRecorderProvider;
import dev.synthlab.config.Settings;

/** Offers the ledger to the composition root. */
public final class LedgerProvider implements CallRecorderProvider {

  /** For the composition root. */
  public LedgerProvider() {}

  @Override
  public CallRecorder open(Settings settings) {
    return Ledger.of(settings);
  }
}
