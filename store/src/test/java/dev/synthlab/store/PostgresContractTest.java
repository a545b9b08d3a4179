package dev.synthlab.store;

import java.util.stream.Stream;

class PostgresContractTest extends DatabaseContractTest {
  private final String address = PostgresServer.shared().newDatabase();

  @Override
  DatabaseManager open(String... variables) {
    return Lab.over(
        Stream.concat(Stream.of("DATABASE_URL", address), Stream.of(variables))
            .toArray(String[]::new));
  }

  @Override
  String slow() {
    return "SELECT pg_sleep(60)";
  }
}
