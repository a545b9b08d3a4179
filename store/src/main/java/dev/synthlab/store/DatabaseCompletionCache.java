package dev.synthlab.store;

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
 * Answers kept beside the ledger, as text. One thread looks them up and one writes them, each many
 * at a time. A database that fails is left alone for half a minute: calls go on without it. Safe
 * for use by many threads.
 */
public final class DatabaseCompletionCache implements CompletionCache {
  private static final Logger log = Logging.component("cache");
  private static final int MAX_QUEUED = 2_000;
  private static final int MAX_AT_ONCE = 100;
  private static final Duration MAX_LOOK = Duration.ofSeconds(3);
  private static final Duration MAX_START = Duration.ofSeconds(20);
  private static final Duration MAX_WRITE = Duration.ofSeconds(5);
  private static final Duration MAX_END = Duration.ofSeconds(5);
  private static final Duration REST = Duration.ofSeconds(30);

  private final Dialect dialect;
  private final CompletionTable table;
  private final Timer timer;
  private final BatchQueue<Lookup> looks;
  private final BatchQueue<Change> changes;

  /** Answers that are on their way into the database: they are known already. */
  private final Map<String, CachedCompletion> coming = new ConcurrentHashMap<>();

  private final AtomicBoolean warned = new AtomicBoolean();
  private volatile boolean resting;
  private volatile long restsUntil;
  private volatile boolean closed;

  /** Bytes since the last trim; enough for one at the beginning. The writer's alone. */
  private long added = Long.MAX_VALUE;

  private DatabaseCompletionCache(Dialect dialect, Settings.Cache rules, Timer timer) {
    this.dialect = dialect;
    this.table = new CompletionTable(rules);
    this.timer = timer;
    this.looks = new BatchQueue<>("synthlab-cache-look", this::look);
    this.changes = new BatchQueue<>("synthlab-cache-keep", this::write);
  }

  /**
   * The answers at the place the settings name.
   *
   * @param settings where they are kept, how long and how many
   * @return nothing is opened before the first use
   */
  public static DatabaseCompletionCache of(Settings settings) {
    return of(settings, Timer.system());
  }

  static DatabaseCompletionCache of(Settings settings, Timer timer) {
    return new DatabaseCompletionCache(Ledger.dialect(settings, timer), settings.cache(), timer);
  }

  /** One that waits for an answer. */
  private record Lookup(String key, CompletableFuture<Optional<CachedCompletion>> found) {}

