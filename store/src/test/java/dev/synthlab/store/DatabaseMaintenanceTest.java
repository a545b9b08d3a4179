package dev.synthlab.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.synthlab.store.DatabaseMaintenance.Findings;
import dev.synthlab.store.StoreException.SchemaTooNew;
import dev.synthlab.store.StoreException.StoreDamaged;
import dev.synthlab.store.StoreException.StoreUnavailable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatabaseMaintenanceTest {
  @TempDir Path directory;

  @Test
  void backsUpAFileDuringWritesAndOverwritesNothing() throws IOException {
    Path copy = directory.resolve("copy.db");
    try (DatabaseManager database = filled();
        DatabaseManager other = over(copy)) {
      database.inTransaction(
          handle -> {
            handle.execute("INSERT INTO word VALUES (100000, 'not committed yet')");
            return upkeep().backup(copy);
          });

      assertThat(Lab.count(other)).isEqualTo(2_000);
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(copy)))
          .isEqualTo("rw-------");
      assertThat(directory.resolve("copy.db.part")).doesNotExist();
      assertThatExceptionOfType(StoreUnavailable.class)
          .isThrownBy(() -> upkeep().backup(copy))
          .withMessageContaining("copy.db exists already");
      assertThatExceptionOfType(StoreUnavailable.class)
          .isThrownBy(() -> upkeep().backup(directory.resolve("none").resolve("copy.db")))
          .withMessageContaining("its directory does not exist");
    }
  }

  @Test
  void detectsDamageAndBacksUpNothing() throws IOException {
    filled().close();
    try (FileChannel channel = FileChannel.open(file(), StandardOpenOption.WRITE)) {
      for (long at = 8_192; at + 100 < channel.size(); at += 4_096) {
        channel.write(ByteBuffer.wrap(new byte[] {99, 98, 97, 96, 95, 94, 93, 92}), at);
      }
    }

    assertThat(upkeep().check()).hasSize(1).noneMatch(one -> one.problems().isEmpty());
    assertThatExceptionOfType(StoreDamaged.class)
        .isThrownBy(() -> upkeep().backup(directory.resolve("copy.db")))
        .withMessageContaining("lab.db");
    assertThat(directory.resolve("copy.db")).doesNotExist();
    assertThat(directory.resolve("copy.db.part")).doesNotExist();
  }

  @Test
  void reportsThePendingMigrationsOfTheLedger() {
    upkeep().migrateLedger();
    try (DatabaseManager database = over(file())) {
      database.useHandle(
          handle -> handle.execute("DELETE FROM ledger_history WHERE \"version\" = '4'"));
    }

    assertThat(upkeep().ledger().schema()).contains(new DatabaseMaintenance.Schema("3", 1));
  }

  @Test
  void findsDanglingForeignKeys() {
    try (DatabaseManager database = filled()) {
      database.useHandle(
          handle -> {
            handle.execute("CREATE TABLE note (word INTEGER REFERENCES word)");
            handle.execute("PRAGMA foreign_keys = OFF");
            handle.execute("INSERT INTO note VALUES (123456)");
            handle.execute("PRAGMA foreign_keys = ON");
          });

      assertThat(upkeep().check())
          .flatExtracting(Findings::problems)
          .containsExactly("row 1 of note refers to a row of word that does not exist");
    }
  }

  @Test
  void findsInvalidConstraintsAndIndexes() {
    String address = PostgresServer.shared().newDatabase();
    try (DatabaseManager database = Lab.over("DATABASE_URL", address)) {
      Lab.makeTable(database);
      DatabaseMaintenance maintenance =
          DatabaseMaintenance.of(
              Lab.settings("DATABASE_URL", address, "SYNTHLAB_DB_PATH", "/none"));
      assertThat(maintenance.check()).flatExtracting(Findings::problems).isEmpty();
      database.useHandle(
          handle -> {
            handle.execute("ALTER TABLE word ADD CONSTRAINT odd CHECK (id < 0) NOT VALID");
            handle.execute("CREATE INDEX words ON word (text)");
            handle.execute(
                "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'words'::regclass");
          });

      assertThat(maintenance.check())
          .flatExtracting(Findings::problems)
          .containsExactlyInAnyOrder(
              "constraint odd of word was never validated", "index words of word is invalid");
    }
  }

  @Test
  void reportsANewerSchemaWithoutChangingIt() throws IOException {
    Path old = Files.createDirectory(directory.resolve("old"));
    Path young = Files.createDirectory(directory.resolve("young"));
    Files.writeString(old.resolve("V1__one.sql"), "CREATE TABLE one (id INTEGER);");
    Files.writeString(young.resolve("V1__one.sql"), "CREATE TABLE one (id INTEGER);");
    Files.writeString(young.resolve("V2__two.sql"), "CREATE TABLE two (id INTEGER);");

    assertThat(with(young).database().product()).isEmpty();
    assertThat(with(young).migrate()).isEqualTo(2);
    assertThat(with(young).migrate()).isZero();

    assertThat(with(young).database().schema()).contains(new DatabaseMaintenance.Schema("2", 0));
    assertThat(with(old).database().fault()).containsInstanceOf(SchemaTooNew.class);
  }

  private DatabaseMaintenance with(Path migrations) {
    return DatabaseMaintenance.of(
        Lab.settings(
            "SYNTHLAB_DB_PATH",
            file().toString(),
            "SYNTHLAB_DB_MIGRATIONS",
            "filesystem:" + migrations));
  }

  private Path file() {
    return directory.resolve("lab.db");
  }

  private DatabaseMaintenance upkeep() {
    return DatabaseMaintenance.of(Lab.settings("SYNTHLAB_DB_PATH", file().toString()));
  }

  private static DatabaseManager over(Path file) {
    return Lab.over("SYNTHLAB_DB_PATH", file.toString());
  }

  private DatabaseManager filled() {
    DatabaseManager database = over(file());
    Lab.makeTable(database);
    database.inTransaction(
        handle -> {
          for (int i = 0; i < 2_000; i++) {
            handle.execute("INSERT INTO word VALUES (?, ?)", i, "word ".repeat(20));
          }
          return 1;
        });
    return database;
  }
}
