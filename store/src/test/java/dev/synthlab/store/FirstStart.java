package dev.synthlab.store;

import dev.synthlab.call.Timer;
import dev.synthlab.config.Settings;
import java.sql.Connection;
import java.util.Objects;

/** A process that opens a ledger for the first time when its input ends. */
final class FirstStart {
  private FirstStart() {}

  public static void main(String[] args) throws Exception {
    Settings settings = Lab.settings("SYNTHLAB_DB_PATH", args[0], "SYNTHLAB_LEDGER_URL", args[1]);
    Dialect dialect = Ledger.dialect(settings, Timer.system());
    System.out.println("ready");
    while (System.in.read() >= 0) {
      // Only the end counts.
    }
    try (Connection connection = new LedgerTables(dialect).open()) {
      Objects.requireNonNull(connection);
    }
  }
}
