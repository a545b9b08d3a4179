package dev.synthlab.store;

import com.zaxxer.hikari.HikariConfig;
import dev.synthlab.call.Timer;
import dev.synthlab.config.Settings;
import dev.synthlab.files.PrivateFiles;
import dev.synthlab.spans.DatabaseAttributes;
import dev.synthlab.store.TransactionOptions.Access;
import java.io.IOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
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
import javax.sql.DataSource;
import org.jdbi.v3.core.Jdbi;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConfig.JournalMode;
import org.sqlite.SQLiteConfig.SynchronousMode;
import org.sqlite.SQLiteConfig.TransactionMode;
import org.sqlite.SQLiteConnection;
import org.sqlite.SQLiteConnectionConfig;
import org.sqlite.SQLiteDataSource;
import org.sqlite.SQLiteErrorCode;

/** The SQLite dialect. */
final class Sqlite implements Dialect {
  /**
   * How long the native library waits for a lock: a virtual thread pins its carrier in this time.
   */
  private static final Duration NATIVE_BUSY_TIMEOUT = Duration.ofMillis(100);

  private static final List<String> FILE_SUFFIXES = List.of("", "-wal", "-shm", "-journal");

  private final Path file;
  private final Path cache;
  private final Settings.Database settings;
  private final Timer timer;

  Sqlite(Path file, Path cache, Settings.Database settings, Timer timer) {
    this.file = file;
    this.cache = cache;
    this.settings = settings;
    this.timer = timer;
  }

  static Sqlite of(Settings settings, Timer timer) {
    return new Sqlite(
        settings.paths().database(), settings.local().cache(), settings.database(), timer);
  }

  @Override
  public String name() {
    return file.toString();
  }

  boolean exists() {
    return Files.exists(file);
  }

  @Override
  public DatabaseAttributes attributes() {
    return new DatabaseAttributes("sqlite", file.toString(), Optional.empty(), OptionalInt.empty());
  }

  // At least one carrier must stay free while the others are pinned in the native library; one is
  // the writer's.
  @Override
  public int poolSize() {
    int carriers = Runtime.getRuntime().availableProcessors();
    return Math.max(1, Math.min(settings.poolSize(), carriers - 2));
  }

  @Override
  public void prepare() throws SQLException {
    try {
      Path real = PrivateFiles.target(file);
      Path parent = real.getParent();
      if (parent != null) {
        Files.createDirectories(parent);
      }
      createPrivately(real);
    } catch (FileAlreadyExistsException e) {
      // An existing file is checked when it is opened.
    } catch (IOException e) {
      throw new StoreException.StoreUnavailable(
          file + " cannot be created: " + reason(e) + "; set SYNTHLAB_DB_PATH", e);
    }
    try (Connection connection = source().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("SELECT count(*) FROM sqlite_master");
    }
  }

  private static String reason(IOException e) {
    return e instanceof FileSystemException failed && failed.getReason() != null
        ? failed.getReason()
        : e.getClass().getSimpleName();
  }

  /** The file to open. Only its owner can read it and the files of SQLite next to it. */
  private Path real() {
    Path current = file;
    try {
      Path real = PrivateFiles.target(file);
      for (String ending : FILE_SUFFIXES) {
        current = real.resolveSibling(real.getFileName() + ending);
        PrivateFiles.tighten(current);
      }
      PrivateFiles.requireOwn(lock());
      return real;
    } catch (IOException e) {
      throw new StoreException.StoreUnavailable(
          current + " cannot be used: " + reason(e) + "; set SYNTHLAB_DB_PATH", e);
    }
  }

  private Path lock() {
    return file.resolveSibling("." + file.getFileName() + ".lock");
  }

  /** The file as a {@code file:} URI of SQLite, in which every character of the name is literal. */
  static String address(Path file) {
    URI uri = file.toAbsolutePath().toUri();
    String server = uri.getHost() == null ? "" : "////" + uri.getHost();
    String path = uri.getRawPath();
    boolean slash = path.length() > 1 && path.endsWith("/"); // of a directory
    return "file:" + server + (slash ? path.substring(0, path.length() - 1) : path);
  }

  /** The data source of a file. No part of its name is an option of the driver or of SQLite. */
  private static DataSource source(SQLiteConfig config, Path file) {
    config.enableLoadExtension(false);
    SQLiteDataSource source = new SQLiteDataSource(config);
    source.setUrl("jdbc:sqlite:" + address(file));
    return source;
  }

  // Not by a lock of SQLite: the work writes over its own connections.
  @Override
  public void exclusively(Connection connection, Work work) throws SQLException {
    Path lock = lock();
    try (FileChannel channel =
            PrivateFiles.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock held = channel.lock()) {
      Objects.requireNonNull(held);
      work.run();
      Files.deleteIfExists(lock); // other processes that wait for it find the work done
    } catch (IOException | OverlappingFileLockException e) { // some file systems have no locks
      work.run();
    }
  }

