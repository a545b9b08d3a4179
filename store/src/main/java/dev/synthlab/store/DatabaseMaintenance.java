package dev.synthlab.store;

import dev.synthlab.call.Timer;
import dev.synthlab.config.DatabaseUrl;
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
 * What is done to a database beside using it: it is looked at, brought up to date, checked and
 * copied, each over a connection of its own. Looking makes no file and no table. Safe for use by
 * many threads.
 */
public final class DatabaseMaintenance {
  private final Settings settings;
  private final Dialect database;
  private final Dialect ledger;

  private DatabaseMaintenance(Settings settings) {
    Timer timer = Timer.system();
    this.settings = settings;
    this.database = dialect(settings, settings.database().server(), timer);
    this.ledger = dialect(settings, settings.ledger().server(), timer);
  }

  private static Dialect dialect(Settings settings, Optional<DatabaseUrl> server, Timer timer) {
    Settings.Database how = settings.database();
    return server
        .<Dialect>map(url -> new Postgres(url, how))
        .orElseGet(() -> Sqlite.of(settings, timer));
  }

  /**
   * For the databases that the settings name.
   *
   * @param settings which databases
   * @return nothing is opened yet
   */
  public static DatabaseMaintenance of(Settings settings) {
    DatabaseManager.requireHeard(settings);
    return new DatabaseMaintenance(settings);
  }

  /**
   * How a database is.
   *
   * @param database what it is called, without credentials
   * @param product what it runs on and its version; empty when it was not reached, or is a file
   *     that is not there yet
   * @param took how long it took to answer
   * @param schema how far its tables are; empty when nobody says how they should be, or nothing is
   *     there yet
   * @param fault why it cannot be used; empty when it can
   */
  public record State(
      String database,
      Optional<String> product,
      Duration took,
      Optional<Schema> schema,
      Optional<StoreException> fault) {}

  /**
   * How far tables are.
   *
   * @param version the newest migration that was run; empty before the first
   * @param pending migrations that were not run yet
   */
  public record Schema(String version, int pending) {}

  /**
   * What was found wrong.
   *
   * @param database what it is called, without credentials
   * @param complaints one line each; empty when all is well
   */
  public record Findings(String database, List<String> complaints) {
    /** Keeps a copy. */
    public Findings {
      complaints = List.copyOf(complaints);
    }
  }

  /**
   * Looks at the database of the service, with the user's own tables.
   *
   * @return how it is; never an exception of the database
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
   * Looks at the database that calls are recorded in, with the tables for that.
   *
   * @return how it is; never an exception of the database
   */
  public State ledger() {
    return state(ledger, connection -> ledgerSchema());
  }

  /** What is asked of a connection. */
  private interface Question<T> {
    T of(Connection connection) throws SQLException;
  }

  private static State state(Dialect dialect, Question<Optional<Schema>> schema) {
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
      return new State(dialect.name(), product, took, schema.of(connection), Optional.empty());
    } catch (SQLException e) {
      StoreException fault = new SqlExceptionTranslator(dialect).of(e, Access.READ_ONLY);
      return new State(dialect.name(), product, took, Optional.empty(), Optional.of(fault));
    } catch (StoreException e) {
      return new State(dialect.name(), product, took, Optional.empty(), Optional.of(e));
    }
  }

  private static boolean isMissing(Dialect dialect) {
    return dialect instanceof Sqlite file && !file.exists();
  }

  private Optional<Schema> ledgerSchema() throws SQLException {
    Optional<Connection> there = new LedgerTables(ledger).openToRead();
    if (there.isEmpty()) {
      return Optional.empty();
    }
    try (Connection connection = there.get()) {
      int version = new LedgerTables(ledger).version(connection);
      return Optional.of(new Schema(Integer.toString(version), LedgerTables.VERSION - version));
    }
  }

  /**
   * Runs the user's migrations that were not run yet; none may be there.
   *
   * @return how many were run
   * @throws StoreException what went wrong
   */
  public int migrate() {
    List<String> locations = settings.database().migrations();
    if (locations.isEmpty()) {
      return 0;
    }
    try {
      database.makeReady();
    } catch (SQLException e) {
      throw new SqlExceptionTranslator(database).of(e, Access.READ_WRITE);
    }
    return Migrations.run(database.name(), database.source(), locations);
  }

  /**
   * Makes the tables that calls are recorded in, or brings them up to date.
   *
   * @throws StoreException what went wrong
   */
  public void migrateLedger() {
    try (Connection connection = new LedgerTables(ledger).open()) {
      Objects.requireNonNull(connection);
    } catch (SQLException e) {
      throw new SqlExceptionTranslator(ledger).of(e, Access.READ_WRITE);
    }
  }

  /**
   * Checks the databases: of a SQLite file every page and every reference; of a PostgreSQL server
   * its constraints, its indexes and what it says of its own pages.
   *
   * @return one for each database that is there
   * @throws StoreException when one cannot be asked at all
   */
  public List<Findings> check() {
    List<Findings> all = new ArrayList<>();
    if (!isMissing(database)) {
      all.add(checked(database));
    }
    if (!ledger.name().equals(database.name()) && !isMissing(ledger)) {
      all.add(checked(ledger));
    }
    return all;
  }

  private static Findings checked(Dialect dialect) {
    try (Connection connection = dialect.source().getConnection()) {
      return new Findings(dialect.name(), dialect.complaints(connection));
    } catch (SQLException e) {
      StoreException said = new SqlExceptionTranslator(dialect).of(e, Access.READ_ONLY);
      if (said instanceof StoreException.StoreDamaged) {
        return new Findings(dialect.name(), List.of(String.valueOf(said.getMessage())));
      }
      throw said;
    }
  }

  /**
   * Copies the SQLite file while others go on using it: the copy is that of one moment, and stands
   * at its place only when it is whole.
   *
   * @param to a file that is not there yet
   * @return what stands there
   * @throws StoreException when it cannot be read or written, or is there already
   * @throws UnsupportedOperationException when the database is no file; the message says what
   *     copies it
   */
  public Path backup(Path to) {
    return switch (database) {
      case Sqlite file -> new SqliteBackup(file, to).made();
      case Postgres server -> throw new UnsupportedOperationException(server.dumping(to));
    };
  }
}
