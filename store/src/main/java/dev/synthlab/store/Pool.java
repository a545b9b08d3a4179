package dev.synthlab.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.synthlab.call.Timer;
import dev.synthlab.config.Settings;
import dev.synthlab.spans.DatabaseMetrics;
import dev.synthlab.store.TransactionOptions.Access;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/**
 * The connection pool, opened at the first use. Threads wait at a fair semaphore, so that thousands
 * of them wait in order of arrival and none waits inside the pool library. Thread-safe.
 */
final class Pool implements AutoCloseable {
  private static final Duration MAX_LIFE = Duration.ofMinutes(30);
  private static final Duration LEAK_THRESHOLD = Duration.ofMinutes(1);
  private static final Duration MIN_WAIT = Duration.ofMillis(250);

  private final Dialect dialect;
  private final Settings.Database settings;
  private final Timer timer;
  private final DatabaseMetrics metrics;
  private final SqlExceptionTranslator translator;
  private final Semaphore permits;
  private final ReentrantLock opening = new ReentrantLock();
  private volatile @Nullable Open open;
  private volatile boolean closed;

  private record Open(HikariDataSource source, Jdbi jdbi) {}

  Pool(Dialect dialect, Settings.Database settings, Timer timer) {
    this.dialect = dialect;
    this.settings = settings;
    this.timer = timer;
    this.metrics = new DatabaseMetrics(dialect.attributes(), name(), this::now);
    this.translator = new SqlExceptionTranslator(dialect);
    this.permits = new Semaphore(dialect.poolSize(), true);
  }

  /** A connection that is returned to the pool by {@link #close()}. */
  final class BorrowedConnection implements AutoCloseable {
    private final Handle handle;
    private final boolean hasPermit;
    private final long borrowed = timer.nanos();

    private BorrowedConnection(Handle handle, boolean hasPermit) {
      this.handle = handle;
      this.hasPermit = hasPermit;
    }

    Handle handle() {
      return handle;
    }

    @Override
    public void close() {
      try {
        handle.close();
      } finally {
        if (hasPermit) {
          permits.release();
        }
        metrics.givenBack(Duration.ofNanos(timer.nanos() - borrowed));
      }
    }
  }

  BorrowedConnection borrow() throws InterruptedException {
    long begin = timer.nanos();
    if (!permits.tryAcquire(settings.connectTimeout().toNanos(), TimeUnit.NANOSECONDS)) {
      metrics.timedOut();
      throw new StoreException.PoolExhausted(exhausted());
    }
    boolean good = false;
    try {
      BorrowedConnection connection = connect(true);
      metrics.lent(Duration.ofNanos(timer.nanos() - begin));
      good = true;
      return connection;
    } finally {
      if (!good) {
        permits.release();
      }
    }
  }

  /**
   * An additional connection for the single writer of a SQLite file, which readers cannot occupy.
   */
  BorrowedConnection borrowForWriter() throws InterruptedException {
    return connect(false);
  }

  private BorrowedConnection connect(boolean hasPermit) throws InterruptedException {
    try {
      return new BorrowedConnection(pool().jdbi().open(), hasPermit);
    } catch (RuntimeException e) { // the cause is a failure of the database
      throw translator.translate(e, Access.READ_WRITE);
    }
  }

  /** The number of connections in use, without that of the writer. */
  int inUse() {
    return dialect.poolSize() - permits.availablePermits();
  }

  private DatabaseMetrics.Connections now() {
    Open current = open;
    int idle = current == null ? 0 : current.source().getHikariPoolMXBean().getIdleConnections();
    return new DatabaseMetrics.Connections(inUse(), idle, max(), permits.getQueueLength());
  }

  private int max() {
    return dialect.poolSize() + (dialect instanceof Sqlite ? 1 : 0);
  }

  private String exhausted() {
    int size = dialect.poolSize();
    return String.format(
        Locale.ROOT,
        "no connection to %s became free within %d ms: %d of %d are in use, %d threads wait;"
            + " make transactions shorter%s",
        dialect.name(),
        settings.connectTimeout().toMillis(),
        inUse(),
        size,
        permits.getQueueLength(),
        dialect instanceof Postgres ? ", or raise SYNTHLAB_DB_POOL_SIZE" : "");
  }

  private Open pool() throws InterruptedException {
    Open current = open;
    if (current != null) {
      return current;
    }
    opening.lockInterruptibly();
    try {
      current = open;
      if (closed) {
        throw new IllegalStateException("the database manager of " + dialect.name() + " is closed");
      }
      if (current == null) {
        current = connectPool();
        open = current;
      }
      return current;
    } finally {
      opening.unlock();
    }
  }

  private Open connectPool() {
    try {
      dialect.prepare();
    } catch (SQLException e) {
      throw translator.translate(e, Access.READ_WRITE);
    }
    if (!settings.migrations().isEmpty()) {
      Migrations.run(dialect.name(), dialect.source(), settings.migrations());
    }
    HikariDataSource source = new HikariDataSource(configured());
    Jdbi jdbi = Jdbi.create(source);
    dialect.configure(jdbi);
    if (settings.echo()) {
      jdbi.setSqlLogger(new StatementLogger());
    }
    return new Open(source, jdbi);
  }

  private String name() {
    return "synthlab-" + dialect.attributes().system();
  }

  /** The metrics of the database. */
  DatabaseMetrics metrics() {
    return metrics;
  }

  HikariConfig configured() {
    HikariConfig config = new HikariConfig();
    config.setPoolName(name());
    config.setDataSource(dialect.source());
    config.setMaximumPoolSize(max());
    config.setMinimumIdle(1);
    long wait = Math.max(MIN_WAIT.toMillis(), settings.connectTimeout().toMillis());
    config.setConnectionTimeout(wait);
    config.setValidationTimeout(wait);
    config.setMaxLifetime(MAX_LIFE.toMillis());
    config.setLeakDetectionThreshold(LEAK_THRESHOLD.toMillis());
    // prepare() has checked the first connection.
    config.setInitializationFailTimeout(-1);
    dialect.configure(config);
    return config;
  }

  @Override
  public void close() {
    opening.lock();
    try {
      closed = true;
      Open current = open;
      open = null;
      if (current != null) {
        current.source().close();
      }
      metrics.close();
    } finally {
      opening.unlock();
    }
  }
}
