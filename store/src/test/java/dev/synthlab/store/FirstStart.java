package dev.synthlab.store;

import dev.synthlab.call.Timer;
import dev.synthlab.config.Settings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.Objects;

/** A process that opens a ledger for the first time as soon as a file is there. */
final class FirstStart {
  private FirstStart() {}

  public static void main(String[] args) throws Exception {
    Settings settings =
        Lab.settings(
            "SYNTHLAB_DB_PATH", args[1], "SYNTHLAB_LEDGER_URL", args.length > 2 ? args[2] : "");
    Dialect dialect = Ledger.dialect(settings, Timer.system());
    System.out.println("ready");
    long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (!Files.exists(Path.of(args[0])) && System.nanoTime() < end) {
      Thread.onSpinWait();
    }
    try (Connection connection = new LedgerTables(dialect).open()) {
      Objects.requireNonNull(connection);
    }
  }
}
