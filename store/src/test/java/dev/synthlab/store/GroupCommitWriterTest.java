package dev.synthlab.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.synthlab.store.StoreException.StatementFailed;
import dev.synthlab.store.StoreException.StoreUnavailable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleCallback;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Transactions on a SQLite file that wait for each other. */
class GroupCommitWriterTest {
  @TempDir Path directory;
  private DatabaseManager database;

  @BeforeEach
  void makeTable() {
    database = Lab.over("SYNTHLAB_DB_PATH", directory.resolve("lab.db").toString());
    Lab.makeTable(database);
  }

  @AfterEach
  void close() {
    database.close();
  }

  @Test
  void commitsTransactionsOfSeveralThreadsTogether() throws Exception {
    List<Integer> inside = new ArrayList<>();
    List<Integer> outside = new ArrayList<>();

    FutureTask<Integer> second =
        afterOneThatWrites(
            handle -> {
              inside.add(count(handle));
              outside.add(Lab.count(others()));
              return handle.execute("INSERT INTO word VALUES (2, 'w')");
            });

    assertThat(second.get()).isEqualTo(1);
    assertThat(inside).containsExactly(1);
    assertThat(outside).containsExactly(0);
    assertThat(Lab.count(database)).isEqualTo(2);
  }

  @Test
  void rollsBackAFailedTaskAndCommitsTheOthers() throws Exception {
    FutureTask<Integer> second =
        afterOneThatWrites(
            handle -> {
              handle.execute("INSERT INTO word VALUES (2, 'w')");
              throw new IllegalStateException("mine");
            });

    assertThatExceptionOfType(ExecutionException.class)
        .isThrownBy(second::get)
        .withMessageContaining("mine");
    assertThat(Lab.count(database)).isEqualTo(1);
  }

  @Test
  void repeatsATaskRolledBackBecauseAnotherFilledTheDisk() throws Exception {
    FutureTask<Integer> second =
        afterOneThatWrites(
            handle -> {
              handle.execute("PRAGMA max_page_count = 10");
              return handle.execute("INSERT INTO word VALUES (2, ?)", "w".repeat(100_000));
            });

    assertThatExceptionOfType(ExecutionException.class)
        .isThrownBy(second::get)
        .withCauseInstanceOf(StoreUnavailable.class)
        .withMessageContaining("lab.db")
        .withMessageContaining("the disk has free space");
    assertThat(Lab.count(database)).isEqualTo(1);
    assertThat(tries).hasValue(2);
  }

  @Test
  void reportsTheTaskThatViolatesADeferredConstraint() throws Exception {
    database.useHandle(
        handle ->
            handle.execute(
                "CREATE TABLE note (word INTEGER REFERENCES word DEFERRABLE INITIALLY DEFERRED)"));

    FutureTask<Integer> second =
        afterOneThatWrites(handle -> handle.execute("INSERT INTO note VALUES (99)"));

    assertThatExceptionOfType(ExecutionException.class)
        .isThrownBy(second::get)
        .withCauseInstanceOf(StatementFailed.class)
        .withMessageContaining("FOREIGN KEY");
    assertThat(Lab.count(database)).isEqualTo(1);
  }

  @Test
  void writesOnAConnectionThatTheThreadAlreadyHolds() throws Exception {
    FutureTask<Integer> second =
        task(
            () ->
                database.withHandle(
                    outer ->
                        database.inTransaction(
                            inner -> inner.execute("INSERT INTO word VALUES (2, 'w')"))));

    writeWhileItWaits(second);

    assertThat(second.get()).isEqualTo(1);
    assertThat(Lab.count(database)).isEqualTo(2);
  }

  private final AtomicInteger tries = new AtomicInteger();

  /** One that writes a word, and goes on when the other waits behind it. */
  private FutureTask<Integer> afterOneThatWrites(HandleCallback<Integer, RuntimeException> second)
      throws Exception {
    FutureTask<Integer> task = task(() -> database.inTransaction(second));
    writeWhileItWaits(task);
    return task;
  }

  private void writeWhileItWaits(FutureTask<Integer> second) {
    Thread thread = new Thread(second);
    int written =
        database.inTransaction(
            handle -> {
              if (tries.incrementAndGet() == 1) {
                thread.start();
                while (thread.getState() != Thread.State.TIMED_WAITING) {
                  Thread.onSpinWait();
                }
              }
              return handle.execute("INSERT INTO word VALUES (1, 'w')");
            });
    assertThat(written).isEqualTo(1);
  }

  private static FutureTask<Integer> task(Callable<Integer> work) {
    return new FutureTask<>(work);
  }

  private static int count(Handle handle) {
    return handle.createQuery("SELECT count(*) FROM word").mapTo(Integer.class).one();
  }

  private DatabaseManager others() {
    return Lab.over("SYNTHLAB_DB_PATH", directory.resolve("lab.db").toString());
  }
}
