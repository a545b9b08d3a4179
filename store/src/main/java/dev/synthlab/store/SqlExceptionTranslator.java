package dev.synthlab.store;

import dev.synthlab.store.TransactionOptions.Access;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.Objects;
import java.util.Optional;
import org.jdbi.v3.core.JdbiException;

/** Translates exceptions of JDBC into {@link StoreException}s. Immutable. */
final class SqlExceptionTranslator {
  private final Dialect dialect;

  SqlExceptionTranslator(Dialect dialect) {
    this.dialect = dialect;
  }

  /** The kind of a failure; empty if the database is not its cause. */
  Optional<FailureKind> classify(Throwable e, Access access) {
    return sql(e).map(sql -> classify(sql, access));
  }

  /**
   * The exception to throw: a {@link StoreException} if the database is the cause, else the same.
   */
  RuntimeException translate(RuntimeException e, Access access) {
    return e instanceof JdbiException
        ? sql(e).<RuntimeException>map(sql -> translate(sql, access)).orElse(e)
        : e;
  }

  /** The exception for a failure of the database. */
  StoreException translate(SQLException e, Access access) {
    FailureKind kind = classify(e, access);
    String advice = dialect.advice(kind, e);
    String message =
        dialect.name() + describe(kind) + reason(e) + (advice.isEmpty() ? "" : " (" + advice + ")");
    return switch (kind) {
      case UNAVAILABLE, LOST -> new StoreException.StoreUnavailable(message, e);
      case TIMEOUT -> new StoreException.StoreTimeout(message, e);
      case CONFLICT -> new StoreException.StoreConflict(message, e);
      case BUSY -> new StoreException.StoreBusy(message, e);
      case DAMAGED -> new StoreException.StoreDamaged(message, e);
      case REFUSED ->
          new StoreException.StatementFailed(
              message, Objects.requireNonNullElse(e.getSQLState(), ""), e);
    };
  }

  private static String describe(FailureKind kind) {
    return switch (kind) {
      case UNAVAILABLE -> " cannot be used: ";
      case LOST -> ": the connection is lost: ";
      case TIMEOUT -> " took too long: ";
      case CONFLICT -> ": the transaction conflicted with others at every attempt: ";
      case BUSY -> " stayed locked for " + BusyRetryStatements.MAX_WAIT.toSeconds() + " s: ";
      case DAMAGED -> " is damaged or not a SQLite file: ";
      case REFUSED -> ": ";
    };
  }

  private FailureKind classify(SQLException e, Access access) {
    // The exception of the pool for a server that it cannot reach has no SQL state.
    return e instanceof SQLTransientConnectionException && e.getCause() == null
        ? FailureKind.UNAVAILABLE
        : dialect.classify(e, access);
  }

  private static Optional<SQLException> sql(Throwable e) {
    for (Throwable at = e; at != null; at = at.getCause()) {
      if (at instanceof SQLException sql) {
        return Optional.of(root(sql));
      }
    }
    return Optional.empty();
  }

  /** The exception of the driver, which the pool wraps. */
  private static SQLException root(SQLException e) {
    return e instanceof SQLTransientConnectionException
            && e.getCause() instanceof SQLException cause
        ? cause
        : e;
  }

  private static String reason(SQLException e) {
    return Objects.requireNonNullElse(e.getMessage(), e.getClass().getSimpleName())
        .replaceAll("\\s*\\R\\s*", " ");
  }
}
