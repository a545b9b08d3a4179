package dev.synthlab.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthlab.Synthlab;
import dev.synthlab.config.Settings;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SqliteLedgerTest extends LedgerContractTest {

  @Override
  Settings settings(String... more) {
    String file = directory.resolve("lab.db").toString();
    return Lab.settings(
        Stream.concat(Stream.of("SYNTHLAB_DB_PATH", file), Stream.of(more)).toArray(String[]::new));
  }

  @Override
  Optional<String> server() {
    return Optional.empty();
  }

  @Override
  Connection connect() throws SQLException {
    return DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("lab.db"));
  }

  @Test
  void countsLostCallsWithoutFailingThem() {
    Ledger ledger = Ledger.of(Lab.settings("SYNTHLAB_DB_PATH", "/proc/lab.db"));

    for (int i = 0; i < 100; i++) {
      ledger.ended(answered("m", Instant.EPOCH));
    }
    ledger.close();

    assertThat(ledger.lost()).isEqualTo(100);
  }

  @Test
  void sharesOneFileWithTheTablesOfTheService() {
    try (DatabaseManager database = DatabaseManager.of(settings());
        Ledger ledger = Ledger.of(settings())) {
      Lab.makeTable(database);
      for (int i = 0; i < 200; i++) {
        Lab.insert(database, i);
        ledger.ended(answered("m", Instant.EPOCH));
      }
    }

    assertThat(Ledger.usage(settings(), Instant.EPOCH, UsageSummary.GroupBy.MODEL))
        .extracting(UsageSummary::calls)
        .containsExactly(200L);
  }

  @Test
  void writesNoFileUnlessEnabled() {
    try (Synthlab layer = Synthlab.of(settings())) {
      assertThat(layer.settings().ledger().on()).isFalse();
    }

    assertThat(directory).isEmptyDirectory();
  }
}
