package dev.synthlab.store;

import dev.synthlab.error.SynthlabException;
import dev.synthlab.logging.Redactor;
import org.jspecify.annotations.Nullable;

/**
 * A failure of the database after all retries. The message names the database and what to do, and
 * contains no secrets; {@link #getCause()} is the exception of the driver, if there is one.
 */
public abstract sealed class StoreException extends SynthlabException {
  private static final long serialVersionUID = 1L;

  private StoreException(String message, @Nullable Throwable cause) {
    super(Redactor.redact(message), cause);
  }

  private StoreException(String message) {
    this(message, null);
  }

  /**
   * Creates the exception of a database that cannot be reached, for tests.
   *
   * @param message the description
   * @return the exception
   */
  public static StoreUnavailable unavailable(String message) {
    return new StoreUnavailable(message);
  }

  /**
   * Creates the exception of a statement that took too long, for tests.
   *
   * @param message the description
   * @return the exception
   */
  public static StoreTimeout timeout(String message) {
    return new StoreTimeout(message);
  }

  /**
   * Creates the exception of a pool without a free connection, for tests.
   *
   * @param message the description
   * @return the exception
   */
  public static PoolExhausted poolExhausted(String message) {
    return new PoolExhausted(message);
  }

  /**
   * Creates the exception of a transaction that conflicted with others, for tests.
   *
   * @param message the description
   * @return the exception
   */
  public static StoreConflict conflict(String message) {
    return new StoreConflict(message);
  }

  /**
   * Creates the exception of a file that stayed locked, for tests.
   *
   * @param message the description
   * @return the exception
   */
  public static StoreBusy busy(String message) {
    return new StoreBusy(message);
  }

  /**
   * Creates the exception of a corrupt file, for tests.
   *
   * @param message the description
   * @return the exception
   */
  public static StoreDamaged damaged(String message) {
    return new StoreDamaged(message);
  }

  /**
   * Creates the exception of tables of a newer version, for tests.
   *
   * @param message the description
   * @return the exception
   */
  public static SchemaTooNew schemaTooNew(String message) {
    return new SchemaTooNew(message);
  }

  /**
   * Creates the exception of a migration that failed, for tests.
   *
   * @param message the description
   * @return the exception
   */
  public static MigrationFailed migrationFailed(String message) {
    return new MigrationFailed(message);
  }

  /**
   * Creates the exception of a thread that was interrupted, for tests.
   *
   * @param message the description
   * @return the exception
   */
  public static Cancelled cancelled(String message) {
    return new Cancelled(message);
  }

  /**
   * Creates the exception of a statement that the database refused, for tests.
   *
   * @param message the description
   * @param sqlState the SQL state, for example {@code 23505}
   * @return the exception
   */
  public static StatementFailed statementFailed(String message, String sqlState) {
    return new StatementFailed(message, sqlState, null);
  }

  /** The database cannot be reached, is full, or is read-only. */
  public static final class StoreUnavailable extends StoreException {
    private static final long serialVersionUID = 1L;

    StoreUnavailable(String message, Throwable cause) {
      super(message, cause);
    }

    StoreUnavailable(String message) {
      super(message);
    }
  }

  /** A statement took longer than allowed, or the server did not respond. */
  public static final class StoreTimeout extends StoreException {
    private static final long serialVersionUID = 1L;

    StoreTimeout(String message, Throwable cause) {
      super(message, cause);
    }

    StoreTimeout(String message) {
      super(message);
    }
  }

  /** No connection of the pool became free in time. */
  public static final class PoolExhausted extends StoreException {
    private static final long serialVersionUID = 1L;

    PoolExhausted(String message) {
      super(message);
    }
  }

  /** A transaction conflicted with others at every attempt. */
  public static final class StoreConflict extends StoreException {
    private static final long serialVersionUID = 1L;

    StoreConflict(String message, Throwable cause) {
      super(message, cause);
    }

    StoreConflict(String message) {
      super(message);
    }
  }

  /** The SQLite file stayed locked by another process or transaction. */
  public static final class StoreBusy extends StoreException {
    private static final long serialVersionUID = 1L;

    StoreBusy(String message, Throwable cause) {
      super(message, cause);
    }

    StoreBusy(String message) {
      super(message);
    }
  }

  /** The SQLite file is corrupt, or not a SQLite file; it is not changed. */
  public static final class StoreDamaged extends StoreException {
    private static final long serialVersionUID = 1L;

    StoreDamaged(String message, Throwable cause) {
      super(message, cause);
    }

    StoreDamaged(String message) {
      super(message);
    }
  }

  /** The tables have a newer version than this program supports. */
  public static final class SchemaTooNew extends StoreException {
    private static final long serialVersionUID = 1L;

    SchemaTooNew(String message) {
      super(message);
    }
  }

  /** A migration failed, or the migrations do not match those that created the tables. */
  public static final class MigrationFailed extends StoreException {
    private static final long serialVersionUID = 1L;

    MigrationFailed(String message, Throwable cause) {
      super(message, cause);
    }

    MigrationFailed(String message) {
      super(message);
    }
  }

  /** The database refused a statement: it is invalid, or violates a constraint. */
  public static final class StatementFailed extends StoreException {
    private static final long serialVersionUID = 1L;

    /** The code of the SQL standard or of the database for what was refused. */
    private final String sqlState;

    StatementFailed(String message, String sqlState, @Nullable Throwable cause) {
      super(message, cause);
      this.sqlState = sqlState;
    }

    /**
     * The SQL state of the failure.
     *
     * @return for example {@code 23505}; an empty text if the database names none, as SQLite does
     */
    public String sqlState() {
      return sqlState;
    }
  }

  /** The thread was interrupted while it waited; its interrupt status is set. */
  public static final class Cancelled extends StoreException {
    private static final long serialVersionUID = 1L;

    Cancelled(String message, Throwable cause) {
      super(message, cause);
    }

    Cancelled(String message) {
      super(message);
    }
  }
}
