package dev.synthlab.store;

import dev.synthlab.Synthlab;
import dev.synthlab.call.Deadline;
import dev.synthlab.call.Retry;
import dev.synthlab.call.Timer;
import dev.synthlab.config.Settings;
import dev.synthlab.config.Variable;
import dev.synthlab.logging.Logging;
import dev.synthlab.spans.OpenSpan;
import dev.synthlab.spans.Telemetry;
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
 * The database of the service, with a connection pool and transactions: PostgreSQL if {@code
 * DATABASE_URL} is set, otherwise a SQLite file. It connects at its first use. Nested calls on the
 * same thread use the same connection. Thread-safe, also for thousands of virtual threads: a thread
 * waits for a free connection, for a bounded time.
 *
 * <p>A failure of the database is thrown as a {@link StoreException}; an exception of the callback
 * is thrown unchanged.
 */
public final class DatabaseManager implements AutoCloseable {
  private static final Logger log = Logging.component("store");
  private static final String TRANSACTION = "transaction";
  private static final int MAX_ATTEMPTS = 5;
  private static final Duration MAX_CONFLICT = Duration.ofSeconds(30);
  private static final Duration MAX_LOSS = Duration.ofSeconds(60);

  private final Dialect dialect;
  private final Timer timer;
  private final Pool pool;
  private final SqlExceptionTranslator translator;
  private final GroupCommitWriter writer;

  @SuppressWarnings("ThreadLocalUsage") // the connection belongs to this instance
  private final ThreadLocal<Work> current = new ThreadLocal<>();

  private final Retry conflicts;
  private final Retry losses;

  private DatabaseManager(Dialect dialect, Settings.Database settings, Timer timer) {
    this.dialect = dialect;
    this.timer = timer;
    this.pool = new Pool(dialect, settings, timer);
    this.translator = new SqlExceptionTranslator(dialect);
    this.writer = new GroupCommitWriter(pool, dialect, timer);
    this.conflicts = Retry.by(timer, MAX_ATTEMPTS, Duration.ofMillis(20), Duration.ofMillis(500));
    this.losses = Retry.by(timer, Integer.MAX_VALUE, Duration.ofMillis(200), Duration.ofSeconds(2));
  }

  /**
   * The database manager of this process, which is closed with it.
   *
   * @return the same instance at every call, configured from the environment
   * @throws dev.synthlab.config.ConfigException if the environment is invalid
   */
  public static DatabaseManager get() {
    return Synthlab.get().shared(DatabaseManager.class, DatabaseManager::of);
  }

  /**
   * Creates a database manager, which the caller closes.
   *
   * @param settings the database and its limits
   * @return an instance that has not connected yet
   * @throws dev.synthlab.config.ConfigException if a {@code .env} names the database, which is not
   *     allowed
   */
  public static DatabaseManager of(Settings settings) {
    return of(settings, Timer.system());
  }

  /**
   * Creates a database manager with its own timer, which the caller closes.
   *
   * @param settings the database and its limits
   * @param timer the source of time
   * @return an instance that has not connected yet
   * @throws dev.synthlab.config.ConfigException if a {@code .env} names the database, which is not
   *     allowed
   */
  public static DatabaseManager of(Settings settings, Timer timer) {
    refuseDotEnv(settings);
    Settings.Database how = settings.database();
    return new DatabaseManager(
        Dialect.of(how.server(), settings, timer), how, Objects.requireNonNull(timer));
  }

  /** A {@code .env} that may not name the database must not be ignored silently. */
  static void refuseDotEnv(Settings settings) {
    settings
        .environment()
        .requireNotIgnored(
            Variable.DATABASE_URL, Variable.SYNTHLAB_DB_PATH, Variable.SYNTHLAB_DB_MIGRATIONS);
  }

  /** The connection that the thread has borrowed. */
  private record Work(Handle handle, Optional<TransactionOptions> options) {}

