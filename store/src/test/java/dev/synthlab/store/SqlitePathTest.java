package dev.synthlab.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.synthlab.call.Timer;
import dev.synthlab.config.Settings;
import dev.synthlab.store.StoreException.StoreUnavailable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A path of a database is a path, whatever the driver or SQLite could read in it. */
class SqlitePathTest {
  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "lab.db?enable_load_extension=true",
        "lab.db?foreign_keys=false&journal_mode=DELETE",
        "lab.db?mode=memory&cache=shared",
        "?",
        "lab#1.db",
        "100%41.db",
        "a%00b.db",
        "%",
        ":memory:",
        "file:lab.db",
        "file:lab.db?vfs=none",
        ":resource:lab.db",
        "jdbc:sqlite:lab.db",
        " lab.db",
        "lab db;a=b&c.db",
        "kräuter-\u202e-\ud83d\ude00.db",
      })
  void createsExactlyTheNamedFileForItsOwnerOnly(String name) throws IOException {
    Path file = directory.resolve(name);
    try (DatabaseManager database = over(file)) {
      Lab.makeTable(database);
      Lab.insert(database, 1);

      assertThat(Lab.count(database)).isEqualTo(1);
      assertThat(names()).containsExactlyInAnyOrder(name, name + "-wal", name + "-shm");
      for (String each : names()) {
        assertThat(mode(directory.resolve(each))).as(each).isEqualTo("rw-------");
      }
      assertThat(pragma(database, "foreign_keys")).isEqualTo("1");
      assertThat(pragma(database, "journal_mode")).isEqualTo("wal");
      assertLoadsNoExtension(database);
    }
    assertThat(names()).containsExactly(name);
    try (DatabaseManager again = over(file)) {
      assertThat(Lab.count(again)).isEqualTo(1);
    }
  }

  @Test
  void treatsControlCharactersAsPartOfTheFileName() throws Exception {
    String name = " tab\tline\nbell\u0007delete\u007f ";
    Settings all = settings(directory);
    Sqlite file =
        new Sqlite(directory.resolve(name), all.local().cache(), all.database(), Timer.system());

    file.prepare();

    assertThat(names()).containsExactly(name);
  }

  @ParameterizedTest
  @ValueSource(strings = {"copy.db?mode=memory", "file:copy.db", ":memory:", "a%41#.db"})
  void copiesToExactlyTheNamedFile(String name) throws IOException {
    try (DatabaseManager database = over(directory.resolve("lab.db"))) {
      Lab.makeTable(database);
      Lab.insert(database, 1);
    }
    Path copies = Files.createDirectory(directory.resolve("copies"));

    DatabaseMaintenance.of(settings(directory.resolve("lab.db"))).backup(copies.resolve(name));

    try (Stream<Path> made = Files.list(copies)) {
      assertThat(made).containsExactly(copies.resolve(name));
    }
    assertThat(mode(copies.resolve(name))).isEqualTo("rw-------");
    try (DatabaseManager copy = over(copies.resolve(name))) {
      assertThat(Lab.count(copy)).isEqualTo(1);
    }
  }

  @Test
  void preservesTheLastCharactersOfAPathInTheUrl() {
    assertThat(Sqlite.address(Path.of("/a/b "))).isEqualTo("file:/a/b%20");
    assertThat(Sqlite.address(Path.of("/a/b?c#d%e"))).isEqualTo("file:/a/b%3Fc%23d%25e");
    assertThat(Sqlite.address(directory)).doesNotEndWith("/");
  }

  @Test
  void removesOthersPermissionsFromAnExistingDatabase() throws IOException {
    Path file = directory.resolve("lab.db");
    try (DatabaseManager database = over(file)) {
      Lab.makeTable(database);
    }
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-rw-"));

    try (DatabaseManager database = over(file)) {
      Lab.insert(database, 1);

      for (String each : names()) {
        assertThat(mode(directory.resolve(each))).as(each).isEqualTo("rw-------");
      }
    }
  }

  @Test
  void followsTheUsersOwnLink() throws IOException {
    Path real = Files.createDirectory(directory.resolve("disk")).resolve("real.db");
    Path link = Files.createSymbolicLink(directory.resolve("lab.db"), real);

    try (DatabaseManager database = over(link)) {
      Lab.makeTable(database);
    }

    assertThat(link).isSymbolicLink();
    assertThat(mode(real)).isEqualTo("rw-------");
  }

  @Test
  void refusesLinksPlantedBesideTheFile() throws IOException {
    Path file = directory.resolve("lab.db");
    Path victim = Files.writeString(directory.resolve("victim"), "precious");
    for (String name : List.of("lab.db-wal", "lab.db-shm", "lab.db-journal", ".lab.db.lock")) {
      Path link = Files.createSymbolicLink(directory.resolve(name), victim);
      try (DatabaseManager database = over(file)) {
        assertThatExceptionOfType(StoreUnavailable.class)
            .as(name)
            .isThrownBy(() -> Lab.makeTable(database))
            .withMessageContaining("symbolic link");
      }
      Files.delete(link);
    }
    Files.delete(file);
    Files.createLink(file, victim);
    try (DatabaseManager database = over(file)) {
      assertThatExceptionOfType(StoreUnavailable.class)
          .isThrownBy(() -> Lab.makeTable(database))
          .withMessageContaining("2 names");
    }
    assertThat(victim).hasContent("precious");
  }

  private static void assertLoadsNoExtension(DatabaseManager database) {
    assertThatExceptionOfType(RuntimeException.class)
        .isThrownBy(
            () ->
                database.useHandle(
                    handle ->
                        handle
                            .createQuery("SELECT load_extension('none')")
                            .mapTo(String.class)
                            .one()))
        .withMessageContaining("not authorized");
  }

  private static String pragma(DatabaseManager database, String name) {
    return database.withHandle(
        handle -> handle.createQuery("PRAGMA " + name).mapTo(String.class).one());
  }

  private Set<String> names() throws IOException {
    try (Stream<Path> all = Files.list(directory)) {
      return all.map(each -> each.getFileName().toString()).collect(Collectors.toSet());
    }
  }

  private static DatabaseManager over(Path file) {
    return DatabaseManager.of(settings(file));
  }

  private static Settings settings(Path file) {
    return Lab.settings("SYNTHLAB_DB_PATH", file.toString());
  }

  private static String mode(Path file) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }
}