  @Override
  public Optional<CachedCompletion> find(String key) {
    CachedCompletion known = coming.get(key);
    if (known != null) {
      changes.offer(new Change.Used(key, timer.now()));
      return Optional.of(known);
    }
    Lookup lookup = new Lookup(key, new CompletableFuture<>());
    if (closed || rests() || !looks.offer(lookup)) {
      return Optional.empty();
    }
    Duration max = looks.begun ? MAX_LOOK : MAX_START;
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
      rest("it took longer than " + max.toSeconds() + " s to look an answer up");
      return Optional.empty();
    } catch (ExecutionException e) {
      throw new IllegalStateException("a lookup is never ended so", e);
    }
  }

  @Override
  public void keep(String key, CachedCompletion answer) {
    if (closed || rests() || !table.takes(answer)) {
      return;
    }
    coming.put(key, answer);
    if (!changes.offer(new Change.Keep(key, answer, timer.now()))) {
      coming.remove(key, answer);
    }
  }

  /** Writes what it was given, for five seconds at most. */
  @Override
  public void close() {
    closed = true;
    Deadline end = Deadline.in(timer, MAX_END);
    changes.end(end);
    looks.end(end);
  }

  private boolean rests() {
    if (resting && timer.nanos() - restsUntil >= 0) {
      resting = false;
    }
    return resting;
  }

  private void rest(String reason) {
    restsUntil = timer.nanos() + REST.toNanos();
    resting = true;
    if (warned.compareAndSet(false, true)) {
      log.warn(
          "calls go on, but without the answers kept in {}, which is tried again each {} s: {}",
          dialect.name(),
          REST.toSeconds(),
          reason);
    }
  }

  private void look(Connection connection, List<Lookup> batch) throws SQLException {
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
    settled(batch);
  }

  private void settled(List<Change> batch) {
    for (Change change : batch) {
      if (change instanceof Change.Keep kept) {
        coming.remove(kept.key(), kept.answer());
      }
    }
  }

  private interface Work<T> {
    void of(Connection connection, List<T> batch) throws SQLException;
  }

  /** Things to be done, and the thread that does them on a connection of its own. */
  private final class BatchQueue<T> {
    /** An empty one is the last. */
    private final BlockingQueue<Optional<T>> queue = new ArrayBlockingQueue<>(MAX_QUEUED);

    private final Work<T> work;
    private final Thread thread;
    private final Retry patience;
    private Optional<Connection> open = Optional.empty();
    private volatile boolean begun;

    BatchQueue(String name, Work<T> work) {
      this.work = work;
      // Ages are told by the timer, but these threads wait for a real database.
      this.patience =
          Retry.by(
              Timer.system(), Integer.MAX_VALUE, Duration.ofMillis(20), Duration.ofMillis(250));
      this.thread = Thread.ofPlatform().name(name).daemon().unstarted(this::run);
      thread.start();
    }

    boolean offer(T one) {
      return queue.offer(Optional.of(one));
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
        } catch (InterruptedException e) { // nobody may end this thread but close()
          continue;
        }
        queue.drainTo(taken, MAX_AT_ONCE - 1);
        more = taken.stream().allMatch(Optional::isPresent);
        done(taken.stream().flatMap(Optional::stream).toList());
      }
      disconnect();
    }

    private void done(List<T> batch) {
      if (batch.isEmpty()) {
        return;
      }
      try {
        if (!rests()) {
          patience.run(
              Deadline.in(Timer.system(), MAX_WRITE),
              () -> {
                work.of(connected(), batch);
                return batch;
              },
              this::mayPass);
        }
      } catch (InterruptedException | SQLException | RuntimeException e) { // no call fails for it
        disconnect();
        rest(words(e));
      }
      begun = true;
      batch.forEach(DatabaseCompletionCache.this::letGo);
    }

    private boolean mayPass(Exception e) {
      disconnect();
      Optional<FailureKind> ill = new SqlExceptionTranslator(dialect).judge(e, Access.READ_WRITE);
      return ill.isPresent()
          && switch (ill.get()) {
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

  /** Nobody waits any longer, whatever became of it. */
  private void letGo(Object one) {
    if (one instanceof Lookup lookup) {
      lookup.found().complete(Optional.empty());
    } else if (one instanceof Change.Keep kept) {
      coming.remove(kept.key(), kept.answer());
    }
  }

  private String words(Exception reason) {
    return reason instanceof SQLException sql
        ? String.valueOf(
            new SqlExceptionTranslator(dialect).of(sql, Access.READ_WRITE).getMessage())
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
   * What is kept at the place the settings name.
   *
   * @param settings where it is kept
   * @return all zero where nothing was ever kept, and then nothing is made
   * @throws StoreException what the database says
   */
  public static CacheStats stats(Settings settings) {
    Timer timer = Timer.system();
    CompletionTable table = new CompletionTable(settings.cache());
    String place = Ledger.dialect(settings, timer).name();
    return there(settings, connection -> table.stats(connection, timer.now(), place))
        .orElseGet(() -> new CacheStats(0, 0, 0, 0, Optional.empty(), Optional.empty(), place));
  }

  /**
   * Drops all answers; in a SQLite file their texts are written over.
   *
   * @param settings where they are kept
   * @return how many there were
   * @throws StoreException what the database says
   */
  public static long clear(Settings settings) {
    return there(settings, CompletionTable::clear).orElse(0L);
  }

  /**
   * Drops the answers that are too old, and those that were not asked for longest where there are
   * more than the settings allow.
   *
   * @param settings where they are kept, how long and how many
   * @return how many were dropped
   * @throws StoreException what the database says
   */
  public static long prune(Settings settings) {
    CompletionTable table = new CompletionTable(settings.cache());
    return there(settings, connection -> table.trim(connection, Timer.system().now())).orElse(0L);
  }

  private interface Question<T> {
    T of(Connection connection) throws SQLException;
  }

  private static <T> Optional<T> there(Settings settings, Question<T> question) {
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
        return Optional.of(asked(dialect, connection, question));
      }
    } catch (SQLException e) {
      throw new SqlExceptionTranslator(dialect).of(e, Access.READ_WRITE);
    }
  }

  private static <T> T asked(Dialect dialect, Connection connection, Question<T> question)
      throws SQLException {
    if (!(dialect instanceof Sqlite)) {
      return question.of(connection);
    }
    try (Statement pragma = connection.createStatement()) {
      pragma.execute("PRAGMA busy_timeout = " + BusyRetryStatements.PATIENCE.toMillis());
      pragma.execute("PRAGMA secure_delete = ON");
      T said = question.of(connection);
      pragma.execute("PRAGMA wal_checkpoint(TRUNCATE)");
      return said;
    }
  }
}
