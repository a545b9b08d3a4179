package dev.synthlab.store;

import dev.synthlab.Internal;
import dev.synthlab.call.Timer;
import dev.synthlab.config.Settings;
import dev.synthlab.store.TransactionOptions.Access;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Maintenance of the databases: status, migration, integrity check and backup, each over its own
 * connection. Reading the status creates no file and no table. Thread-safe.
 */
@Internal
public final class DatabaseMaintenance {
  private final Settings settings;
  private final Dialect database;
  private final Dialect ledger;

  private DatabaseMaintenance(Settings settings) {
    Timer timer = Timer.system();
    this.settings = settings;
    this.database = Dialect.of(settings.database().server(), settings, timer);
    this.ledger = Dialect.of(settings.ledger().server(), settings, timer);
  }

  /**
   * Creates the maintenance of the databases that the settings name.
   *
   * @param settings the databases
   * @return an instance that has not connected yet
   */
  public static DatabaseMaintenance of(Settings settings) {
    DatabaseManager.refuseDotEnv(settings);
    return new DatabaseMaintenance(settings);
  }

  /**
   * The status of a database.
   *
   * @param database its name, without credentials
   * @param product the product and its version; empty when it could not be reached, or is a file
   *     that does not exist yet
   * @param took the time it took to connect
   * @param schema the version of its tables; empty when there are no migrations, or no tables yet
   * @param fault the reason why it cannot be used; empty when it can
   */
  public record State(
      String database,
      Optional<String> product,
      Duration took,
      Optional<Schema> schema,
      Optional<StoreException> fault) {}

  /**
   * The version of the tables.
   *
   * @param version the version of the last migration that was run; empty before the first
   * @param pending the number of migrations that were not run yet
   */
  public record Schema(String version, int pending) {}

  /**
   * The result of a check.
   *
   * @param database the name of the database, without credentials
   * @param problems the problems that were found, one line each; empty when there are none
   */
  public record Findings(String database, List<String> problems) {
    /** Copies the list. */
    public Findings {
      problems = List.copyOf(problems);
    }
  }

  /**
   * Reads the status of the database of the service, which has the user's own tables.
   *
   * @return its status; a failure of the database is a part of it
   */
  public State database() {
    List<String> locations = settings.database().migrations();
    return state(
        database,
        connection ->
            locations.isEmpty()
                ? Optional.empty()
                : Optional.of(Migrations.state(database.name(), database.source(), locations)));
  }

  /**
   * Reads the status of the database of the ledger.
   *
   * @return its status; a failure of the database is a part of it
   */
  public State ledger() {
    return state(ledger, connection -> ledgerSchema());
  }

  /** A query on a connection. */
  private interface Query<T> {
    T on(Connection connection) throws SQLException;
  }

  private static State state(Dialect dialect, Query<Optional<Schema>> schema) {
    long begin = System.nanoTime();
    if (isMissing(dialect)) {
      return new State(
          dialect.name(), Optional.empty(), Duration.ZERO, Optional.empty(), Optional.empty());
    }
    Optional<String> product = Optional.empty();
    Duration took = Duration.ZERO;
    try (Connection connection = dialect.source().getConnection()) {
      product = Optional.of(dialect.product(connection));
      took = Duration.ofNanos(System.nanoTime() - begin);
      return new State(dialect.name(), product, took, schema.on(connection), Optional.empty());
    } catch (SQLException e) {
      StoreException fault = new SqlExceptionTranslator(dialect).translate(e, Access.READ_ONLY);
      return new State(dialect.name(), product, took, Optional.empty(), Optional.of(fault));
    } catch (StoreException e) {
      return new State(dialect.name(), product, took, Optional.empty(), Optional.of(e));
    }
  }

  private static boolean isMissing(Dialect dialect) {
    return dialect instanceof Sqlite file && !file.exists();
  }

  private Optional<Schema> ledgerSchema() throws SQLException {
    Optional<Connection> existing = new LedgerTables(ledger).openAsItIs();
    if (existing.isEmpty()) {
      return Optional.empty();
    }
    try (Connection connection = existing.get()) {
      int version = new LedgerTables(ledger).version(connection);
      return Optional.of(new Schema(Integer.toString(version), LedgerTables.VERSION - version));
    }
  }

  /**
   * Runs the user's migrations that were not run yet, if there are any.
   *
   * @return the number of migrations that were run
   * @throws StoreException if a migration fails or the database cannot be used
   */
  public int migrate() {
    List<String> locations = settings.database().migrations();
    if (locations.isEmpty()) {
      return 0;
    }
    try {
      database.prepare();
    } catch (SQLException e) {
      throw new SqlExceptionTranslator(database).translate(e, Access.READ_WRITE);
    }
    return Migrations.run(database.name(), database.source(), locations);
  }

  /**
   * Creates or migrates the tables of the ledger.
   *
   * @throws StoreException if a migration fails or the database cannot be used
   */
  public void migrateLedger() {
    try (Connection connection = new LedgerTables(ledger).open()) {
      Objects.requireNonNull(connection);
    } catch (SQLException e) {
      throw new SqlExceptionTranslator(ledger).translate(e, Access.READ_WRITE);
    }
  }

  /**
   * Checks the integrity of the databases: of a SQLite file all pages and foreign keys; of a
   * PostgreSQL server its constraints, its indexes and its checksum failures.
   *
   * @return one result for each database that exists
   * @throws StoreException if a database cannot be used
   */
  public List<Findings> check() {
    List<Findings> all = new ArrayList<>();
    if (!isMissing(database)) {
      all.add(check(database));
    }
    if (!ledger.name().equals(database.name()) && !isMissing(ledger)) {
      all.add(check(ledger));
    }
    return all;
  }

  private static Findings check(Dialect dialect) {
    try (Connection connection = dialect.source().getConnection()) {
      return new Findings(dialect.name(), dialect.problems(connection));
    } catch (SQLException e) {
      StoreException fault = new SqlExceptionTranslator(dialect).translate(e, Access.READ_ONLY);
      if (fault instanceof StoreException.StoreDamaged) {
        return new Findings(dialect.name(), List.of(String.valueOf(fault.getMessage())));
      }
      throw fault;
    }
  }

  /**
   * Copies the SQLite file while it is in use. The copy is consistent, and exists only when it is
   * complete.
   *
   * @param to the file to create
   * @return the copy
   * @throws StoreException if the file cannot be read, or the copy cannot be written or exists
   *     already
   * @throws UnsupportedOperationException for a PostgreSQL database; the message names the command
   *     that copies it
   */
  public Path backup(Path to) {
    return switch (database) {
      case Sqlite file -> new SqliteBackup(file, to).create();
      case Postgres server -> throw new UnsupportedOperationException(server.dumpCommand(to));
    };
  }
}
