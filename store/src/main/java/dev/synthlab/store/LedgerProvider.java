package dev.synthlab.store;

import dev.synthlab.call.CallRecorder;
import dev.synthlab.call.RecorderProvider;
import dev.synthlab.config.Settings;

/** Offers the ledger to the composition root. */
public final class LedgerProvider implements RecorderProvider {

  /** For the composition root. */
  public LedgerProvider() {}

  @Override
  public CallRecorder open(Settings settings) {
    return Ledger.of(settings);
  }
}
