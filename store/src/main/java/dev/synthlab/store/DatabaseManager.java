package dev.synthlab.store;

import dev.synthlab.Synthlab;
import dev.synthlab.call.Deadline;
import dev.synthlab.call.Retry;
import dev.synthlab.call.Timer;
import dev.synthlab.config.Settings;
import dev.synthlab.config.Variable;
import dev.synthlab.logging.Logging;
import dev.synthlab.spans.OpenSpan;
import dev.synthlab.spans.Tracing;
import dev.synthlab.store.TransactionOptions.Access;
import dev.synthlab.store.TransactionOptions.OnConnectionLoss;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.HandleConsumer;
import org.jdbi.v3.core.transaction.TransactionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * The database of the service: PostgreSQL where {@code DATABASE_URL} is set, else a SQLite file.
 * Nothing is opened before the first use. Work inside of other work on the same thread uses the
 * same connection. Safe for use by thousands of threads, virtual ones included: who finds no
 * connection free waits, for a bounded time.
 *
 * <p>What the database says comes out as a {@link StoreException}; what the work itself throws
 * comes out as it is.
 */
public final class DatabaseManager implements AutoCloseable {
  private static final Logger log = Logging.component("store");
  private static final String TRANSACTION = "transaction";
  private static final int MAX_TRIES = 5;
  private static final Duration MAX_CONFLICT = Duration.ofSeconds(30);
  private static final Duration MAX_LOSS = Duration.ofSeconds(60);

  private final Dialect dialect;
  private final Timer timer;
  private final Pool pool;
  private final SqlExceptionTranslator failures;
  private final GroupCommitWriter writer;

  @SuppressWarnings("ThreadLocalUsage") // what a thread has of one database is not that of another
  private final ThreadLocal<Work> current = new ThreadLocal<>();

  private final Retry conflicts;
  private final Retry losses;

  private DatabaseManager(Dialect dialect, Settings.Database settings, Timer timer) {
    this.dialect = dialect;
    this.timer = timer;
    this.pool = new Pool(dialect, settings, timer);
    this.failures = new SqlExceptionTranslator(dialect);
    this.writer = new GroupCommitWriter(pool, dialect, timer);
    this.conflicts = Retry.by(timer, MAX_TRIES, Duration.ofMillis(20), Duration.ofMillis(500));
    this.losses = Retry.by(timer, Integer.MAX_VALUE, Duration.ofMillis(200), Duration.ofSeconds(2));
  }

  /**
   * The one of this process, closed with it.
   *
   * @return set up from the environment at the first call; nothing is opened yet
   * @throws dev.synthlab.config.ConfigException when the environment has mistakes
   */
  public static DatabaseManager get() {
    return Synthlab.get().shared(DatabaseManager.class, DatabaseManager::of);
  }

  /**
   * One of its own, closed by the caller.
   *
   * @param settings which database, and how it is used
   * @return nothing is opened yet
   * @throws dev.synthlab.config.ConfigException if a {@code .env} names another database, which it
   *     may not
   */
  public static DatabaseManager of(Settings settings) {
    return of(settings, Timer.system());
  }

  /**
   * One of its own with a time of its own, closed by the caller.
   *
   * @param settings which database, and how it is used
   * @param timer the time it lives by
   * @return nothing is opened yet
   * @throws dev.synthlab.config.ConfigException if a {@code .env} names another database, which it
   *     may not
   */
  public static DatabaseManager of(Settings settings, Timer timer) {
    requireHeard(settings);
    Settings.Database how = settings.database();
    Dialect dialect =
        how.server()
            .<Dialect>map(url -> new Postgres(url, how))
            .orElseGet(() -> Sqlite.of(settings, timer));
    return new DatabaseManager(dialect, how, Objects.requireNonNull(timer));
  }

  /** Rows must not end up in another database than the one that was meant. */
  static void requireHeard(Settings settings) {
    settings
        .environment()
        .requireHeard(
            Variable.DATABASE_URL, Variable.SYNTHLAB_DB_PATH, Variable.SYNTHLAB_DB_MIGRATIONS);
  }

  /** What the thread has borrowed. */
  private record Work(Handle handle, Optional<TransactionOptions> rules) {}

