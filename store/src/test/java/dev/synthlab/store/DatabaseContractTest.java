package dev.synthlab.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.synthlab.store.StoreException.PoolExhausted;
import dev.synthlab.store.StoreException.SchemaTooNew;
import dev.synthlab.store.StoreException.StatementFailed;
import dev.synthlab.store.StoreException.StoreTimeout;
import dev.synthlab.store.TransactionOptions.Access;
import dev.synthlab.store.TransactionOptions.Isolation;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What both databases promise. */
abstract class DatabaseContractTest {
  @TempDir Path directory;
  private DatabaseManager database;

  /** A manager of the test's own database with more variables. */
  abstract DatabaseManager open(String... variables);

  /** A statement that takes a minute at least. */
  abstract String slow();

  @BeforeEach
  void makeTable() {
    database = open();
    Lab.makeTable(database);
  }

  @AfterEach
  void close() {
    database.close();
  }

  @Test
  void commitsTheWritesOfATransaction() {
    int written =
        database.inTransaction(handle -> handle.execute("INSERT INTO word VALUES (1, 'a')"));

    assertThat(written).isEqualTo(1);
    assertThat(Lab.count(database)).isEqualTo(1);
  }

  @Test
  void rollsBackOnAnyThrowable() {
    assertThatExceptionOfType(StackOverflowError.class)
        .isThrownBy(
            () ->
                database.inTransaction(
                    handle -> {
                      handle.execute("INSERT INTO word VALUES (1, 'a')");
                      throw new StackOverflowError();
                    }));

    assertThat(Lab.count(database)).isZero();
  }

  @Test
  void rethrowsTheExceptionOfTheWorkUnchanged() {
    FileNotFoundException own = new FileNotFoundException("mine");

    assertThatExceptionOfType(FileNotFoundException.class)
        .isThrownBy(
            () ->
                database.inTransaction(
                    handle -> {
                      throw own;
                    }))
        .isSameAs(own);
  }

  @Test
  void commitsEachStatementOfAHandleSeparately() {
    assertThatExceptionOfType(IllegalStateException.class)
        .isThrownBy(
            () ->
                database.useHandle(
                    handle -> {
                      handle.execute("INSERT INTO word VALUES (1, 'a')");
                      throw new IllegalStateException();
                    }));

    assertThat(Lab.count(database)).isEqualTo(1);
  }

  @Test
  void rollsBackOnlyTheFailedNestedTransaction() {
    database.inTransaction(
        outer -> {
          outer.execute("INSERT INTO word VALUES (1, 'a')");
          assertThatExceptionOfType(StatementFailed.class)
              .isThrownBy(
                  () ->
                      database.inTransaction(
                          inner -> {
                            inner.execute("INSERT INTO word VALUES (2, 'b')");
                            return inner.execute("INSERT INTO word VALUES (1, 'again')");
                          }));
          return outer.execute("INSERT INTO word VALUES (3, 'c')");
        });

    List<Integer> ids =
        database.withHandle(
            handle ->
                handle.createQuery("SELECT id FROM word ORDER BY id").mapTo(Integer.class).list());
    assertThat(ids).containsExactly(1, 3);
  }

  @Test
  void usesTheSameConnectionForNestedWork() {
    int seen =
        database.inTransaction(
            handle -> {
              handle.execute("INSERT INTO word VALUES (1, 'a')");
              return Lab.count(database);
            });

    assertThat(seen).isEqualTo(1);
  }

  @Test
  void refusesWritesInAReadOnlyTransaction() {
    TransactionOptions reads = TransactionOptions.DEFAULT.with(Access.READ_ONLY);

    assertThatExceptionOfType(StatementFailed.class)
        .isThrownBy(
            () ->
                database.inTransaction(
                    reads, handle -> handle.execute("INSERT INTO word VALUES (1, 'a')")));
    assertThatExceptionOfType(IllegalStateException.class)
        .isThrownBy(
            () ->
                database.inTransaction(
                    reads, outer -> database.inTransaction(inner -> inner.execute("SELECT 1"))));

    Lab.insert(database, 1);
    assertThat(Lab.count(database)).isEqualTo(1);
  }

  @Test
  void readsOneSnapshotInARepeatableReadTransaction() {
    TransactionOptions still =
        TransactionOptions.DEFAULT.with(Access.READ_ONLY).with(Isolation.REPEATABLE_READ);
    try (DatabaseManager other = open()) {
      List<Integer> seen =
          database.inTransaction(
              still,
              handle -> {
                int before = Lab.count(database);
                Lab.insert(other, 1);
                return List.of(before, Lab.count(database));
              });

      assertThat(seen).containsExactly(0, 0);
      assertThat(Lab.count(database)).isEqualTo(1);
    }
  }

