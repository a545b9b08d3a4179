package dev.synthlab.bench;

import com.sun.management.OperatingSystemMXBean;
import dev.synthlab.call.CallReport;
import dev.synthlab.call.CallReports;
import dev.synthlab.config.Environment;
import dev.synthlab.config.Settings;
import dev.synthlab.llm.LlmClient;
import dev.synthlab.store.DatabaseManager;
import dev.synthlab.store.Ledger;
import dev.synthlab.store.PostgresServer;
import dev.synthlab.store.UsageSummary;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * How much 64 threads can keep so that a power cut takes none of it, in transactions and in the
 * ledger, and what the ledger costs a call. Fails when a bound breaks.
 */
public final class Stored {
  private static final int THREADS = 64;
  private static final int WARM_UP = 30_000;
  private static final int GUST = 8_000;
  private static final int GUSTS = 5;
  private static final int CALLS = 4_000;
  private static final int AT_ONCE = 16;
  private static final int MIN_A_SECOND = 5_000;
  private static final double MAX_COST = 0.05;
  private static final OperatingSystemMXBean MACHINE =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

  private final Bounds bounds;
  private final int rows;
  private final CallReport report;
  private final double callMicros;

  private Stored(Bounds bounds, int rows, CallReport report, double callMicros) {
    this.bounds = bounds;
    this.rows = rows;
    this.report = report;
    this.callMicros = callMicros;
  }

  /** What one of the threads does again and again. */
  private interface Step {
    void at(int number) throws Exception;
  }

  /**
   * Measures and prints.
   *
   * @param args {@code --rows N}, 100,000 without it
   * @throws Exception when something fails or a server's process ends
   */
  public static void main(String[] args) throws Exception {
    int rows = new Options(args, "--rows").number("--rows", 100_000);
    Bounds bounds = new Bounds();
    bounds.say(Machine.line() + "\n");
    bounds.open("store", "measured", "bound");
    AtomicReference<CallReport> seen = new AtomicReference<>();
    double micros = call(seen);
    bounds.row("a call without the ledger", String.format(Locale.ROOT, "%.0f µs CPU", micros));
    Stored stored = new Stored(bounds, rows, seen.get(), micros);
    Path home = Files.createTempDirectory("synthlab-bench");
    Map<String, String> file = Map.of("SYNTHLAB_DB_PATH", home.resolve("lab.db").toString());
    stored.transactions("SQLite", file);
    stored.ledger("SQLite", file);
    try (PostgresServer server = PostgresServer.durable()) {
      String address = server.newDatabase();
      stored.transactions(
          "PostgreSQL, " + THREADS + " connections",
          Map.of(
              "DATABASE_URL",
              address,
              "SYNTHLAB_DB_POOL_SIZE",
              Integer.toString(THREADS),
              "SYNTHLAB_DB_CONNECT_TIMEOUT",
              "30s"));
      stored.ledger("PostgreSQL", Map.of("SYNTHLAB_LEDGER_URL", address));
    }
    System.exit(bounds.exitCode());
  }

  private static double call(AtomicReference<CallReport> seen) throws Exception {
    try (Child models = Child.start(SlowServer.class, List.of(), "0");
        LlmClient client =
            Clients.of(URI.create(models.hear(SlowServer.MARK)), Map.of())
                .addObserver(seen::set)
                .build()) {
      Semaphore places = new Semaphore(AT_ONCE);
      Step step =
          number -> {
            places.acquire();
            try {
              client.complete("Why is the sky blue?");
            } finally {
              places.release();
            }
          };
      spread(CALLS, step);
      long cpu = MACHINE.getProcessCpuTime();
      spread(CALLS, step);
      return (MACHINE.getProcessCpuTime() - cpu) / 1e3 / CALLS;
    }
  }

