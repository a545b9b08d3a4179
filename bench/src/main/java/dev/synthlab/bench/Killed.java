package dev.synthlab.bench;

import dev.synthlab.config.Environment;
import dev.synthlab.config.Settings;
import dev.synthlab.store.DatabaseManager;
import dev.synthlab.store.PostgresServer;
import dev.synthlab.store.StoreException;
import dev.synthlab.store.TransactionOptions;
import dev.synthlab.store.TransactionOptions.OnConnectionLoss;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.jdbi.v3.core.Handle;

/**
 * Whether every transaction that was acknowledged is there once, and every other one once at most,
 * when the server is killed and started again while many threads write. Fails when it is not so.
 */
public final class Killed {
  private static final int THREADS = 200;
  private static final int KILLS = 3;

  private final Bounds bounds;
  private final int each;
  private final Set<Integer> acknowledged = ConcurrentHashMap.newKeySet();
  private final AtomicLong max = new AtomicLong();
  private final List<CountDownLatch> enough = new ArrayList<>();

  private Killed(Bounds bounds, int each) {
    this.bounds = bounds;
    this.each = each;
  }

  /**
   * Kills, counts and prints.
   *
   * @param args {@code --each N}: transactions of each of 200 threads, 1,000 without it
   * @throws Exception when the server does not start
   */
  public static void main(String[] args) throws Exception {
    int each = new Options(args, "--each").number("--each", 1_000);
    Bounds bounds = new Bounds();
    bounds.say(Machine.line() + "\n");
    bounds.open(THREADS + " threads, " + each + " transactions each", "measured", "bound");
    for (OnConnectionLoss whenLost : OnConnectionLoss.values()) {
      new Killed(bounds, each).measure(whenLost);
    }
    System.exit(bounds.exitCode());
  }

  private void measure(OnConnectionLoss whenLost) throws Exception {
    int all = THREADS * each;
    for (int i = 1; i <= KILLS; i++) {
      enough.add(new CountDownLatch(i * all / (KILLS + 1)));
    }
    long begin = System.nanoTime();
    try (PostgresServer server = PostgresServer.durable();
        DatabaseManager database =
            DatabaseManager.of(
                Settings.from(
                    Environment.of(
                        Map.of(
                            "DATABASE_URL",
                            server.newDatabase(),
                            "SYNTHLAB_DB_POOL_SIZE",
                            "64",
                            "SYNTHLAB_DB_CONNECT_TIMEOUT",
                            "30s"))))) {
      // Without a key, so that a row which is there twice is seen, where nothing is repeated.
      String key = whenLost == OnConnectionLoss.REPEAT ? " PRIMARY KEY" : "";
      database.useHandle(handle -> handle.execute("CREATE TABLE word (id INTEGER" + key + ")"));
      write(server, database, whenLost);
      judge(whenLost.name().toLowerCase(Locale.ROOT) + ": ", all, there(database));
    }
    bounds.row(
        whenLost.name().toLowerCase(Locale.ROOT) + ": all of it took",
        (System.nanoTime() - begin) / 1_000_000_000 + " s");
  }

  private void write(PostgresServer server, DatabaseManager database, OnConnectionLoss whenLost)
      throws Exception {
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> writers = new ArrayList<>();
      for (int thread = 0; thread < THREADS; thread++) {
        int first = thread * each;
        writers.add(executor.submit(() -> write(database, first, whenLost)));
      }
      for (CountDownLatch latch : enough) {
        latch.await();
        server.kill();
        server.restart();
        long back = System.nanoTime();
        database.inTransaction(
            TransactionOptions.DEFAULT.with(OnConnectionLoss.REPEAT), handle -> handle.execute("SELECT 1"));
        max.accumulateAndGet(System.nanoTime() - back, Math::max);
      }
      for (Future<?> writer : writers) {
        writer.get();
      }
    }
  }

  private void write(DatabaseManager database, int first, OnConnectionLoss whenLost) {
    for (int id = first; id < first + each; id++) {
      int key = id;
      try {
        database.inTransaction(
            TransactionOptions.DEFAULT.with(whenLost), handle -> insert(handle, key, whenLost));
        acknowledged.add(key);
      } catch (StoreException e) {
        if (whenLost == OnConnectionLoss.REPEAT) {
          bounds.say("not acknowledged: " + e.getMessage());
        }
      }
      enough.forEach(CountDownLatch::countDown);
    }
  }

  private static int insert(Handle handle, int key, OnConnectionLoss whenLost) {
    String more = whenLost == OnConnectionLoss.REPEAT ? " ON CONFLICT DO NOTHING" : "";
    return handle.execute("INSERT INTO word VALUES (?)" + more, key);
  }

  /** How often each row is there. */
  private static Map<Integer, Integer> there(DatabaseManager database) {
    Map<Integer, Integer> times = new HashMap<>();
    database
        .<List<Integer>, RuntimeException>withHandle(
            handle -> handle.createQuery("SELECT id FROM word").mapTo(Integer.class).list())
        .forEach(id -> times.merge(id, 1, Integer::sum));
    return times;
  }

  private void judge(String rules, int all, Map<Integer, Integer> there) {
    long missing = acknowledged.stream().filter(id -> !there.containsKey(id)).count();
    long doubled = there.values().stream().filter(times -> times > 1).count();
    long unknown = there.keySet().stream().filter(id -> !acknowledged.contains(id)).count();
    bounds.row(rules + "acknowledged", acknowledged.size() + " of " + all);
    bounds.row(rules + "acknowledged and not there", missing + "", "= 0", missing == 0);
    bounds.row(rules + "there more than once", doubled + "", "= 0", doubled == 0);
    bounds.row(rules + "not acknowledged and there once", unknown + "");
    double seconds = max.get() / 1e9;
    bounds.row(
        rules + "longest until a transaction succeeds after the server is back",
        String.format(Locale.ROOT, "%.1f s", seconds),
        "≤ 10 s",
        seconds <= 10);
    if (rules.startsWith("repeat")) {
      bounds.row(
          rules + "not acknowledged",
          all - acknowledged.size() + "",
          "= 0",
          acknowledged.size() == all);
    }
  }
}
