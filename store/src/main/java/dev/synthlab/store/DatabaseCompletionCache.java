package dev.synthlab.store;

import dev.synthlab.Internal;
import dev.synthlab.call.Deadline;
import dev.synthlab.call.Retry;
import dev.synthlab.call.Timer;
import dev.synthlab.config.Settings;
import dev.synthlab.llm.CompletionCache;
import dev.synthlab.logging.Logging;
import dev.synthlab.store.CompletionTable.Change;
import dev.synthlab.store.TransactionOptions.Access;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;

/**
 * A completion cache in the database of the ledger. One thread reads and one thread writes, both in
 * batches. After a failure of the database the cache is not used for 30 seconds: calls continue
 * without it. Thread-safe.
 */
@Internal
public final class DatabaseCompletionCache implements CompletionCache {
  private static final Logger log = Logging.component("cache");
  private static final int MAX_QUEUED = 2_000;
  private static final int MAX_BATCH = 100;
  private static final Duration MAX_LOOKUP = Duration.ofSeconds(3);
  private static final Duration MAX_START = Duration.ofSeconds(20);
  private static final Duration MAX_WRITE = Duration.ofSeconds(5);
  private static final Duration MAX_CLOSE = Duration.ofSeconds(5);
  private static final Duration DISABLED_FOR = Duration.ofSeconds(30);

  private final Dialect dialect;
  private final CompletionTable table;
  private final Timer timer;
  private final BatchQueue<Lookup> lookups;
  private final BatchQueue<Change> changes;

  /** Completions that wait to be written; they are found here until then. */
  private final Map<String, CachedCompletion> unwritten = new ConcurrentHashMap<>();

  private final AtomicBoolean warned = new AtomicBoolean();
  private volatile boolean disabled;
  private volatile long disabledUntil;
  private volatile boolean closed;

  /** Bytes since the last trim; the first batch always trims. Used by the writer only. */
  private long added = Long.MAX_VALUE;

  private DatabaseCompletionCache(Dialect dialect, Settings.Cache rules, Timer timer) {
    this.dialect = dialect;
    this.table = new CompletionTable(rules);
    this.timer = timer;
    this.lookups = new BatchQueue<>("synthlab-cache-look", this::lookUp);
    this.changes = new BatchQueue<>("synthlab-cache-keep", this::write);
  }

  /**
   * Opens the cache in the database that the settings name.
   *
   * @param settings the database, the time to live and the maximum size
   * @return a cache that connects at its first use
   */
  public static DatabaseCompletionCache of(Settings settings) {
    return of(settings, Timer.system());
  }

  static DatabaseCompletionCache of(Settings settings, Timer timer) {
    return new DatabaseCompletionCache(Ledger.dialect(settings, timer), settings.cache(), timer);
  }

  /** A lookup whose caller waits for the result. */
  private record Lookup(String key, CompletableFuture<Optional<CachedCompletion>> found) {}

  @Override
  public Optional<CachedCompletion> find(String key) {
    CachedCompletion recent = unwritten.get(key);
    if (recent != null) {
      changes.offer(new Change.Used(key, timer.now()));
      return Optional.of(recent);
    }
    Lookup lookup = new Lookup(key, new CompletableFuture<>());
    if (closed || isDisabled() || !lookups.offer(lookup)) {
      return Optional.empty();
    }
    Duration max = lookups.started ? MAX_LOOKUP : MAX_START;
    try {
      Optional<CachedCompletion> found = lookup.found().get(max.toMillis(), TimeUnit.MILLISECONDS);
      if (found.isPresent()) {
        changes.offer(new Change.Used(key, timer.now()));
      }
      return found;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    } catch (TimeoutException e) {
      disable("a lookup took longer than " + max.toSeconds() + " s");
      return Optional.empty();
    } catch (ExecutionException e) {
      throw new IllegalStateException("a lookup never fails", e);
    }
  }

  @Override
  public void keep(String key, CachedCompletion completion) {
    if (closed || isDisabled() || !table.accepts(completion)) {
      return;
    }
    unwritten.put(key, completion);
    if (!changes.offer(new Change.Put(key, completion, timer.now()))) {
      unwritten.remove(key, completion);
    }
  }

