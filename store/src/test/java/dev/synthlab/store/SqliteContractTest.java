package dev.synthlab.store;

import java.util.stream.Stream;

class SqliteContractTest extends DatabaseContractTest {

  @Override
  DatabaseManager open(String... variables) {
    String file = directory.resolve("made on need").resolve("lab.db").toString();
    return Lab.over(
        Stream.concat(Stream.of("SYNTHLAB_DB_PATH", file), Stream.of(variables))
            .toArray(String[]::new));
  }

  @Override
  String slow() {
    return "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 4000000000)"
        + " SELECT max(i) FROM n";
  }
}
