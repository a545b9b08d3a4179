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
 * The connections, opened at the first use. Whoever wants one queues in Java first, so that
 * thousands of threads wait in their order and none of them in the pool itself. Safe for use by
 * many threads.
 */
final class Pool implements AutoCloseable {
  private static final Duration MAX_LIFE = Duration.ofMinutes(30);
  private static final Duration SUSPICIOUS = Duration.ofMinutes(1);
  private static final Duration MIN_WAIT = Duration.ofMillis(250);

  private final Dialect dialect;
  private final Settings.Database settings;
  private final Timer timer;
  private final DatabaseMetrics meter;
  private final SqlExceptionTranslator failures;
  private final Semaphore places;
  private final ReentrantLock opening = new ReentrantLock();
  private volatile @Nullable Open open;
  private volatile boolean closed;

  private record Open(HikariDataSource source, Jdbi jdbi) {}

  Pool(Dialect dialect, Settings.Database settings, Timer timer) {
    this.dialect = dialect;
    this.settings = settings;
    this.timer = timer;
    this.meter = new DatabaseMetrics(dialect.place(), name(), this::now);
    this.failures = new SqlExceptionTranslator(dialect);
    this.places = new Semaphore(dialect.poolSize(), true);
  }

  /** A connection until it is closed. */
  final class BorrowedConnection implements AutoCloseable {
    private final Handle handle;
    private final boolean place;
    private final long since = timer.nanos();

    private BorrowedConnection(Handle handle, boolean place) {
      this.handle = handle;
      this.place = place;
    }

    Handle handle() {
      return handle;
    }

    @Override
    public void close() {
      try {
        handle.close();
      } finally {
        if (place) {
          places.release();
        }
        meter.givenBack(Duration.ofNanos(timer.nanos() - since));
      }
    }
  }

  BorrowedConnection lend() throws InterruptedException {
    long begin = timer.nanos();
    if (!places.tryAcquire(settings.connectTimeout().toNanos(), TimeUnit.NANOSECONDS)) {
      meter.timedOut();
      throw new StoreException.PoolExhausted(exhausted());
    }
    boolean good = false;
    try {
      BorrowedConnection lent = lent(true);
      meter.lent(Duration.ofNanos(timer.nanos() - begin));
      good = true;
      return lent;
    } finally {
      if (!good) {
        places.release();
      }
    }
  }

  /** One beside the others, for the one writer of a file: who reads cannot keep it from it. */
  BorrowedConnection lendToWriter() throws InterruptedException {
    return lent(false);
  }

  private BorrowedConnection lent(boolean place) throws InterruptedException {
    try {
      return new BorrowedConnection(opened().jdbi().open(), place);
    } catch (RuntimeException e) { // whatever it is, it says what the database said
      throw failures.translated(e, Access.READ_WRITE);
    }
  }

  int lent() {
    return dialect.poolSize() - places.availablePermits();
  }

  private DatabaseMetrics.Connections now() {
    Open known = open;
    int idle = known == null ? 0 : known.source().getHikariPoolMXBean().getIdleConnections();
    return new DatabaseMetrics.Connections(lent(), idle, max(), places.getQueueLength());
  }

  private int max() {
    return dialect.poolSize() + (dialect instanceof Sqlite ? 1 : 0);
  }

  private String exhausted() {
    int size = dialect.poolSize();
    return String.format(
        Locale.ROOT,
        "no connection to %s became free in %d ms: %d of %d are in use, %d more callers wait;"
            + " make transactions shorter%s",
        dialect.name(),
        settings.connectTimeout().toMillis(),
        lent(),
        size,
        places.getQueueLength(),
        dialect instanceof Postgres ? ", or raise SYNTHLAB_DB_POOL_SIZE" : "");
  }

  private Open opened() throws InterruptedException {
    Open known = open;
    if (known != null) {
      return known;
    }
    opening.lockInterruptibly();
    try {
      known = open;
      if (closed) {
        throw new IllegalStateException("the database manager of " + dialect.name() + " is closed");
      }
      if (known == null) {
        known = made();
        open = known;
      }
      return known;
    } finally {
      opening.unlock();
    }
  }

  private Open made() {
    try {
      dialect.makeReady();
    } catch (SQLException e) {
      throw failures.of(e, Access.READ_WRITE);
    }
    if (!settings.migrations().isEmpty()) {
      Migrations.run(dialect.name(), dialect.source(), settings.migrations());
    }
    HikariDataSource source = new HikariDataSource(configured());
    Jdbi jdbi = Jdbi.create(source);
    dialect.settle(jdbi);
    if (settings.echo()) {
      jdbi.setSqlLogger(new StatementLogger());
    }
    return new Open(source, jdbi);
  }

  private String name() {
    return "synthlab-" + dialect.place().system();
  }

  /** Tells how long a transaction took. */
  DatabaseMetrics meter() {
    return meter;
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
    config.setLeakDetectionThreshold(SUSPICIOUS.toMillis());
    // The first connection was tried before.
    config.setInitializationFailTimeout(-1);
    dialect.settle(config);
    return config;
  }

  @Override
  public void close() {
    opening.lock();
    try {
      closed = true;
      Open known = open;
      open = null;
      if (known != null) {
        known.source().close();
      }
      meter.close();
    } finally {
      opening.unlock();
    }
  }
}
