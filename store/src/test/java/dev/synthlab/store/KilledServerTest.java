package dev.synthlab.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthlab.store.TransactionRules.WhenLost;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Many threads write while the server is killed and started again. */
class KilledServerTest {
  private static final int THREADS = 200;
  private static final int EACH = 30;
  private static final int KILLS = 3;

  private final Set<Integer> acknowledged = ConcurrentHashMap.newKeySet();
  private final List<CountDownLatch> enough = new ArrayList<>();

  @Test
  void keepsEveryAcknowledgedCommitOnceAndOthersOnceAtMost() throws Exception {
    Set<Integer> there = writeThroughKills(WhenLost.FAIL);

    assertThat(there).containsAll(acknowledged);
    assertThat(acknowledged).hasSizeGreaterThan(THREADS * EACH / 2);
  }

  @Test
  void doesEveryTransactionThatMayBeRepeated() throws Exception {
    Set<Integer> there = writeThroughKills(WhenLost.REPEAT);

    assertThat(acknowledged).hasSize(THREADS * EACH);
    assertThat(there).isEqualTo(acknowledged);
  }

  /** What the table holds at the end; a key that stood there twice would have failed. */
  private Set<Integer> writeThroughKills(WhenLost whenLost) throws Exception {
    for (int i = 1; i <= KILLS; i++) {
      enough.add(new CountDownLatch(i * THREADS * EACH / (KILLS + 2)));
    }
    try (PostgresServer server = PostgresServer.start();
        DatabaseManager database =
            Lab.over("DATABASE_URL", server.newDatabase(), "SYNTHLAB_DB_CONNECT_TIMEOUT", "30s");
        ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      Lab.makeTable(database);
      List<Future<?>> writers = new ArrayList<>();
      for (int thread = 0; thread < THREADS; thread++) {
        int first = thread * EACH;
        writers.add(executor.submit(() -> write(database, first, whenLost)));
      }
      for (CountDownLatch latch : enough) {
        latch.await();
        server.kill();
        server.restart();
      }
      for (Future<?> writer : writers) {
        writer.get();
      }
      return new HashSet<>(
          database.withHandle(
              handle -> handle.createQuery("SELECT id FROM word").mapTo(Integer.class).list()));
    }
  }

  private void write(DatabaseManager database, int first, WhenLost whenLost) {
    for (int id = first; id < first + EACH; id++) {
      int key = id;
      try {
        database.inTransaction(
            TransactionRules.USUAL.with(whenLost),
            handle ->
                handle.execute("INSERT INTO word VALUES (?, 'w') ON CONFLICT DO NOTHING", key));
        acknowledged.add(key);
      } catch (StoreException e) {
        assertThat(whenLost).as("%s", e).isEqualTo(WhenLost.FAIL);
      }
      enough.forEach(CountDownLatch::countDown);
    }
  }
}
