package dev.synthlab.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthlab.cli.Synth.Ended;
import dev.synthlab.json.Json;
import dev.synthlab.store.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class DbTest {
  @TempDir private Path directory;
  private Synth synth;

  @BeforeEach
  void prepare() throws IOException {
    synth = new Synth(directory).with("SYNTHLAB_DB_PATH", "lab.db");
    Files.createDirectory(synth.path("migrations"));
    synth.file("migrations/V1__words.sql", "CREATE TABLE word (id INTEGER PRIMARY KEY);");
  }

  @Test
  void showsTheStatusOfAFileWithoutCreatingIt() {
    Ended status = synth.run("db", "status");

    assertThat(status.exit()).as(status.all()).isZero();
    assertThat(status.out()).contains("lab.db", "does not exist yet");
    assertThat(synth.path("lab.db")).doesNotExist();
  }

  @Test
  void migratesChecksAndCopiesAFile() throws Exception {
    synth.with("SYNTHLAB_DB_MIGRATIONS", "filesystem:migrations").with("SYNTHLAB_LEDGER", "on");

    Ended migrated = synth.run("db", "migrate");
    JsonNode status = Json.mapper().readTree(synth.run("db", "status", "--json").out());
    Ended check = synth.run("db", "check");
    Ended copied = synth.run("db", "backup", "copy.db");

    assertThat(migrated.exit()).as(migrated.all()).isZero();
    assertThat(migrated.out()).contains("1 migrations were run");
    assertThat(status.path("database").path("version").asString()).isEqualTo("1");
    assertThat(status.path("database").path("pending").asInt(-1)).isZero();
    assertThat(status.path("ledger").path("there").asBoolean()).isTrue();
    assertThat(check.exit()).isZero();
    assertThat(check.out()).contains("ok    lab.db");
    assertThat(copied.exit()).as(copied.all()).isZero();
    assertThat(words("copy.db")).isZero();
  }

  @Test
  void exitsWithAnErrorIfTheCheckFindsAProblem() throws IOException {
    synth.file("lab.db", "these are my notes, not a database");

    Ended check = synth.run("db", "check", "--json");

    assertThat(check.exit()).as(check.all()).isEqualTo(4);
    assertThat(Json.mapper().readTree(check.out()).path("checked").path(0).path("problems").size())
        .isPositive();
  }

  @Test
  void showsTheStatusOfAServerWithoutThePassword() {
    PostgresServer server = PostgresServer.shared();
    synth
        .with("DATABASE_URL", server.newDatabase())
        .with("SYNTHLAB_DB_MIGRATIONS", "filesystem:migrations");

    Ended before = synth.run("db", "status");
    Ended migrated = synth.run("db", "migrate", "--json");
    Ended copied = synth.run("db", "backup", "copy of it.dump");

    assertThat(before.exit()).as(before.all()).isZero();
    assertThat(before.out())
        .contains("postgresql://127.0.0.1:", "PostgreSQL 1", "1 pending", "10 connections");
    assertThat(migrated.out()).contains("\"run\":1");
    assertThat(copied.exit()).isEqualTo(2);
    assertThat(copied.err())
        .contains(
            "pg_dump --format=custom --file='copy of it.dump' --host=127.0.0.1 --port="
                + server.port()
                + " --username=ada lab");
    assertThat(before.all() + migrated.all() + copied.all()).doesNotContain(server.password());
  }

  @Test
  void explainsWhyAServerCannotBeUsed() {
    Ended status =
        synth
            .with("DATABASE_URL", "postgres://ada:hidden-canary-9@127.0.0.1:1/lab")
            .run("db", "status");

    assertThat(status.exit()).isEqualTo(4);
    assertThat(status.out()).contains("postgresql://127.0.0.1:1/lab", "FAIL", "refused");
    assertThat(status.all()).doesNotContain("hidden-canary-9");
  }

  private int words(String name) throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + synth.path(name));
        Statement statement = connection.createStatement();
        ResultSet found = statement.executeQuery("SELECT count(*) FROM word")) {
      return found.getInt(1);
    }
  }
}