  /** Writes what is queued, for at most five seconds. */
  @Override
  public void close() {
    closed = true;
    Deadline end = Deadline.in(timer, MAX_CLOSE);
    changes.end(end);
    lookups.end(end);
  }

  private boolean isDisabled() {
    if (disabled && timer.nanos() - disabledUntil >= 0) {
      disabled = false;
    }
    return disabled;
  }

  private void disable(String reason) {
    disabledUntil = timer.nanos() + DISABLED_FOR.toNanos();
    disabled = true;
    if (warned.compareAndSet(false, true)) {
      log.warn(
          "the cache in {} cannot be used and is tried again every {} s; calls continue without it: {}",
          dialect.name(),
          DISABLED_FOR.toSeconds(),
          reason);
    }
  }

  private void lookUp(Connection connection, List<Lookup> batch) throws SQLException {
    List<String> keys = batch.stream().map(Lookup::key).distinct().toList();
    Map<String, CachedCompletion> found = table.find(connection, keys, timer.now());
    batch.forEach(each -> each.found().complete(Optional.ofNullable(found.get(each.key()))));
  }

  private void write(Connection connection, List<Change> batch) throws SQLException {
    dialect.begin(connection, TransactionOptions.DEFAULT);
    long more = table.change(connection, batch);
    added = added > Long.MAX_VALUE - more ? Long.MAX_VALUE : added + more;
    boolean full = table.mayBeFull(added);
    if (full) {
      table.trim(connection, timer.now());
    }
    dialect.commit(connection);
    added = full ? 0 : added;
    written(batch);
  }

  private void written(List<Change> batch) {
    for (Change change : batch) {
      if (change instanceof Change.Put put) {
        unwritten.remove(put.key(), put.completion());
      }
    }
  }

  private interface Work<T> {
    void on(Connection connection, List<T> batch) throws SQLException;
  }

  /** A queue, and the thread that handles its items in batches on its own connection. */
  private final class BatchQueue<T> {
    /** An empty item is the last one. */
    private final BlockingQueue<Optional<T>> queue = new ArrayBlockingQueue<>(MAX_QUEUED);

    private final Work<T> work;
    private final Thread thread;
    private final Retry retry;
    private Optional<Connection> open = Optional.empty();
    private volatile boolean started;

    BatchQueue(String name, Work<T> work) {
      this.work = work;
      // The timer gives the age of entries, but these threads wait for a real database.
      this.retry =
          Retry.by(
              Timer.system(), Integer.MAX_VALUE, Duration.ofMillis(20), Duration.ofMillis(250));
      this.thread = Thread.ofPlatform().name(name).daemon().unstarted(this::run);
      thread.start();
    }

    boolean offer(T item) {
      return queue.offer(Optional.of(item));
    }

