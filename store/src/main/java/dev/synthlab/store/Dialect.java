package dev.synthlab.store;

import com.zaxxer.hikari.HikariConfig;
import dev.synthlab.call.Timer;
import dev.synthlab.config.DatabaseUrl;
import dev.synthlab.config.Settings;
import dev.synthlab.spans.DatabaseAttributes;
import dev.synthlab.store.TransactionOptions.Access;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.jdbi.v3.core.Jdbi;

/** The differences between PostgreSQL and SQLite. Thread-safe. */
sealed interface Dialect permits Postgres, Sqlite {

  /** The dialect of a server, or of the SQLite file of the settings if there is no server. */
  static Dialect of(Optional<DatabaseUrl> server, Settings settings, Timer timer) {
    if (server.isPresent()) {
      Drivers.POSTGRESQL.require();
      return new Postgres(server.get(), settings.database());
    }
    Drivers.SQLITE.require();
    return Sqlite.of(settings, timer);
  }

  /** The name of the database in messages, without credentials. */
  String name();

  /** The attributes of spans and metrics. */
  DatabaseAttributes attributes();

  /** The maximum number of connections in use. */
  int poolSize();

  /** Creates the file if necessary and checks that the database can be used. */
  void prepare() throws SQLException;

  /** A change of the tables. */
  interface Work {
    void run() throws SQLException;
  }

  /** Runs the work while no other process runs such work. */
  void exclusively(Connection connection, Work work) throws SQLException;

  /** The data source, without a pool. */
  DataSource source();

  /** Adds settings to the pool. */
  void configure(HikariConfig pool);

  /** Adds settings to the statements. */
  void configure(Jdbi jdbi);

  /** Begins a transaction on a connection in auto-commit mode. */
  void begin(Connection connection, TransactionOptions options) throws SQLException;

  /** Commits, and restores auto-commit mode. */
  void commit(Connection connection) throws SQLException;

  /** Rolls back, and restores auto-commit mode. */
  void rollback(Connection connection) throws SQLException;

  /** The product and its version. */
  String product(Connection connection) throws SQLException;

  /** The problems that an integrity check finds, one line each. */
  List<String> problems(Connection connection) throws SQLException;

  /** The kind of a failure. */
  FailureKind classify(SQLException e, Access access);

  /** What the user can do about a failure; may be empty. */
  String advice(FailureKind kind, SQLException e);
}
