package dev.synthlab.store;

import dev.synthlab.logging.Redactor;

/**
 * Work on the database that failed for good. Its text is free of secrets; it names the database and
 * says what may be done.
 */
public abstract sealed class StoreException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private StoreException(String message, Throwable cause) {
    super(Redactor.redact(message), cause);
  }

  private StoreException(String message) {
    super(Redactor.redact(message));
  }

  /** The database cannot be reached, has no room left, or takes no writes. */
  public static final class StoreUnavailable extends StoreException {
    private static final long serialVersionUID = 1L;

    StoreUnavailable(String message, Throwable cause) {
      super(message, cause);
    }

    StoreUnavailable(String message) {
      super(message);
    }
  }

  /** A statement took longer than it may, or the server fell silent. */
  public static final class StoreTimeout extends StoreException {
    private static final long serialVersionUID = 1L;

    StoreTimeout(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /** No connection of the pool became free in time. */
  public static final class PoolExhausted extends StoreException {
    private static final long serialVersionUID = 1L;

    PoolExhausted(String message) {
      super(message);
    }
  }

  /** A transaction lost against others each time it was tried. */
  public static final class StoreConflict extends StoreException {
    private static final long serialVersionUID = 1L;

    StoreConflict(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /** The SQLite file stayed locked by somebody else. */
  public static final class StoreBusy extends StoreException {
    private static final long serialVersionUID = 1L;

    StoreBusy(String message, Throwable cause) {
      super(message, cause);
    }

    StoreBusy(String message) {
      super(message);
    }
  }

  /** The SQLite file is corrupt, or is none; it is left as it is. */
  public static final class StoreDamaged extends StoreException {
    private static final long serialVersionUID = 1L;

    StoreDamaged(String message, Throwable cause) {
      super(message, cause);
    }

    StoreDamaged(String message) {
      super(message);
    }
  }

  /** The tables are those of a newer version of the program than this one. */
  public static final class SchemaTooNew extends StoreException {
    private static final long serialVersionUID = 1L;

    SchemaTooNew(String message) {
      super(message);
    }
  }

  /** A migration failed, or the migrations are not those that made the tables. */
  public static final class MigrationFailed extends StoreException {
    private static final long serialVersionUID = 1L;

    MigrationFailed(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /** The database refused a statement: a mistake in it, or a constraint that it violates. */
  public static final class StatementFailed extends StoreException {
    private static final long serialVersionUID = 1L;

    /** The code of SQL for what went wrong; empty where the database names none. */
    private final String sqlState;

    StatementFailed(String message, String sqlState, Throwable cause) {
      super(message, cause);
      this.sqlState = sqlState;
    }

    /**
     * The code of SQL for what went wrong.
     *
     * @return for example {@code 23505}; empty where the database names none, as SQLite does
     */
    public String sqlState() {
      return sqlState;
    }
  }

  /** The thread was interrupted while it waited; it stays interrupted. */
  public static final class Cancelled extends StoreException {
    private static final long serialVersionUID = 1L;

    Cancelled(String message, Throwable cause) {
      super(message, cause);
    }
  }
}
