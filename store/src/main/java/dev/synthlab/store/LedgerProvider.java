package dev.synthlab.store;

import dev.synthlab.Internal;
import dev.synthlab.call.CallRecorder;
import dev.synthlab.call.CallRecorderProvider;
import dev.synthlab.config.Settings;

/** The service provider through which {@code Synthlab} finds the ledger. */
@Internal
public final class LedgerProvider implements CallRecorderProvider {

  /** Called by the service loader. */
  public LedgerProvider() {}

  @Override
  public CallRecorder open(Settings settings) {
    return Ledger.of(settings);
  }
}
