package dev.synthlab.store;

import com.zaxxer.hikari.HikariConfig;
import dev.synthlab.config.DatabaseUrl;
import dev.synthlab.config.Secret;
import dev.synthlab.config.Settings;
import dev.synthlab.spans.DatabaseAttributes;
import dev.synthlab.store.TransactionOptions.Access;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Properties;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import javax.sql.DataSource;
import org.jdbi.v3.core.Jdbi;
import org.postgresql.ds.PGSimpleDataSource;

/** The PostgreSQL dialect. */
final class Postgres implements Dialect {
  private static final Duration GRACE = Duration.ofSeconds(1);

  // The server shuts down or starts, or has ended the session.
  private static final Set<String> CONNECTION_LOST = Set.of("57P01", "57P02", "57P03", "57P05");

  private static final Pattern ONE_SERVER = Pattern.compile("(\\[[^]]*]|[^,:]*)(?::(\\d+))?");

  private static final String PROBLEMS =
      """
      SELECT 'constraint ' || conname || ' of ' || conrelid::regclass || ' was never validated'
        FROM pg_constraint WHERE NOT convalidated
      UNION ALL
      SELECT 'index ' || indexrelid::regclass || ' of ' || indrelid::regclass || ' is invalid'
        FROM pg_index WHERE NOT indisvalid
      UNION ALL
      SELECT checksum_failures || ' pages with a wrong checksum were read'
        FROM pg_stat_database WHERE datname = current_database() AND checksum_failures > 0
      """;

  private static final long MIGRATION_LOCK = 0x73796e74686c6162L;

  private final DatabaseUrl url;
  private final Settings.Database settings;

  Postgres(DatabaseUrl url, Settings.Database settings) {
    this.url = url;
    this.settings = settings;
  }

  @Override
  public String name() {
    return url.toString();
  }

  @Override
  public DatabaseAttributes attributes() {
    Matcher one = ONE_SERVER.matcher(url.hosts());
    boolean single = one.matches();
    return new DatabaseAttributes(
        "postgresql",
        url.database(),
        single ? Optional.of(one.group(1)) : Optional.empty(),
        single && one.group(2) != null
            ? OptionalInt.of(Integer.parseInt(one.group(2)))
            : OptionalInt.empty());
  }

  @Override
  public int poolSize() {
    return settings.poolSize();
  }

  @Override
  public void prepare() throws SQLException {
    try (Connection connection = source().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("SELECT 1");
    }
  }

