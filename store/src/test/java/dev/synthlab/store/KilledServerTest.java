package dev.synthlab.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthlab.store.TransactionOptions.OnConnectionLoss;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Many threads write while the server is killed and started again. */
class KilledServerTest {
  private static final int THREADS = 100;
  private static final int EACH = 30;
  private static final int KILLS = 3;

  private final List<CountDownLatch> enough = new ArrayList<>();

  /** Those who write to one table by the same rules. */
  private record Writers(
      DatabaseManager database, OnConnectionLoss onConnectionLoss, Set<Integer> acknowledged) {
    String table() {
      return onConnectionLoss.name().toLowerCase(Locale.ROOT);
    }

    /** What the table holds; a key that stood there twice would have failed. */
    Set<Integer> there() {
      return new HashSet<>(
          database.withHandle(
              handle ->
                  handle.createQuery("SELECT id FROM " + table()).mapTo(Integer.class).list()));
    }
  }

  @Test
  void storesEachAcknowledgedCommitOnceAndCompletesRepeatableWork() throws Exception {
    PostgresServer server = PostgresServer.killable();
    try (DatabaseManager database =
        Lab.over("DATABASE_URL", server.newDatabase(), "SYNTHLAB_DB_CONNECT_TIMEOUT", "30s")) {
      Writers failing = new Writers(database, OnConnectionLoss.FAIL, ConcurrentHashMap.newKeySet());
      Writers repeating =
          new Writers(database, OnConnectionLoss.REPEAT, ConcurrentHashMap.newKeySet());

      writeThroughKills(server, List.of(failing, repeating));

      assertThat(failing.there()).containsAll(failing.acknowledged());
      assertThat(failing.acknowledged()).hasSizeGreaterThan(THREADS * EACH / 2);
      assertThat(repeating.acknowledged()).hasSize(THREADS * EACH);
      assertThat(repeating.there()).isEqualTo(repeating.acknowledged());
    }
  }

  private void writeThroughKills(PostgresServer server, List<Writers> all) throws Exception {
    for (int i = 1; i <= KILLS; i++) {
      enough.add(new CountDownLatch(i * all.size() * THREADS * EACH / (KILLS + 2)));
    }
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> writing = new ArrayList<>();
      for (Writers writers : all) {
        writers
            .database()
            .useHandle(
                handle ->
                    handle.execute(
                        "CREATE TABLE " + writers.table() + " (id INTEGER PRIMARY KEY)"));
        for (int thread = 0; thread < THREADS; thread++) {
          int first = thread * EACH;
          writing.add(executor.submit(() -> write(writers, first)));
        }
      }
      for (CountDownLatch latch : enough) {
        latch.await();
        server.kill();
        server.restart();
      }
      for (Future<?> writer : writing) {
        writer.get();
      }
    }
  }

  private void write(Writers writers, int first) {
    for (int id = first; id < first + EACH; id++) {
      int key = id;
      try {
        writers
            .database()
            .inTransaction(
                TransactionOptions.DEFAULT.with(writers.onConnectionLoss()),
                handle ->
                    handle.execute(
                        "INSERT INTO " + writers.table() + " VALUES (?) ON CONFLICT DO NOTHING",
                        key));
        writers.acknowledged().add(key);
      } catch (StoreException e) {
        assertThat(writers.onConnectionLoss()).as("%s", e).isEqualTo(OnConnectionLoss.FAIL);
      }
      enough.forEach(CountDownLatch::countDown);
    }
  }
}