  /**
   * Lends a connection on which each statement is committed by itself.
   *
   * @param work what to do with it; it must not be kept
   * @param <R> what it gives
   * @param <X> what it may throw
   * @return what the work gave
   * @throws X what the work throws
   * @throws StoreException what the database says
   */
  public <R, X extends Exception> R withHandle(HandleCallback<R, X> work) throws X {
    Work around = current.get();
    try {
      if (around != null) {
        return work.withHandle(around.handle());
      }
      return lent(work);
    } catch (InterruptedException e) {
      throw cancelled(e);
    } catch (RuntimeException e) { // the work's own is thrown on as it is
      throw failures.translated(e, Access.READ_WRITE);
    }
  }

  /**
   * Lends a connection on which each statement is committed by itself.
   *
   * @param work what to do with it; it must not be kept
   * @param <X> what it may throw
   * @throws X what the work throws
   * @throws StoreException what the database says
   */
  public <X extends Exception> void useHandle(HandleConsumer<X> work) throws X {
    withHandle(work.asCallback());
  }

  /**
   * Does work in a transaction by the {@linkplain TransactionOptions#DEFAULT usual rules}.
   *
   * @param work what to do; run again from its beginning, five times at most, when it loses against
   *     other transactions
   * @param <R> what it gives
   * @param <X> what it may throw
   * @return what the work gave, committed
   * @throws X what the work throws, after all of it was rolled back
   * @throws StoreException what the database says
   */
  public <R, X extends Exception> R inTransaction(HandleCallback<R, X> work) throws X {
    return inTransaction(TransactionOptions.DEFAULT, work);
  }

  /**
   * Does work in a transaction. Inside of another one on the same thread it becomes a part of that:
   * if it throws, its part alone is rolled back, and the rest goes on if it catches that.
   *
   * @param rules what holds for it; inside of another transaction that one's hold
   * @param work what to do; run again from its beginning, five times at most, when it loses against
   *     other transactions
   * @param <R> what it gives
   * @param <X> what it may throw
   * @return what the work gave, committed
   * @throws X what the work throws, after all of it was rolled back
   * @throws StoreException what the database says
   * @throws IllegalStateException when it shall write inside of one that only reads
   */
  public <R, X extends Exception> R inTransaction(
      TransactionOptions rules, HandleCallback<R, X> work) throws X {
    Work around = current.get();
    if (around != null && around.rules().isPresent()) {
      return part(around.handle(), around.rules().get(), rules, work);
    }
    OpenSpan span = Tracing.client("store", TRANSACTION);
    dialect.place().on(span, TRANSACTION);
    long begin = timer.nanos();
    Optional<String> error = Optional.of("Error");
    try {
      R result = span.around(() -> repeated(rules, work));
      span.succeeded();
      error = Optional.empty();
      return result;
    } catch (InterruptedException e) {
      error = failed(span, "Cancelled", e);
      throw cancelled(e);
    } catch (RuntimeException e) { // the work's own is thrown on as it is
      RuntimeException ours = failures.translated(e, rules.access());
      error = failed(span, ours.getClass().getSimpleName(), ours);
      throw ours;
    } catch (Exception e) { // the work throws no others
      error = failed(span, e.getClass().getSimpleName(), e);
      return unchecked(
          () -> {
            throw e;
          });
    } finally {
      span.end();
      pool.meter().ended(TRANSACTION, Duration.ofNanos(timer.nanos() - begin), error);
    }
  }

  private static Optional<String> failed(OpenSpan span, String type, Exception reason) {
    span.recordFailure(type, reason);
    return Optional.of(type);
  }

  /**
   * Asks the database whether it is there.
   *
   * @return how it is; never an exception of the database
   */
  public Health health() {
    long begin = timer.nanos();
    Optional<StoreException> fault = Optional.empty();
    try {
      useHandle(handle -> handle.execute("SELECT 1"));
    } catch (StoreException e) {
      fault = Optional.of(e);
    }
    Duration took = Duration.ofNanos(timer.nanos() - begin);
    return new Health(dialect.name(), took, pool.lent(), dialect.poolSize(), fault);
  }

  /** Gives all connections back; work that is under way fails. */
  @Override
  public void close() {
    pool.close();
  }

  @Override
  public String toString() {
    return "DatabaseManager[" + dialect.name() + "]";
  }

