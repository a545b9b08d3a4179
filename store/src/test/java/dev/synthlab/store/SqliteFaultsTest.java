package dev.synthlab.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.synthlab.store.StoreException.StoreBusy;
import dev.synthlab.store.StoreException.StoreDamaged;
import dev.synthlab.store.StoreException.StoreUnavailable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteFaultsTest {
  @TempDir Path directory;

  @Test
  void waitsFiveSecondsForALockAndReportsItsPossibleHolders() throws Exception {
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
        DatabaseManager database = open();
        Connection other = locked()) {
      assertThat(other.isClosed()).isFalse();
      Future<?> statement = executor.submit(() -> refusedForTheLock(() -> Lab.insert(database, 1)));
      Future<?> transaction =
          executor.submit(
              () ->
                  refusedForTheLock(
                      () ->
                          database.inTransaction(
                              handle -> handle.execute("INSERT INTO word VALUES (1, 'w')"))));

      statement.get();
      transaction.get();
      assertThat(Lab.count(database)).isZero();
    }
  }

  private static void refusedForTheLock(Runnable write) {
    Instant begin = Instant.now();

    assertThatExceptionOfType(StoreBusy.class)
        .isThrownBy(write::run)
        .withMessageContaining("lab.db")
        .withMessageContaining("another process");
    assertThat(Duration.between(begin, Instant.now()))
        .isBetween(Duration.ofMillis(4_500), Duration.ofMillis(6_000));
  }

  @Test
  void continuesWhenTheLockIsReleasedInTime() throws Exception {
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
        DatabaseManager database = open();
        Connection other = locked()) {
      Future<?> insert = executor.submit(() -> Lab.insert(database, 1));
      Future<?> transaction =
          executor.submit(
              () ->
                  database.inTransaction(
                      handle -> handle.execute("INSERT INTO word VALUES (2, 'w')")));
      end(other);

      insert.get();
      transaction.get();
      assertThat(Lab.count(database)).isEqualTo(2);
    }
  }

  @Test
  void leavesAFileThatIsNotADatabaseUnchanged() throws IOException {
    String text = "these are my notes, not a database\n".repeat(100);
    Path file = Files.writeString(file(), text);

    try (DatabaseManager database = over(file)) {
      assertThatExceptionOfType(StoreDamaged.class)
          .isThrownBy(() -> Lab.count(database))
          .withMessageContaining(file.toString());
    }

    assertThat(file).hasContent(text);
  }

  @Test
  void reportsACorruptFileAndLeavesItUnchanged() throws IOException {
    try (DatabaseManager database = open()) {
      database.inTransaction(
          handle ->
              handle.execute(
                  "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 1999)"
                      + " INSERT INTO word SELECT i, ? FROM n",
                  "word ".repeat(20)));
    }
    try (FileChannel channel = FileChannel.open(file(), StandardOpenOption.WRITE)) {
      for (long at = 4_096; at + 100 < channel.size(); at += 4_096) {
        channel.write(ByteBuffer.wrap(new byte[] {99, 98, 97, 96, 95, 94, 93, 92}), at);
      }
    }
    byte[] before = Files.readAllBytes(file());

    try (DatabaseManager database = over(file())) {
      assertThatExceptionOfType(StoreDamaged.class)
          .isThrownBy(() -> Lab.count(database))
          .withMessageContaining(file().toString());
    }

    assertThat(Files.readAllBytes(file())).isEqualTo(before);
  }

  @Test
  void reportsAFullDiskAndLosesNoExistingData() {
    try (DatabaseManager database = open()) {
      Lab.insert(database, 1);

      assertThatExceptionOfType(StoreUnavailable.class)
          .isThrownBy(
              () ->
                  database.inTransaction(
                      handle -> {
                        handle.execute("PRAGMA max_page_count = 10");
                        handle.execute("INSERT INTO word VALUES (2, 'w')");
                        return handle.execute(
                            "INSERT INTO word VALUES (3, ?)", "w".repeat(100_000));
                      }))
          .withMessageContaining("lab.db")
          .withMessageContaining("the disk has free space");

      assertThat(Lab.count(database)).isEqualTo(1);
      database.inTransaction(handle -> handle.execute("INSERT INTO word VALUES (4, 'w')"));
      assertThat(Lab.count(database)).isEqualTo(2);
    }
  }

  @Test
  void losesNoCommittedDataWhenTheFileCannotGrow() throws Exception {
    try (DatabaseManager database = open()) {
      Lab.insert(database, 1);
    }
    Path said = directory.resolve("said.txt");
    Process other =
        new ProcessBuilder(
                Stream.concat(
                        Stream.of("sh", "-c", "ulimit -f 4096 && exec \"$@\"", "sh"),
                        ChildProcess.command(Growing.class, List.of(), file().toString()).stream())
                    .toList())
            .redirectErrorStream(true)
            .redirectOutput(said.toFile())
            .start();

    assertThat(other.waitFor()).as(Files.readString(said)).isZero();
    assertThat(said).content().contains("StoreUnavailable", "lab.db", "the disk has free space");
    try (DatabaseManager database = over(file())) {
      Lab.insert(database, 1_000_000);
      int acknowledged =
          Integer.parseInt(Files.readString(said).replaceAll("(?s).*kept (\\d+) .*", "$1"));
      assertThat(Lab.count(database)).isEqualTo(acknowledged + 2);
    }
  }

  /** Writes until the file may grow no more. */
  static final class Growing {
    private Growing() {}

    public static void main(String[] args) {
      int kept = 0;
      try (DatabaseManager database = over(Path.of(args[0]))) {
        while (kept < 1_000) {
          int id = 10 + kept;
          database.inTransaction(
              handle -> handle.execute("INSERT INTO word VALUES (?, ?)", id, "w".repeat(50_000)));
          kept++;
        }
      } catch (StoreException e) {
        System.out.println("kept " + kept + " then " + e);
      }
    }
  }

  @Test
  void reportsADirectoryThatAcceptsNoFile() {
    try (DatabaseManager database = over(Path.of("/proc/lab.db"))) {
      assertThatExceptionOfType(StoreUnavailable.class)
          .isThrownBy(() -> Lab.count(database))
          .withMessageContaining("/proc/lab.db")
          .withMessageContaining("SYNTHLAB_DB_PATH");
    }
  }

  @Test
  void reportsADirectoryInPlaceOfTheFile() {
    try (DatabaseManager database = over(directory)) {
      assertThatExceptionOfType(StoreUnavailable.class)
          .isThrownBy(() -> Lab.count(database))
          .withMessageContaining(directory + " cannot be used: it is no regular file");
    }
  }

  @Test
  void createsAFileThatOthersCannotRead() throws IOException {
    open().close();

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
        .isEqualTo("rw-------");
  }

  @Test
  void usesWalWithFullSyncAndEnforcesForeignKeys() {
    try (DatabaseManager database = open()) {
      database.useHandle(
          handle -> {
            assertThat(handle.createQuery("PRAGMA journal_mode").mapTo(String.class).one())
                .isEqualTo("wal");
            assertThat(handle.createQuery("PRAGMA synchronous").mapTo(Integer.class).one())
                .isEqualTo(2);
            assertThat(handle.createQuery("PRAGMA foreign_keys").mapTo(Integer.class).one())
                .isEqualTo(1);
          });
    }
  }

  private Path file() {
    return directory.resolve("lab.db");
  }

  private DatabaseManager open() {
    DatabaseManager database = over(file());
    Lab.makeTable(database);
    return database;
  }

  private static DatabaseManager over(Path file) {
    return Lab.over("SYNTHLAB_DB_PATH", file.toString());
  }

  /** Somebody else who writes and does not end. */
  private Connection locked() throws SQLException {
    Connection other = DriverManager.getConnection("jdbc:sqlite:" + file());
    try (Statement statement = other.createStatement()) {
      statement.execute("BEGIN IMMEDIATE");
    }
    return other;
  }

  private static void end(Connection other) throws SQLException {
    try (Statement statement = other.createStatement()) {
      statement.execute("ROLLBACK");
    }
  }
}
