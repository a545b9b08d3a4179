package dev.synthlab.store;

import dev.synthlab.call.Deadline;
import dev.synthlab.call.Retry;
import dev.synthlab.call.Timer;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Set;
import org.jdbi.v3.core.statement.DefaultStatementBuilder;
import org.jdbi.v3.core.statement.StatementBuilder;
import org.jdbi.v3.core.statement.StatementContext;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteErrorCode;

/**
 * Statements on a SQLite file that wait for locks. A statement that finds the file locked outside
 * of a transaction has changed nothing and is retried; a statement that takes too long is
 * interrupted.
 */
final class BusyRetryStatements implements StatementBuilder {
  /** The maximum wait for a lock. */
  static final Duration MAX_WAIT = Duration.ofSeconds(5);

  private static final Set<String> SINGLE_STATEMENT =
      Set.of("execute", "executeQuery", "executeUpdate", "executeLargeUpdate");

  private final StatementBuilder plain =
      DefaultStatementBuilder.FACTORY.createStatementBuilder(null);
  private final Timer timer;
  private final Duration max;
  private final Retry retry;

  BusyRetryStatements(Timer timer, Duration max) {
    this.timer = timer;
    this.max = max;
    this.retry = backoff(timer);
  }

  /** The backoff while the file is locked: any number of retries, at most 250 ms apart. */
  static Retry backoff(Timer timer) {
    return Retry.by(timer, Integer.MAX_VALUE, Duration.ofMillis(20), Duration.ofMillis(250));
  }

  static boolean isBusy(Exception e) {
    return e instanceof SQLException sql
        && (sql.getErrorCode() & 0xff) == SQLiteErrorCode.SQLITE_BUSY.code;
  }

  @Override
  public Statement create(Connection connection, StatementContext context) throws SQLException {
    return waiting(Statement.class, plain.create(connection, context));
  }

  @Override
  public PreparedStatement create(Connection connection, String sql, StatementContext context)
      throws SQLException {
    return waiting(PreparedStatement.class, plain.create(connection, sql, context));
  }

  @Override
  public CallableStatement createCall(Connection connection, String sql, StatementContext context)
      throws SQLException {
    return plain.createCall(connection, sql, context);
  }

  @Override
  public void close(Connection connection, String sql, Statement statement) throws SQLException {
    plain.close(connection, sql, statement);
  }

  private <S extends Statement> S waiting(Class<S> type, S statement) {
    Object wrapped =
        Proxy.newProxyInstance(
            type.getClassLoader() == null ? getClass().getClassLoader() : type.getClassLoader(),
            new Class<?>[] {type},
            (self, method, arguments) -> call(statement, method, arguments));
    return type.cast(wrapped);
  }

  private @Nullable Object call(Statement statement, Method method, Object @Nullable [] arguments)
      throws Exception {
    if (!method.getName().startsWith("execute")) {
      return invoke(statement, method, arguments);
    }
    boolean single =
        SINGLE_STATEMENT.contains(method.getName()) && statement.getConnection().getAutoCommit();
    try {
      return retry.<@Nullable Object, Exception>run(
          Deadline.in(timer, MAX_WAIT),
          () -> withTimeout(statement, method, arguments),
          e -> single && isBusy(e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SQLException(
          "interrupted while the file was locked", "", SQLiteErrorCode.SQLITE_INTERRUPT.code, e);
    }
  }

  private @Nullable Object withTimeout(
      Statement statement, Method method, Object @Nullable [] arguments) throws Exception {
    Timer.ScheduledTask watch = timer.after(max, () -> interrupt(statement));
    try {
      return invoke(statement, method, arguments);
    } finally {
      watch.cancel();
    }
  }

  private static @Nullable Object invoke(
      Statement statement, Method method, Object @Nullable [] arguments) throws Exception {
    try {
      return method.invoke(statement, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause() instanceof Exception cause ? cause : e;
    }
  }

  private static void interrupt(Statement statement) {
    try {
      statement.cancel();
    } catch (SQLException e) {
      // The statement has ended in the meantime.
    }
  }
}