  private <R, X extends Exception> R repeated(TransactionOptions rules, HandleCallback<R, X> work)
      throws Exception {
    return losses.run(
        Deadline.in(timer, MAX_LOSS),
        () ->
            conflicts.run(
                Deadline.in(timer, MAX_CONFLICT),
                () -> once(rules, work),
                e -> ill(e, rules) == FailureKind.CONFLICT),
        e -> rules.whenLost() == OnConnectionLoss.REPEAT && ill(e, rules) == FailureKind.LOST);
  }

  private @Nullable FailureKind ill(Exception e, TransactionOptions rules) {
    return failures.judge(e, rules.access()).orElse(null);
  }

  private <R, X extends Exception> R once(TransactionOptions rules, HandleCallback<R, X> work)
      throws Exception {
    Work around = current.get();
    boolean queues = dialect instanceof Sqlite && rules.access() == Access.READ_WRITE;
    if (around != null) {
      return queues
          ? writer.exclusively(() -> transacted(around.handle(), rules, work))
          : transacted(around.handle(), rules, work);
    }
    return queues
        ? writer.run(handle -> within(new Work(handle, Optional.of(rules)), work))
        : lent(handle -> transacted(handle, rules, work));
  }

  private <R, X extends Exception> R lent(HandleCallback<R, X> work)
      throws X, InterruptedException {
    try (Pool.BorrowedConnection lent = pool.lend()) {
      return within(new Work(lent.handle(), Optional.empty()), work);
    }
  }

  private <R, X extends Exception> R within(Work inner, HandleCallback<R, X> work) throws X {
    Work before = current.get();
    current.set(inner);
    try {
      return work.withHandle(inner.handle());
    } finally {
      if (before == null) {
        current.remove();
      } else {
        current.set(before);
      }
    }
  }

  private <R, X extends Exception> R transacted(
      Handle handle, TransactionOptions rules, HandleCallback<R, X> work) throws Exception {
    writer.begin(handle, rules);
    boolean done = false;
    try {
      R result = within(new Work(handle, Optional.of(rules)), work);
      commit(handle);
      done = true;
      return result;
    } catch (Throwable e) { // whatever it is, nothing of the work may stay
      if (!done) {
        undo(handle, e);
      }
      throw e;
    }
  }

  private void commit(Handle handle) {
    try {
      dialect.commit(handle.getConnection());
    } catch (SQLException e) {
      throw new TransactionException("the transaction could not be committed", e);
    }
  }

  private void undo(Handle handle, Throwable reason) {
    try {
      dialect.rollback(handle.getConnection());
    } catch (Exception e) { // the connection is broken: the server rolls back itself
      reason.addSuppressed(e);
    }
  }

  private <R, X extends Exception> R part(
      Handle handle, TransactionOptions outer, TransactionOptions inner, HandleCallback<R, X> work)
      throws X {
    if (outer.access() == Access.READ_ONLY && inner.access() == Access.READ_WRITE) {
      throw new IllegalStateException(
          "a transaction that writes stands inside one that only reads");
    }
    String name = "part";
    handle.execute("SAVEPOINT " + name);
    boolean done = false;
    try {
      R result = work.withHandle(handle);
      done = true;
      handle.execute("RELEASE SAVEPOINT " + name);
      return result;
    } catch (RuntimeException e) { // the work's own is thrown on as it is
      throw failures.translated(e, outer.access());
    } finally {
      if (!done) {
        undoPart(handle, name);
      }
    }
  }

  private static void undoPart(Handle handle, String name) {
    try {
      handle.execute("ROLLBACK TO SAVEPOINT " + name);
      handle.execute("RELEASE SAVEPOINT " + name);
    } catch (RuntimeException e) { // the whole transaction is lost, and its end says so
      log.debug("a part could not be rolled back: {}", e.toString());
    }
  }

  private StoreException cancelled(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new StoreException.Cancelled(
        "interrupted while " + dialect.name() + " was waited for", e);
  }

  @SuppressWarnings("unchecked")
  private static <R, X extends Exception> R unchecked(Callable<R> work) throws X {
    try {
      return work.call();
    } catch (Exception e) { // the work throws no others
      throw (X) e;
    }
  }
}