  /**
   * Runs a callback on a connection in auto-commit mode.
   *
   * @param work the callback; it must not keep the handle
   * @param <R> the type of the result
   * @param <X> the type of exception that the callback throws
   * @return the result of the callback
   * @throws X if the callback throws it
   * @throws StoreException if the database fails
   */
  public <R, X extends Exception> R withHandle(HandleCallback<R, X> work) throws X {
    Work around = current.get();
    try {
      if (around != null) {
        return work.withHandle(around.handle());
      }
      return onConnection(work);
    } catch (InterruptedException e) {
      throw cancelled(e);
    } catch (RuntimeException e) { // an exception of the callback is thrown unchanged
      throw translator.translate(e, Access.READ_WRITE);
    }
  }

  /**
   * Runs a callback on a connection in auto-commit mode.
   *
   * @param work the callback; it must not keep the handle
   * @param <X> the type of exception that the callback throws
   * @throws X if the callback throws it
   * @throws StoreException if the database fails
   */
  public <X extends Exception> void useHandle(HandleConsumer<X> work) throws X {
    withHandle(work.asCallback());
  }

  /**
   * Runs a callback in a transaction with the {@linkplain TransactionOptions#DEFAULT default
   * options}.
   *
   * @param work the callback; it runs again, at most five times in all, after a conflict with other
   *     transactions
   * @param <R> the type of the result
   * @param <X> the type of exception that the callback throws
   * @return the result of the callback, after the commit
   * @throws X if the callback throws it, after the rollback
   * @throws StoreException if the database fails
   */
  public <R, X extends Exception> R inTransaction(HandleCallback<R, X> work) throws X {
    return inTransaction(TransactionOptions.DEFAULT, work);
  }

  /**
   * Runs a callback in a transaction. Inside another transaction on the same thread it is a
   * savepoint of that transaction: if the callback throws, only its own changes are rolled back.
   *
   * @param options the options; a nested transaction has those of the outer one
   * @param work the callback; it runs again, at most five times in all, after a conflict with other
   *     transactions
   * @param <R> the type of the result
   * @param <X> the type of exception that the callback throws
   * @return the result of the callback, after the commit
   * @throws X if the callback throws it, after the rollback
   * @throws StoreException if the database fails
   * @throws IllegalStateException if a nested transaction writes and the outer one is read-only
   */
  public <R, X extends Exception> R inTransaction(
      TransactionOptions options, HandleCallback<R, X> work) throws X {
    Work around = current.get();
    if (around != null && around.options().isPresent()) {
      return nested(around.handle(), around.options().get(), options, work);
    }
    OpenSpan span = Telemetry.current().client("store", TRANSACTION);
    dialect.attributes().on(span, TRANSACTION);
    long begin = timer.nanos();
    Optional<String> error = Optional.of("Error");
    try {
      R result = span.around(() -> withRetries(options, work));
      span.succeeded();
      error = Optional.empty();
      return result;
    } catch (InterruptedException e) {
      error = failed(span, "Cancelled", e);
      throw cancelled(e);
    } catch (RuntimeException e) { // an exception of the callback is thrown unchanged
      RuntimeException ours = translator.translate(e, options.access());
      error = failed(span, ours.getClass().getSimpleName(), ours);
      throw ours;
    } catch (Exception e) { // the callback throws no others
      error = failed(span, e.getClass().getSimpleName(), e);
      return unchecked(
          () -> {
            throw e;
          });
    } finally {
      span.end();
      pool.metrics().ended(TRANSACTION, Duration.ofNanos(timer.nanos() - begin), error);
    }
  }

  private static Optional<String> failed(OpenSpan span, String type, Exception reason) {
    span.recordFailure(type, reason);
    return Optional.of(type);
  }

  /**
   * Checks whether the database answers.
   *
   * @return its health; a failure of the database is a part of it
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
    return new Health(
        new Health.Values(dialect.name(), took, pool.inUse(), dialect.poolSize(), fault));
  }

  /** Closes all connections; callbacks that are running fail. */
  @Override
  public void close() {
    pool.close();
  }