  private void transactions(String where, Map<String, String> variables) throws Exception {
    try (DatabaseManager database = DatabaseManager.of(settings(variables))) {
      database.useHandle(
          handle -> {
            handle.execute("DROP TABLE IF EXISTS word");
            handle.execute("CREATE TABLE word (id INTEGER PRIMARY KEY, text VARCHAR NOT NULL)");
          });
      Step step =
          number ->
              database.inTransaction(
                  handle -> handle.execute("INSERT INTO word VALUES (?, 'w')", number));
      spread(WARM_UP, step);
      Duration took = spread(rows, number -> step.at(WARM_UP + number));
      int there =
          database.withHandle(
              handle -> handle.createQuery("SELECT count(*) FROM word").mapTo(Integer.class).one());
      require(there == WARM_UP + rows, there + " rows are there, not " + (WARM_UP + rows));
      speed(where + ": transactions of one row", rows, took);
    }
  }

  private void ledger(String where, Map<String, String> variables) throws Exception {
    Settings settings = settings(variables);
    gust(settings, WARM_UP);
    long before = calls(settings);
    Ledger ledger = Ledger.of(settings);
    long begin = System.nanoTime();
    spread(rows, number -> ledger.ended(told()));
    ledger.close();
    Duration took = Duration.ofNanos(System.nanoTime() - begin);
    long kept = calls(settings) - before;
    require(kept == rows - ledger.lost(), kept + " calls are there, told " + rows);
    speed(where + ": calls in the ledger", (int) kept, took);
    bounds.row(
        where + ": calls that 64 threads without a pause told too fast",
        String.format(Locale.ROOT, "%d of %d", ledger.lost(), rows));
    long cpu = MACHINE.getProcessCpuTime();
    for (int i = 0; i < GUSTS; i++) {
      gust(settings, GUST);
    }
    double micros = (MACHINE.getProcessCpuTime() - cpu) / 1e3 / (GUSTS * GUST);
    require(calls(settings) == before + kept + GUSTS * GUST, "calls of a gust were lost");
    bounds.row(
        where + ": what the ledger costs a call",
        String.format(Locale.ROOT, "%.1f µs CPU, %.1f %%", micros, 100 * micros / callMicros),
        "≤ 5 %",
        micros / callMicros <= MAX_COST);
  }

  /** Calls that have ended, as many as fit into the queue, and the end of the ledger. */
  private void gust(Settings settings, int calls) throws Exception {
    try (Ledger ledger = Ledger.of(settings)) {
      spread(calls, number -> ledger.ended(told()));
    }
  }

  /** Another call like the one that was made, begun when it is told of. */
  private CallReport told() {
    return CallReports.of(
        report.route(),
        Instant.now(),
        report.elapsed(),
        report.queued(),
        report.attempts(),
        report.spend(),
        report.fault(),
        report.metadata());
  }

  private static long calls(Settings settings) {
    return Ledger.usage(settings, Instant.EPOCH, UsageSummary.GroupBy.MODEL).stream()
        .mapToLong(UsageSummary::calls)
        .sum();
  }

  private void speed(String what, int count, Duration took) {
    double second = count / (took.toNanos() / 1e9);
    bounds.row(
        what,
        String.format(Locale.ROOT, "%,.0f a second", second),
        String.format(Locale.ROOT, "≥ %,d", MIN_A_SECOND),
        second >= MIN_A_SECOND);
  }

  /** Each number once, by all threads together. */
  private static Duration spread(int count, Step step) throws Exception {
    AtomicInteger next = new AtomicInteger();
    long begin = System.nanoTime();
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        all.add(
            executor.submit(
                () -> {
                  for (int n = next.getAndIncrement(); n < count; n = next.getAndIncrement()) {
                    step.at(n);
                  }
                  return null;
                }));
      }
      for (Future<?> one : all) {
        one.get();
      }
    }
    return Duration.ofNanos(System.nanoTime() - begin);
  }

  private static Settings settings(Map<String, String> variables) {
    return Settings.from(Environment.of(variables));
  }

  private static void require(boolean holds, String otherwise) throws IOException {
    if (!holds) {
      throw new IOException(otherwise);
    }
  }
}