  // Flyway creates the schema before it takes its own lock.
  @Override
  public void exclusively(Connection connection, Work work) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("SELECT pg_advisory_lock(" + MIGRATION_LOCK + ")");
      try {
        work.run();
      } finally {
        statement.execute("SELECT pg_advisory_unlock(" + MIGRATION_LOCK + ")");
      }
    }
  }

  @Override
  public DataSource source() {
    Properties properties = new Properties();
    url.parameters().forEach(properties::setProperty);
    url.user().ifPresent(user -> properties.setProperty("user", user));
    url.password().map(Secret::reveal).ifPresent(word -> properties.setProperty("password", word));
    properties.setProperty("sslmode", settings.sslMode());
    settings
        .sslRootCert()
        .ifPresent(file -> properties.setProperty("sslrootcert", file.toString()));
    properties.putIfAbsent("ApplicationName", "synthlab");
    properties.putIfAbsent("tcpKeepAlive", "true");
    // The details of an error contain values of rows.
    properties.putIfAbsent("logServerErrorDetail", "false");
    properties.setProperty("connectTimeout", seconds(settings.connectTimeout()));
    properties.setProperty("loginTimeout", seconds(settings.connectTimeout()));
    // A server that does not respond cannot end the statement.
    properties.setProperty("socketTimeout", seconds(settings.statementTimeout().plus(GRACE)));
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setUrl("jdbc:postgresql://" + url.hosts() + "/");
    source.setDatabaseName(url.database());
    try {
      for (String name : properties.stringPropertyNames()) {
        source.setProperty(driverName(name), properties.getProperty(name));
      }
    } catch (SQLException e) {
      throw new IllegalStateException("the driver does not support a parameter of DATABASE_URL", e);
    }
    return source;
  }

  // The parameters that libpq names differently.
  private static String driverName(String name) {
    return name.equals("application_name") ? "ApplicationName" : name;
  }

  private static String seconds(Duration time) {
    return Long.toString(Math.max(1, time.plusMillis(999).toSeconds()));
  }

  @Override
  public void configure(HikariConfig pool) {
    pool.setConnectionInitSql(
        "SET statement_timeout = "
            + Math.max(1, settings.statementTimeout().toMillis())
            + "; SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL READ COMMITTED");
  }

  @Override
  public void configure(Jdbi jdbi) {
    // The server enforces the statement timeout.
  }

  // Each command that is sent separately takes as long as a statement.
  @Override
  public void begin(Connection connection, TransactionOptions options) throws SQLException {
    connection.setReadOnly(options.access() == Access.READ_ONLY);
    connection.setAutoCommit(false);
    switch (options.isolation()) {
      case READ_COMMITTED -> {
        // The default of the connections.
      }
      case REPEATABLE_READ -> isolate(connection, "REPEATABLE READ");
      case SERIALIZABLE -> isolate(connection, "SERIALIZABLE");
    }
  }

  private void isolate(Connection connection, String level) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("SET TRANSACTION ISOLATION LEVEL " + level);
    } catch (SQLException e) {
      try {
        rollback(connection);
      } catch (SQLException further) { // the connection is broken: the server rolls back
        e.addSuppressed(further);
      }
      throw e;
    }
  }

  @Override
  public void commit(Connection connection) throws SQLException {
    connection.commit();
    restoreDefaults(connection);
  }

  @Override
  public void rollback(Connection connection) throws SQLException {
    connection.rollback();
    restoreDefaults(connection);
  }

  private static void restoreDefaults(Connection connection) throws SQLException {
    connection.setAutoCommit(true);
    connection.setReadOnly(false);
  }

  @Override
  public String product(Connection connection) throws SQLException {
    return "PostgreSQL " + connection.getMetaData().getDatabaseProductVersion();
  }

  @Override
  public List<String> problems(Connection connection) throws SQLException {
    List<String> all = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(PROBLEMS)) {
      while (row.next()) {
        all.add(row.getString(1));
      }
    }
    return all;
  }

  /** A message with the shell command that copies the database. */
  String dumpCommand(Path to) {
    List<String> words = new ArrayList<>(List.of("pg_dump", "--format=custom"));
    words.add("--file=" + quoted(to.toString()));
    attributes().host().ifPresent(host -> words.add("--host=" + quoted(host)));
    attributes().port().ifPresent(port -> words.add("--port=" + port));
    url.user().ifPresent(user -> words.add("--username=" + quoted(user)));
    words.add(quoted(url.database()));
    return name()
        + " is a PostgreSQL database; copy it with: "
        + String.join(" ", words)
        + " (set the password in PGPASSWORD or ~/.pgpass)";
  }

  private static String quoted(String word) {
    return word.matches("[\\w./:-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
  }

  @Override
  public FailureKind classify(SQLException e, Access access) {
    if (timedOut(e)) {
      return FailureKind.TIMEOUT;
    }
    String state = Objects.requireNonNullElse(e.getSQLState(), "");
    return switch (state) {
      case "40001", "40P01" -> FailureKind.CONFLICT;
      case "57014", "55P03" -> FailureKind.TIMEOUT;
      case "25006" -> access == Access.READ_ONLY ? FailureKind.REFUSED : FailureKind.UNAVAILABLE;
      default -> byClass(state);
    };
  }

  private static FailureKind byClass(String state) {
    if (state.startsWith("08") || CONNECTION_LOST.contains(state)) {
      return FailureKind.LOST;
    }
    // Insufficient resources, no authorization, no such database, a system error of the server.
    boolean unavailable =
        state.startsWith("53")
            || state.startsWith("28")
            || state.startsWith("3D")
            || state.startsWith("58");
    return unavailable ? FailureKind.UNAVAILABLE : FailureKind.REFUSED;
  }

  private static boolean timedOut(Throwable e) {
    for (Throwable at = e; at != null; at = at.getCause()) {
      if (at instanceof SocketTimeoutException) {
        return true;
      }
    }
    return false;
  }

  // The driver has no SQL state for failures of TLS.
  private static boolean isTlsFailure(SQLException e) {
    for (Throwable at = e; at != null; at = at.getCause()) {
      if (at instanceof GeneralSecurityException || at instanceof SSLException) {
        return true;
      }
    }
    String words = String.valueOf(e.getMessage());
    return words.contains("SSL") || words.contains("could not be verified");
  }

  private String tlsAdvice() {
    return "POSTGRES_SSL_MODE is "
        + settings.sslMode()
        + ", and POSTGRES_SSL_ROOT_CERT "
        + settings.sslRootCert().map(file -> "is " + file).orElse("is not set");
  }

  @Override
  public String advice(FailureKind kind, SQLException e) {
    return switch (kind) {
      case UNAVAILABLE, LOST ->
          isTlsFailure(e)
              ? tlsAdvice()
              : "check that the server runs, and DATABASE_URL, or SYNTHLAB_LEDGER_URL for the ledger";
      case TIMEOUT ->
          "SYNTHLAB_DB_STATEMENT_TIMEOUT is " + settings.statementTimeout().toMillis() + " ms";
      case CONFLICT, BUSY, DAMAGED, REFUSED -> "";
    };
  }
}
