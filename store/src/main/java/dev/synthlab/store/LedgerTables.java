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
 * The tables of the ledger and their migrations: in a SQLite file next to other tables, in
 * PostgreSQL in their own schema. Immutable.
 */
final class LedgerTables {
  static final int VERSION = 4;
  private static final String HISTORY = "ledger_history";
  private static final String SCHEMA = "synthlab";

  private static final ReentrantLock OPENING = new ReentrantLock();

  private final Dialect dialect;

  LedgerTables(Dialect dialect) {
    this.dialect = dialect;
  }

  /** A connection to a database that has the current tables; a single query checks this. */
  Connection open() throws SQLException {
    // Two threads that open a new database at the same time would conflict.
    OPENING.lock();
    try {
      return openLocked();
    } finally {
      OPENING.unlock();
    }
  }

  private Connection openLocked() throws SQLException {
    dialect.prepare();
    Connection connection = connect();
    boolean good = false;
    try {
      if (checkedVersion(connection) < VERSION) {
        dialect.exclusively(
            connection,
            () -> {
              if (checkedVersion(connection)
                  < VERSION) { // another process may have migrated in the meantime
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

  /** A connection for reading; empty if nothing was ever recorded. Older tables are migrated. */
  Optional<Connection> openToRead() throws SQLException {
    Optional<Connection> asItIs = openAsItIs();
    if (asItIs.isEmpty() || version(asItIs.get()) == VERSION) {
      return asItIs;
    }
    asItIs.get().close();
    return Optional.of(open());
  }

  /** A connection to tables that may be older; empty if nothing was ever recorded. */
  Optional<Connection> openAsItIs() throws SQLException {
    if (dialect instanceof Sqlite file && !file.exists()) {
      return Optional.empty();
    }
    Connection connection = connect();
    boolean good = false;
    try {
      good = checkedVersion(connection) > 0;
    } finally {
      if (!good) {
        connection.close();
      }
    }
    return good ? Optional.of(connection) : Optional.empty();
  }

  private Connection connect() throws SQLException {
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

  private int checkedVersion(Connection connection) throws SQLException {
    int version = version(connection);
    if (version > VERSION) {
      throw new StoreException.SchemaTooNew(
          dialect.name()
              + " has ledger tables of version "
              + version
              + ", but this program supports versions up to "
              + VERSION
              + ": use a newer program, or set SYNTHLAB_LEDGER_URL or SYNTHLAB_DB_PATH to another database");
    }
    return version;
  }

  /** The version of the tables; 0 if there are none yet. */
  int version(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet found =
            statement.executeQuery(
                "SELECT max(CAST(\"version\" AS INTEGER)) FROM " + HISTORY + " WHERE success")) {
      return found.next() ? found.getInt(1) : 0;
    } catch (SQLException e) {
      if (dialect.classify(e, Access.READ_ONLY) == FailureKind.REFUSED) {
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
          dialect.name() + ": the tables of the ledger could not be created: " + e.getMessage(), e);
    }
  }
}