    void end(Deadline until) {
      try {
        if (queue.offer(
            Optional.empty(), Math.max(1, until.remaining().toMillis()), TimeUnit.MILLISECONDS)) {
          thread.join(Duration.ofMillis(Math.max(1, until.remaining().toMillis())));
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    private void run() {
      List<Optional<T>> taken = new ArrayList<>();
      boolean more = true;
      while (more) {
        taken.clear();
        try {
          taken.add(queue.take());
        } catch (InterruptedException e) { // only close() ends this thread
          continue;
        }
        queue.drainTo(taken, MAX_BATCH - 1);
        more = taken.stream().allMatch(Optional::isPresent);
        handle(taken.stream().flatMap(Optional::stream).toList());
      }
      disconnect();
    }

    private void handle(List<T> batch) {
      if (batch.isEmpty()) {
        return;
      }
      try {
        if (!isDisabled()) {
          retry.run(
              Deadline.in(Timer.system(), MAX_WRITE),
              () -> {
                work.on(connected(), batch);
                return batch;
              },
              this::isTransient);
        }
      } catch (InterruptedException
          | SQLException
          | RuntimeException e) { // a call never fails because of the cache
        disconnect();
        disable(describe(e));
      }
      started = true;
      batch.forEach(DatabaseCompletionCache.this::release);
    }

    private boolean isTransient(Exception e) {
      disconnect();
      Optional<FailureKind> kind =
          new SqlExceptionTranslator(dialect).classify(e, Access.READ_WRITE);
      return kind.isPresent()
          && switch (kind.get()) {
            case LOST, CONFLICT, BUSY -> true;
            case TIMEOUT, UNAVAILABLE, DAMAGED, REFUSED -> false;
          };
    }

    private Connection connected() throws SQLException {
      if (open.isEmpty()) {
        open = Optional.of(new LedgerTables(dialect).open());
      }
      return open.get();
    }

    private void disconnect() {
      open.ifPresent(DatabaseCompletionCache::close);
      open = Optional.empty();
    }
  }

  /** Ends all waits for this item, whether it succeeded or not. */
  private void release(Object item) {
    if (item instanceof Lookup lookup) {
      lookup.found().complete(Optional.empty());
    } else if (item instanceof Change.Put put) {
      unwritten.remove(put.key(), put.completion());
    }
  }

  private String describe(Exception reason) {
    return reason instanceof SQLException sql
        ? String.valueOf(
            new SqlExceptionTranslator(dialect).translate(sql, Access.READ_WRITE).getMessage())
        : String.valueOf(reason.getMessage());
  }

  private static void close(Connection connection) {
    try {
      connection.close();
    } catch (SQLException e) {
      log.debug("a connection of the cache could not be closed: {}", e.toString());
    }
  }

  /**
   * Reads the statistics of the cache in the database that the settings name.
   *
   * @param settings the database of the cache
   * @return all zero if nothing was ever cached; no file or table is created
   * @throws StoreException if the database cannot be read
   */
  public static CacheStats stats(Settings settings) {
    Timer timer = Timer.system();
    CompletionTable table = new CompletionTable(settings.cache());
    String database = Ledger.dialect(settings, timer).name();
    return ifPresent(settings, connection -> table.stats(connection, timer.now(), database))
        .orElseGet(
            () ->
                new CacheStats(
                    new CacheStats.Values(
                        0, 0, 0, 0, Optional.empty(), Optional.empty(), database)));
  }

  /**
   * Deletes all cached completions; in a SQLite file their texts are overwritten.
   *
   * @param settings the database of the cache
   * @return the number of deleted completions
   * @throws StoreException if the database cannot be changed
   */
  public static long clear(Settings settings) {
    return ifPresent(settings, CompletionTable::clear).orElse(0L);
  }

  /**
   * Deletes expired completions, and the least recently used ones while the cache is larger than
   * the settings allow.
   *
   * @param settings the database, the time to live and the maximum size
   * @return the number of deleted completions
   * @throws StoreException if the database cannot be changed
   */
  public static long prune(Settings settings) {
    CompletionTable table = new CompletionTable(settings.cache());
    return ifPresent(settings, connection -> table.trim(connection, Timer.system().now()))
        .orElse(0L);
  }

  private interface Query<T> {
    T on(Connection connection) throws SQLException;
  }

  private static <T> Optional<T> ifPresent(Settings settings, Query<T> query) {
    Dialect dialect = Ledger.dialect(settings, Timer.system());
    LedgerTables tables = new LedgerTables(dialect);
    try {
      Optional<Connection> found = tables.openToRead();
      if (found.isEmpty()) {
        return Optional.empty();
      }
      try (Connection connection = found.get()) {
        if (tables.version(connection) < CompletionTable.SINCE) {
          return Optional.empty();
        }
        return Optional.of(run(dialect, connection, query));
      }
    } catch (SQLException e) {
      throw new SqlExceptionTranslator(dialect).translate(e, Access.READ_WRITE);
    }
  }

  private static <T> T run(Dialect dialect, Connection connection, Query<T> query)
      throws SQLException {
    if (!(dialect instanceof Sqlite)) {
      return query.on(connection);
    }
    try (Statement pragma = connection.createStatement()) {
      pragma.execute("PRAGMA busy_timeout = " + BusyRetryStatements.MAX_WAIT.toMillis());
      pragma.execute("PRAGMA secure_delete = ON");
      T result = query.on(connection);
      pragma.execute("PRAGMA wal_checkpoint(TRUNCATE)");
      return result;
    }
  }
}