  @Override
  public String toString() {
    return "DatabaseManager[" + dialect.name() + "]";
  }

  private <R, X extends Exception> R withRetries(
      TransactionOptions options, HandleCallback<R, X> work) throws Exception {
    return losses.run(
        Deadline.in(timer, MAX_LOSS),
        () ->
            conflicts.run(
                Deadline.in(timer, MAX_CONFLICT),
                () -> once(options, work),
                e -> failureKind(e, options) == FailureKind.CONFLICT),
        e ->
            options.onConnectionLoss() == OnConnectionLoss.REPEAT
                && failureKind(e, options) == FailureKind.LOST);
  }

  private @Nullable FailureKind failureKind(Exception e, TransactionOptions options) {
    return translator.classify(e, options.access()).orElse(null);
  }

  private <R, X extends Exception> R once(TransactionOptions options, HandleCallback<R, X> work)
      throws Exception {
    Work around = current.get();
    boolean grouped = dialect instanceof Sqlite && options.access() == Access.READ_WRITE;
    if (around != null) {
      return grouped
          ? writer.exclusively(() -> inTransactionOf(around.handle(), options, work))
          : inTransactionOf(around.handle(), options, work);
    }
    return grouped
        ? writer.run(handle -> within(new Work(handle, Optional.of(options)), work))
        : onConnection(handle -> inTransactionOf(handle, options, work));
  }

  private <R, X extends Exception> R onConnection(HandleCallback<R, X> work)
      throws X, InterruptedException {
    try (Pool.BorrowedConnection borrowed = pool.borrow()) {
      return within(new Work(borrowed.handle(), Optional.empty()), work);
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

  private <R, X extends Exception> R inTransactionOf(
      Handle handle, TransactionOptions options, HandleCallback<R, X> work) throws Exception {
    writer.begin(handle, options);
    boolean done = false;
    try {
      R result = within(new Work(handle, Optional.of(options)), work);
      commit(handle);
      done = true;
      return result;
    } catch (Throwable e) { // after any failure all changes are rolled back
      if (!done) {
        rollback(handle, e);
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

  private void rollback(Handle handle, Throwable reason) {
    try {
      dialect.rollback(handle.getConnection());
    } catch (Exception e) { // the connection is broken: the server rolls back
      reason.addSuppressed(e);
    }
  }

  private <R, X extends Exception> R nested(
      Handle handle, TransactionOptions outer, TransactionOptions inner, HandleCallback<R, X> work)
      throws X {
    if (outer.access() == Access.READ_ONLY && inner.access() == Access.READ_WRITE) {
      throw new IllegalStateException(
          "a nested transaction writes, but the outer one is read-only");
    }
    String name = "nested";
    handle.execute("SAVEPOINT " + name);
    boolean done = false;
    try {
      R result = work.withHandle(handle);
      done = true;
      handle.execute("RELEASE SAVEPOINT " + name);
      return result;
    } catch (RuntimeException e) { // an exception of the callback is thrown unchanged
      throw translator.translate(e, outer.access());
    } finally {
      if (!done) {
        rollbackTo(handle, name);
      }
    }
  }

  private static void rollbackTo(Handle handle, String name) {
    try {
      handle.execute("ROLLBACK TO SAVEPOINT " + name);
      handle.execute("RELEASE SAVEPOINT " + name);
    } catch (RuntimeException e) { // the whole transaction is lost, and its commit fails
      log.debug("a nested transaction could not be rolled back: {}", e.toString());
    }
  }

  private StoreException cancelled(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new StoreException.Cancelled("interrupted while waiting for " + dialect.name(), e);
  }

  @SuppressWarnings("unchecked")
  private static <R, X extends Exception> R unchecked(Callable<R> work) throws X {
    try {
      return work.call();
    } catch (Exception e) { // the callback throws no others
      throw (X) e;
    }
  }
}
