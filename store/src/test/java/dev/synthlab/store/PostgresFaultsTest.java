package dev.synthlab.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.synthlab.store.StoreException.StatementFailed;
import dev.synthlab.store.StoreException.StoreConflict;
import dev.synthlab.store.StoreException.StoreTimeout;
import dev.synthlab.store.StoreException.StoreUnavailable;
import dev.synthlab.store.TransactionOptions.Isolation;
import dev.synthlab.store.TransactionOptions.OnConnectionLoss;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.Test;

class PostgresFaultsTest {
  private static final TransactionOptions STRICT =
      TransactionOptions.DEFAULT.with(Isolation.SERIALIZABLE);

  @Test
  void losesAndDuplicatesNoWriteWhenTheServerIsKilled() {
    PostgresServer server = PostgresServer.killable();
    try (DatabaseManager database =
        Lab.over("DATABASE_URL", server.newDatabase(), "SYNTHLAB_DB_CONNECT_TIMEOUT", "1s")) {
      Lab.makeTable(database);
      Lab.insert(database, 1);

      assertThatExceptionOfType(StoreUnavailable.class)
          .isThrownBy(
              () ->
                  database.inTransaction(
                      handle -> {
                        handle.execute("INSERT INTO word VALUES (2, 'w')");
                        server.kill();
                        return handle.execute("INSERT INTO word VALUES (3, 'w')");
                      }))
          .satisfies(e -> assertThat(e).message().doesNotContain(server.password()));
      assertThat(database.health().fault()).containsInstanceOf(StoreUnavailable.class);
      server.restart();
      Instant back = Instant.now();

      int count =
          database.inTransaction(
              TransactionOptions.DEFAULT.with(OnConnectionLoss.REPEAT),
              handle -> Lab.count(database));
      assertThat(count).isEqualTo(1);
      assertThat(Duration.between(back, Instant.now())).isLessThan(Duration.ofSeconds(10));
    }
  }

  @Test
  void repeatsALostTransactionIfDeclaredRepeatable() {
    try (DatabaseManager database = shared()) {
      AtomicInteger tries = new AtomicInteger();

      int written =
          database.inTransaction(
              TransactionOptions.DEFAULT.with(OnConnectionLoss.REPEAT),
              handle -> losesTheFirstTime(handle, tries));

      assertThat(written).isEqualTo(1);
      assertThat(tries).hasValue(2);
    }
  }

  @Test
  void repeatsNoLostTransactionByDefault() {
    try (DatabaseManager database = shared()) {
      AtomicInteger tries = new AtomicInteger();

      assertThatExceptionOfType(StoreUnavailable.class)
          .isThrownBy(() -> database.inTransaction(handle -> losesTheFirstTime(handle, tries)));

      assertThat(tries).hasValue(1);
      assertThat(Lab.count(database)).isZero();
    }
  }

  private static int losesTheFirstTime(Handle handle, AtomicInteger tries) {
    handle.execute("INSERT INTO word VALUES (1, 'w')");
    if (tries.incrementAndGet() == 1) {
      handle.execute("SELECT pg_terminate_backend(pg_backend_pid())");
    }
    return 1;
  }