  @Test
  void reportsTheDatabaseOfARefusedStatement() {
    assertThatExceptionOfType(StatementFailed.class)
        .isThrownBy(() -> database.useHandle(handle -> handle.execute("SELEKT 1")))
        .withMessageContaining(database.health().database())
        .withMessageContaining("SELEKT");
  }

  @Test
  void servesThousandsOfVirtualThreadsInTurn() throws Exception {
    Lab.insert(database, 1);
    int threads = 1_000;
    List<Future<Integer>> all = new ArrayList<>();
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
        DatabaseManager patient = open("SYNTHLAB_DB_CONNECT_TIMEOUT", "60s")) {
      for (int i = 0; i < threads; i++) {
        int id = 100 + i;
        all.add(
            executor.submit(
                () ->
                    patient.inTransaction(
                        TransactionOptions.DEFAULT.with(Access.READ_ONLY),
                        handle ->
                            handle
                                .createQuery("SELECT count(*) + :id FROM word")
                                .bind("id", id)
                                .mapTo(Integer.class)
                                .one())));
      }

      for (int i = 0; i < threads; i++) {
        assertThat(all.get(i).get()).isEqualTo(101 + i);
      }
    }
  }

  @Test
  void storesEveryWriteOfManyThreads() throws Exception {
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Integer>> all = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        int id = i;
        all.add(
            executor.submit(
                () ->
                    database.inTransaction(
                        handle -> handle.execute("INSERT INTO word VALUES (?, 'w')", id))));
      }
      for (Future<Integer> one : all) {
        one.get();
      }
    }

    assertThat(Lab.count(database)).isEqualTo(200);
  }

  @Test
  void waitsALimitedTimeForAConnectionAndReportsThePoolSize() throws Exception {
    CountDownLatch lent = new CountDownLatch(1);
    CountDownLatch enough = new CountDownLatch(1);
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
        DatabaseManager small =
            open("SYNTHLAB_DB_POOL_SIZE", "1", "SYNTHLAB_DB_CONNECT_TIMEOUT", "400ms")) {
      Future<Integer> holder =
          executor.submit(
              () ->
                  small.withHandle(
                      handle -> {
                        lent.countDown();
                        enough.await();
                        return handle.execute("SELECT 1");
                      }));
      lent.await();
      Instant begin = Instant.now();

      assertThatExceptionOfType(PoolExhausted.class)
          .isThrownBy(() -> Lab.count(small))
          .withMessageContaining("1 of 1 are in use")
          .withMessageContaining("400 ms");
      assertThat(Duration.between(begin, Instant.now())).isBetween(ms(390), ms(900));
      enough.countDown();
      holder.get();
      assertThat(Lab.count(small)).isZero();
    }
  }

  @Test
  void cancelsAStatementThatTakesTooLong() {
    try (DatabaseManager hasty = open("SYNTHLAB_DB_STATEMENT_TIMEOUT", "500ms")) {
      Lab.count(hasty);
      Instant begin = Instant.now();

      assertThatExceptionOfType(StoreTimeout.class)
          .isThrownBy(() -> hasty.useHandle(handle -> handle.execute(slow())))
          .withMessageContaining("SYNTHLAB_DB_STATEMENT_TIMEOUT");
      assertThat(Duration.between(begin, Instant.now())).isBetween(ms(450), ms(1_500));
      assertThat(Lab.count(hasty)).isZero();
    }
  }

  @Test
  void runsTheUsersMigrationsAndRefusesANewerSchema() throws IOException {
    Path old = Files.createDirectory(directory.resolve("old"));
    Path young = Files.createDirectory(directory.resolve("young"));
    for (Path each : List.of(old, young)) {
      Files.writeString(each.resolve("V1__one.sql"), "CREATE TABLE one (id INTEGER);");
    }
    Files.writeString(young.resolve("V2__two.sql"), "CREATE TABLE two (id INTEGER);");

    try (DatabaseManager migrated = open("SYNTHLAB_DB_MIGRATIONS", "filesystem:" + young)) {
      migrated.useHandle(handle -> handle.execute("INSERT INTO two VALUES (1)"));
    }
    try (DatabaseManager outdated = open("SYNTHLAB_DB_MIGRATIONS", "filesystem:" + old)) {
      assertThatExceptionOfType(SchemaTooNew.class)
          .isThrownBy(() -> Lab.count(outdated))
          .withMessageContaining("version 2")
          .withMessageContaining("up to 1");
    }
    assertThat(Lab.count(database)).isZero();
  }

  @Test
  void reportsAHealthyDatabase() {
    Health health = database.health();

    assertThat(health.fault()).isEmpty();
    assertThat(health.connectionsInUse()).isZero();
  }

  @Test
  void opensNoConnectionAfterItWasClosed() {
    database.close();

    assertThatExceptionOfType(IllegalStateException.class)
        .isThrownBy(() -> Lab.count(database))
        .withMessageContaining("closed");
  }

  private static Duration ms(long millis) {
    return Duration.ofMillis(millis);
  }
}