  static void createPrivately(Path file) throws IOException {
    PrivateFiles.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE).close();
  }

  @Override
  public DataSource source() {
    SqliteLibrary.load(cache);
    SQLiteConfig config = new SQLiteConfig();
    config.setJournalMode(JournalMode.WAL);
    config.setSynchronous(SynchronousMode.FULL);
    config.enforceForeignKeys(true);
    config.setBusyTimeout((int) NATIVE_BUSY_TIMEOUT.toMillis());
    return source(config, real());
  }

  @Override
  public void configure(HikariConfig pool) {
    // The data source configures each connection.
  }

  @Override
  public void configure(Jdbi jdbi) {
    jdbi.setStatementBuilderFactory(
        connection -> new BusyRetryStatements(timer, settings.statementTimeout()));
  }

  @Override
  public void begin(Connection connection, TransactionOptions options) throws SQLException {
    boolean readOnly = options.access() == Access.READ_ONLY;
    connection
        .unwrap(SQLiteConnection.class)
        .getConnectionConfig()
        .setTransactionMode(readOnly ? TransactionMode.DEFERRED : TransactionMode.IMMEDIATE);
    try {
      connection.setAutoCommit(false);
    } catch (SQLException e) {
      // The driver assumes that the transaction has begun.
      connection.unwrap(SQLiteConnection.class).getConnectionConfig().setAutoCommit(true);
      throw e;
    }
    if (readOnly) {
      run(connection, "PRAGMA query_only = 1");
    }
  }

  // Not commit(): it would begin the next transaction immediately.
  @Override
  public void commit(Connection connection) throws SQLException {
    connection.setAutoCommit(true);
    run(connection, "PRAGMA query_only = 0");
  }

  // Not rollback(): the driver refuses it after a failed commit, and would begin the next one.
  @Override
  public void rollback(Connection connection) throws SQLException {
    SQLiteConnectionConfig config = connection.unwrap(SQLiteConnection.class).getConnectionConfig();
    config.setTransactionMode(TransactionMode.DEFERRED);
    config.setAutoCommit(true);
    try {
      run(connection, "ROLLBACK");
    } catch (SQLException e) {
      // SQLite has already rolled back, as it does when the disk is full.
      if (e.getErrorCode() != SQLiteErrorCode.SQLITE_ERROR.code) {
        throw e;
      }
    }
    connection.setAutoCommit(true);
    run(connection, "PRAGMA query_only = 0");
  }

  private static void run(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @Override
  public String product(Connection connection) throws SQLException {
    return "SQLite " + connection.getMetaData().getDatabaseProductVersion();
  }

  @Override
  public List<String> problems(Connection connection) throws SQLException {
    List<String> all = new ArrayList<>();
    try (Statement statement = connection.createStatement()) {
      try (ResultSet row = statement.executeQuery("PRAGMA integrity_check")) {
        while (row.next()) {
          all.add(row.getString(1));
        }
      }
      all.removeIf("ok"::equals);
      try (ResultSet row = statement.executeQuery("PRAGMA foreign_key_check")) {
        while (row.next()) {
          all.add(
              "row "
                  + row.getString(2)
                  + " of "
                  + row.getString(1)
                  + " refers to a row of "
                  + row.getString(3)
                  + " that does not exist");
        }
      }
    }
    return all;
  }

  /** The problems that a quick check of another file finds; the file is only read. */
  static List<String> quickCheck(Path other) throws SQLException {
    SQLiteConfig config = new SQLiteConfig();
    config.setReadOnly(true);
    try (Connection connection = source(config, other).getConnection();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("PRAGMA quick_check")) {
      return row.next() && row.getString(1).equals("ok") ? List.of() : List.of(row.getString(1));
    }
  }

  @Override
  public FailureKind classify(SQLException e, Access access) {
    int code = e.getErrorCode() & 0xff;
    if (code == SQLiteErrorCode.SQLITE_BUSY.code || code == SQLiteErrorCode.SQLITE_LOCKED.code) {
      return FailureKind.BUSY;
    }
    if (code == SQLiteErrorCode.SQLITE_CORRUPT.code || code == SQLiteErrorCode.SQLITE_NOTADB.code) {
      return FailureKind.DAMAGED;
    }
    if (code == SQLiteErrorCode.SQLITE_INTERRUPT.code) {
      return FailureKind.TIMEOUT;
    }
    if (code == SQLiteErrorCode.SQLITE_READONLY.code) {
      return access == Access.READ_ONLY ? FailureKind.REFUSED : FailureKind.UNAVAILABLE;
    }
    boolean unavailable =
        code == SQLiteErrorCode.SQLITE_FULL.code
            || code == SQLiteErrorCode.SQLITE_CANTOPEN.code
            || code == SQLiteErrorCode.SQLITE_IOERR.code
            || code == SQLiteErrorCode.SQLITE_PERM.code;
    return unavailable ? FailureKind.UNAVAILABLE : FailureKind.REFUSED;
  }

  @Override
  public String advice(FailureKind kind, SQLException e) {
    return switch (kind) {
      case UNAVAILABLE ->
          "check that the file and its directory are writable, and that the disk has free space";
      case BUSY ->
          "another process has it locked: a run, a backup, or a sqlite3 shell with an open"
              + " transaction";
      case DAMAGED ->
          "the file was not changed; restore a backup, or set SYNTHLAB_DB_PATH to another file";
      case TIMEOUT ->
          "SYNTHLAB_DB_STATEMENT_TIMEOUT is " + settings.statementTimeout().toMillis() + " ms";
      case LOST, CONFLICT, REFUSED -> "";
    };
  }
}