  @Test
  void completesBothTransactionsOfADeadlock() throws Exception {
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
        DatabaseManager database = shared()) {
      Lab.insert(database, 1);
      Lab.insert(database, 2);
      CyclicBarrier bothHaveOne = new CyclicBarrier(2);
      AtomicInteger tries = new AtomicInteger();

      Future<Integer> there =
          executor.submit(() -> inOrder(database, List.of(1, 2), bothHaveOne, tries));
      Future<Integer> back =
          executor.submit(() -> inOrder(database, List.of(2, 1), bothHaveOne, tries));

      assertThat(there.get() + back.get()).isEqualTo(2);
      assertThat(tries).hasValue(3);
    }
  }

  private static int inOrder(
      DatabaseManager database, List<Integer> ids, CyclicBarrier barrier, AtomicInteger tries)
      throws Exception {
    return database.inTransaction(
        handle -> {
          int number = tries.incrementAndGet();
          lock(handle, ids.getFirst());
          if (number <= 2) {
            barrier.await();
          }
          lock(handle, ids.getLast());
          return 1;
        });
  }

  private static void lock(Handle handle, int id) {
    handle.execute("UPDATE word SET text = text || '.' WHERE id = ?", id);
  }

  @Test
  void repeatsATransactionAfterASerializationFailure() {
    try (DatabaseManager database = shared();
        DatabaseManager other = Lab.over("DATABASE_URL", address)) {
      Lab.insert(database, 1);
      AtomicInteger tries = new AtomicInteger();

      int written =
          database.inTransaction(
              STRICT,
              handle -> {
                Lab.count(database);
                if (tries.incrementAndGet() < 3) {
                  other.useHandle(meanwhile -> lock(meanwhile, 1));
                }
                return handle.execute("UPDATE word SET text = 'mine' WHERE id = 1");
              });

      assertThat(written).isEqualTo(1);
      assertThat(tries).hasValue(3);
    }
  }

  @Test
  void readsCommittedDataRegardlessOfTheServersDefault() {
    try (DatabaseManager database = shared();
        DatabaseManager strict =
            Lab.over(
                "DATABASE_URL",
                address + "?options=-c%20default_transaction_isolation=serializable")) {
      int seen =
          strict.inTransaction(
              handle -> {
                Lab.count(strict);
                Lab.insert(database, 1);
                return Lab.count(strict);
              });

      assertThat(seen).isEqualTo(1);
    }
  }

  @Test
  void failsATransactionAfterFiveConflicts() {
    try (DatabaseManager database = shared();
        DatabaseManager other = Lab.over("DATABASE_URL", address)) {
      Lab.insert(database, 1);
      AtomicInteger tries = new AtomicInteger();

      assertThatExceptionOfType(StoreConflict.class)
          .isThrownBy(
              () ->
                  database.inTransaction(
                      STRICT,
                      handle -> {
                        Lab.count(database);
                        tries.incrementAndGet();
                        other.useHandle(meanwhile -> lock(meanwhile, 1));
                        return handle.execute("UPDATE word SET text = 'mine' WHERE id = 1");
                      }));

      assertThat(tries).hasValue(5);
    }
  }

  @Test
  void timesOutAStatementOnAFrozenServer() {
    PostgresServer server = PostgresServer.killable();
    try (DatabaseManager database =
        Lab.over("DATABASE_URL", server.newDatabase(), "SYNTHLAB_DB_STATEMENT_TIMEOUT", "1s")) {
      Lab.makeTable(database);
      Instant begin = Instant.now();

      assertThatExceptionOfType(StoreTimeout.class)
          .isThrownBy(
              () ->
                  database.useHandle(
                      handle -> {
                        server.freeze();
                        handle.execute("SELECT 1");
                      }));

      assertThat(Duration.between(begin, Instant.now())).isLessThan(Duration.ofSeconds(3));
      try (DatabaseManager late =
          Lab.over(
              "DATABASE_URL", server.address("postgres"), "SYNTHLAB_DB_CONNECT_TIMEOUT", "1s")) {
        Instant sent = Instant.now();
        assertThat(late.health().fault()).isPresent();
        assertThat(Duration.between(sent, Instant.now())).isLessThan(Duration.ofSeconds(3));
      }
      server.thaw();
      assertThat(Lab.count(database)).isZero();
    }
  }

  @Test
  void reportsAReadOnlyServer() {
    try (DatabaseManager database = shared();
        DatabaseManager standby =
            Lab.over("DATABASE_URL", address + "?options=-c%20default_transaction_read_only=on")) {
      assertThat(Lab.count(database)).isZero();

      assertThatExceptionOfType(StoreUnavailable.class)
          .isThrownBy(() -> Lab.insert(standby, 1))
          .withMessageContaining("read-only");
    }
  }

  @Test
  void reportsAFullServerAndContinuesWhenItHasSpace() throws IOException {
    Path file = PostgresServer.shared().file(placeOfTheTable());
    Path room = file.resolveSibling(file.getFileName() + ".room");
    try (DatabaseManager full = Lab.over("DATABASE_URL", address)) {
      Files.move(file, room);
      Files.createSymbolicLink(file, Path.of("/dev/full"));

      assertThatExceptionOfType(StoreUnavailable.class)
          .isThrownBy(
              () ->
                  full.inTransaction(handle -> handle.execute("INSERT INTO word VALUES (1, 'w')")))
          .withMessageContaining("No space left on device")
          .withCauseInstanceOf(SQLException.class)
          .satisfies(
              e -> assertThat(((SQLException) e.getCause()).getSQLState()).isEqualTo("53100"));
    } finally {
      Files.deleteIfExists(file);
      Files.move(room, file);
    }
    try (DatabaseManager roomy = Lab.over("DATABASE_URL", address)) {
      roomy.inTransaction(handle -> handle.execute("INSERT INTO word VALUES (1, 'w')"));
      assertThat(Lab.count(roomy)).isEqualTo(1);
    }
  }

  private String placeOfTheTable() {
    try (DatabaseManager database = shared()) {
      return database.withHandle(
          handle ->
              handle.createQuery("SELECT pg_relation_filepath('word')").mapTo(String.class).one());
    }
  }

  @Test
  void showsNoRowValueInAnErrorMessage() {
    try (DatabaseManager database = shared()) {
      database.useHandle(handle -> handle.execute("CREATE UNIQUE INDEX one_text ON word (text)"));
      String value = "a name that nobody may read";
      database.useHandle(handle -> handle.execute("INSERT INTO word VALUES (1, ?)", value));

      assertThatExceptionOfType(StatementFailed.class)
          .isThrownBy(
              () ->
                  database.useHandle(
                      handle -> handle.execute("INSERT INTO word VALUES (2, ?)", value)))
          .withMessageContaining("one_text")
          .satisfies(
              e -> {
                assertThat(e.sqlState()).isEqualTo("23505");
                StringWriter trace = new StringWriter();
                e.printStackTrace(new PrintWriter(trace));
                assertThat(trace.toString()).doesNotContain(value);
              });
    }
  }

  @Test
  void reportsAMissingServerAtOnce() {
    try (DatabaseManager database =
        Lab.over("DATABASE_URL", "postgres://ada:hidden-canary-9@127.0.0.1:1/lab")) {
      Instant begin = Instant.now();

      assertThatExceptionOfType(StoreUnavailable.class)
          .isThrownBy(() -> Lab.count(database))
          .withMessageContaining("postgresql://127.0.0.1:1/lab")
          .withMessageContaining("DATABASE_URL")
          .satisfies(e -> assertThat(e).message().doesNotContain("hidden-canary-9"));
      assertThat(Duration.between(begin, Instant.now())).isLessThan(Duration.ofSeconds(6));
    }
  }

  @Test
  void reportsAWrongPassword() {
    String wrong = PostgresServer.shared().address("postgres").replace("canary", "wrong-word");
    try (DatabaseManager database = Lab.over("DATABASE_URL", wrong)) {
      assertThatExceptionOfType(StoreUnavailable.class)
          .isThrownBy(() -> Lab.count(database))
          .withMessageContaining("password")
          .satisfies(e -> assertThat(e).message().doesNotContain("wrong-word"));
    }
  }

  @Test
  void refusesAServerThatCannotProveItsIdentity() {
    try (DatabaseManager database =
        Lab.over(
            "DATABASE_URL",
            PostgresServer.shared().address("postgres"),
            "POSTGRES_SSL_MODE",
            "verify-full")) {
      assertThatExceptionOfType(StoreUnavailable.class)
          .isThrownBy(() -> Lab.count(database))
          .withMessageContaining("SSL");
    }
  }

  private String address = "";

  private DatabaseManager shared() {
    address = PostgresServer.shared().newDatabase();
    DatabaseManager database = Lab.over("DATABASE_URL", address);
    Lab.makeTable(database);
    return database;
  }
}
