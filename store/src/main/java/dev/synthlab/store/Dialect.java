package dev.synthlab.store;

import com.zaxxer.hikari.HikariConfig;
import dev.synthlab.spans.DatabaseAttributes;
import dev.synthlab.store.TransactionOptions.Access;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import javax.sql.DataSource;
import org.jdbi.v3.core.Jdbi;

/** Where the two databases differ. Safe for use by many threads. */
sealed interface Dialect permits Postgres, Sqlite {

  /** What it is called in messages: without credentials. */
  String name();

  /** What it is called in spans and measurements. */
  DatabaseAttributes place();

  /** Connections there may be at once. */
  int poolSize();

  /** What is there must be usable before the pool is made. */
  void makeReady() throws SQLException;

  /** Something that is done to the tables. */
  interface Work {
    void run() throws SQLException;
  }

  /** Does the work while no other process does such work. */
  void alone(Connection connection, Work work) throws SQLException;

  /** Connections without a pool. */
  DataSource source();

  /** Adds what it needs to the pool's settings. */
  void settle(HikariConfig pool);

  /** Adds what it needs to the statements. */
  void settle(Jdbi jdbi);

  /** Begins a transaction on a connection that commits by itself. */
  void begin(Connection connection, TransactionOptions rules) throws SQLException;

  /** Commits, and lets the connection commit by itself again. */
  void commit(Connection connection) throws SQLException;

  /** Rolls back, and lets the connection commit by itself again. */
  void rollback(Connection connection) throws SQLException;

  /** The product and its version. */
  String product(Connection connection) throws SQLException;

  /** What is wrong with what the database holds, a line each. */
  List<String> complaints(Connection connection) throws SQLException;

  /** What a failure means. */
  FailureKind judge(SQLException e, Access access);

  /** What may be done about it; empty when that goes without saying. */
  String advice(FailureKind kind, SQLException e);
}
