package dev.synthlab.store;

import dev.synthlab.store.TransactionOptions.Access;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.Objects;
import java.util.Optional;
import org.jdbi.v3.core.JdbiException;

/** Tells what failures of the database mean, and says so. Immutable. */
final class SqlExceptionTranslator {
  private final Dialect dialect;

  SqlExceptionTranslator(Dialect dialect) {
    this.dialect = dialect;
  }

  /** What a failure of a unit of work means; empty if it is the work's own. */
  Optional<FailureKind> judge(Throwable e, Access access) {
    return sql(e).map(sql -> judge(sql, access));
  }

  /** The same failure as an exception of ours, or as it was if it is the work's own. */
  RuntimeException translated(RuntimeException e, Access access) {
    return e instanceof JdbiException
        ? sql(e).<RuntimeException>map(sql -> of(sql, access)).orElse(e)
        : e;
  }

  /** The exception for a failure. */
  StoreException of(SQLException e, Access access) {
    FailureKind kind = judge(e, access);
    String advice = dialect.advice(kind, e);
    String message =
        dialect.name() + words(kind) + reason(e) + (advice.isEmpty() ? "" : " (" + advice + ")");
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

  private static String words(FailureKind kind) {
    return switch (kind) {
      case UNAVAILABLE -> " cannot be used: ";
      case LOST -> ": the connection is lost: ";
      case TIMEOUT -> " took too long: ";
      case CONFLICT -> ": the transaction lost against another each time: ";
      case BUSY -> " stayed locked for " + BusyRetryStatements.PATIENCE.toSeconds() + " s: ";
      case DAMAGED -> " is damaged or no SQLite file: ";
      case REFUSED -> ": ";
    };
  }

  private FailureKind judge(SQLException e, Access access) {
    // What the pool says of a server that it cannot reach has no code of its own.
    return e instanceof SQLTransientConnectionException && e.getCause() == null
        ? FailureKind.UNAVAILABLE
        : dialect.judge(e, access);
  }

  private static Optional<SQLException> sql(Throwable e) {
    for (Throwable at = e; at != null; at = at.getCause()) {
      if (at instanceof SQLException sql) {
        return Optional.of(root(sql));
      }
    }
    return Optional.empty();
  }

  /** The pool wraps what the driver says. */
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
