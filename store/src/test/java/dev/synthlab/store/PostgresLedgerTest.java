package dev.synthlab.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthlab.config.Settings;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PostgresLedgerTest extends LedgerContractTest {
  private final String address = PostgresServer.shared().newDatabase();

  @Override
  Settings settings(String... more) {
    String file = directory.resolve("unused.db").toString();
    return Lab.settings(
        Stream.concat(
                Stream.of("SYNTHLAB_LEDGER_URL", address, "SYNTHLAB_DB_PATH", file),
                Stream.of(more))
            .toArray(String[]::new));
  }

  @Override
  Optional<String> server() {
    return Optional.of(address);
  }

  @Override
  Connection connect() throws SQLException {
    return DriverManager.getConnection(
        "jdbc:postgresql://" + address.replaceFirst(".*@", "") + "?currentSchema=synthlab",
        "ada",
        PostgresServer.shared().password());
  }

  @Test
  void usesItsOwnSchemaBesideExistingTables() {
    try (DatabaseManager database = Lab.over("DATABASE_URL", address)) {
      Lab.makeTable(database);
      try (Ledger ledger = Ledger.of(settings())) {
        ledger.ended(answered("m", Instant.EPOCH));
      }

      List<String> tables =
          database.withHandle(
              handle ->
                  handle
                      .createQuery(
                          "SELECT schemaname || '.' || tablename FROM pg_tables WHERE schemaname"
                              + " NOT IN ('pg_catalog', 'information_schema') ORDER BY 1")
                      .mapTo(String.class)
                      .list());
      assertThat(tables)
          .containsExactly(
              "public.word",
              "synthlab.kept_answer",
              "synthlab.ledger_attempt",
              "synthlab.ledger_call",
              "synthlab.ledger_history",
              "synthlab.ledger_run");
    }
  }

  @Test
  void writesNothingToTheServicesDatabaseByDefault() {
    try (Ledger ledger =
        Ledger.of(
            Lab.settings(
                "DATABASE_URL",
                address,
                "SYNTHLAB_DB_PATH",
                directory.resolve("own.db").toString()))) {
      ledger.ended(answered("m", Instant.EPOCH));
    }

    assertThat(directory.resolve("own.db")).isNotEmptyFile();
  }
}
