package dev.synthlab.store;

import dev.synthlab.config.Settings;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.stream.Stream;

class PostgresCompletionCacheTest extends CompletionCacheContractTest {
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
  Connection connect() throws SQLException {
    return DriverManager.getConnection(
        "jdbc:postgresql://" + address.replaceFirst(".*@", "") + "?currentSchema=synthlab",
        "ada",
        PostgresServer.shared().password());
  }
}
