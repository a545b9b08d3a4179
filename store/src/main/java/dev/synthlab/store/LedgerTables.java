package dev.synthlab.store;

import dev.synthlab.store.TransactionOptions.Access;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.configuration.FluentConfiguration;

/**
 * The ledger's tables: in a SQLite file beside others, in PostgreSQL in a schema of their own, each
 * with a history of its own. Immutable.
 */
final class LedgerTables {
  static final int VERSION = 3;
  private static final String HISTORY = "ledger_history";
  private static final String SCHEMA = "synthlab";

  private static final ReentrantLock OPENING = new ReentrantLock();

  private final Dialect dialect;

  LedgerTables(Dialect dialect) {
    this.dialect = dialect;
  }

  /** A connection on which the tables stand; one query finds out, so that a start is cheap. */
  Connection open() throws SQLException {
    // Two threads that open a new database at once would be in each other's way.
    OPENING.lock();
    try {
      return opened();
    } finally {
      OPENING.unlock();
    }
  }

  private Connection opened() throws SQLException {
    dialect.makeReady();
    Connection connection = connected();
    boolean good = false;
    try {
      if (known(connection) < VERSION) {
        dialect.alone(
            connection,
            () -> {
              if (known(connection) < VERSION) { // another process may have done it meanwhile
                migrate();
              }
            });
      }
      good = true;
      return connection;
    } finally {
      if (!good) {
        connection.close();
      }
    }
  }

  /** A connection for who only reads; empty where nothing was ever recorded. */
  Optional<Connection> openToRead() throws SQLException {
    if (dialect instanceof Sqlite file && !file.exists()) {
      return Optional.empty();
    }
    Connection connection = connected();
    boolean good = false;
    try {
      good = known(connection) > 0;
      return good ? Optional.of(connection) : Optional.empty();
    } finally {
      if (!good) {
        connection.close();
      }
    }
  }

  private Connection connected() throws SQLException {
    Connection connection = dialect.source().getConnection();
    if (dialect instanceof Postgres) {
      try (Statement statement = connection.createStatement()) {
        statement.execute("SET search_path TO " + SCHEMA);
      } catch (SQLException e) {
        connection.close();
        throw e;
      }
    }
    return connection;
  }

  private int known(Connection connection) throws SQLException {
    int there = version(connection);
    if (there > VERSION) {
      throw new StoreException.SchemaTooNew(
          dialect.name()
              + " has a ledger of version "
              + there
              + ", and this program knows up to "
              + VERSION
              + ": use the newer program, or set SYNTHLAB_LEDGER_URL or SYNTHLAB_DB_PATH");
    }
    return there;
  }

  /** 0 where there is none yet. */
  int version(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet found =
            statement.executeQuery(
                "SELECT max(CAST(\"version\" AS INTEGER)) FROM " + HISTORY + " WHERE success")) {
      return found.next() ? found.getInt(1) : 0;
    } catch (SQLException e) {
      if (dialect.judge(e, Access.READ_ONLY) == FailureKind.REFUSED) {
        return 0;
      }
      throw e;
    }
  }

  private void migrate() {
    FluentConfiguration how =
        Flyway.configure()
            .dataSource(dialect.source())
            .locations("classpath:dev/synthlab/store/ledger")
            .table(HISTORY)
            .baselineOnMigrate(true)
            .baselineVersion("0");
    if (dialect instanceof Postgres) {
      how.schemas(SCHEMA).defaultSchema(SCHEMA).createSchemas(true);
    }
    try {
      how.load().migrate();
    } catch (FlywayException e) {
      throw new StoreException.MigrationFailed(
          dialect.name() + ": the tables of the ledger could not be made: " + e.getMessage(), e);
    }
  }
}
