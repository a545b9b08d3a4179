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

/** A SQLite file. */
final class Sqlite implements Dialect {
  /** How long the library itself waits for a lock: a virtual thread pins its carrier meanwhile. */
  private static final Duration PINNED = Duration.ofMillis(100);

  private static final List<String> BESIDE = List.of("", "-wal", "-shm", "-journal");

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
  public DatabaseAttributes place() {
    return new DatabaseAttributes("sqlite", file.toString(), Optional.empty(), OptionalInt.empty());
  }

  // One carrier at least must stay free while the others are pinned in the library; one is the
  // writer's.
  @Override
  public int poolSize() {
    int carriers = Runtime.getRuntime().availableProcessors();
    return Math.max(1, Math.min(settings.poolSize(), carriers - 2));
  }

  @Override
  public void makeReady() throws SQLException {
    try {
      Path real = PrivateFiles.target(file);
      Path parent = real.getParent();
      if (parent != null) {
        Files.createDirectories(parent);
      }
      createPrivately(real);
    } catch (FileAlreadyExistsException e) {
      // What is there is looked at before it is opened.
    } catch (IOException e) {
      throw new StoreException.StoreUnavailable(
          file + " cannot be made: " + reason(e) + "; set SYNTHLAB_DB_PATH", e);
    }
    try (Connection connection = source().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("SELECT count(*) FROM sqlite_master");
    }
  }

  private static String reason(IOException e) {
    return e instanceof FileSystemException told && told.getReason() != null
        ? told.getReason()
        : e.getClass().getSimpleName();
  }

  /** The file that is opened. It and those beside it are the user's, and for nobody else. */
  private Path real() {
    Path looked = file;
    try {
      Path real = PrivateFiles.target(file);
      for (String ending : BESIDE) {
        looked = real.resolveSibling(real.getFileName() + ending);
        PrivateFiles.tighten(looked);
      }
      PrivateFiles.requireOwn(lock());
      return real;
    } catch (IOException e) {
      throw new StoreException.StoreUnavailable(
          looked + " cannot be used: " + reason(e) + "; set SYNTHLAB_DB_PATH", e);
    }
  }

  private Path lock() {
    return file.resolveSibling("." + file.getFileName() + ".lock");
  }

  /**
   * The file as SQLite's own form of an address, in which every byte of a name stands for itself.
   */
  static String address(Path file) {
    URI uri = file.toAbsolutePath().toUri();
    String server = uri.getHost() == null ? "" : "////" + uri.getHost();
    String path = uri.getRawPath();
    boolean slash = path.length() > 1 && path.endsWith("/"); // of a directory
    return "file:" + server + (slash ? path.substring(0, path.length() - 1) : path);
  }

  /** Connections to a file. Nothing in its name is an option of the driver or of SQLite. */
  private static DataSource source(SQLiteConfig config, Path file) {
    config.enableLoadExtension(false);
    SQLiteDataSource source = new SQLiteDataSource(config);
    source.setUrl("jdbc:sqlite:" + address(file));
    return source;
  }

  // Not by a lock within the file: the work writes to it over connections of its own.
  @Override
  public void alone(Connection connection, Work work) throws SQLException {
    Path lock = lock();
    try (FileChannel channel =
            PrivateFiles.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock held = channel.lock()) {
      Objects.requireNonNull(held);
      work.run();
      Files.deleteIfExists(lock); // who waits for it will find the work done
    } catch (IOException | OverlappingFileLockException e) { // there are file systems without locks
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
    config.setBusyTimeout((int) PINNED.toMillis());
    return source(config, real());
  }

  @Override
  public void settle(HikariConfig pool) {
    // Every connection is set up by its source.
  }

  @Override
  public void settle(Jdbi jdbi) {
    jdbi.setStatementBuilderFactory(
        connection -> new BusyRetryStatements(timer, settings.statementTimeout()));
  }

  @Override
  public void begin(Connection connection, TransactionOptions rules) throws SQLException {
    boolean reads = rules.access() == Access.READ_ONLY;
    connection
        .unwrap(SQLiteConnection.class)
        .getConnectionConfig()
        .setTransactionMode(reads ? TransactionMode.DEFERRED : TransactionMode.IMMEDIATE);
    try {
      connection.setAutoCommit(false);
    } catch (SQLException e) {
      // The driver believes that it has begun.
      connection.unwrap(SQLiteConnection.class).getConnectionConfig().setAutoCommit(true);
      throw e;
    }
    if (reads) {
      run(connection, "PRAGMA query_only = 1");
    }
  }

  // Not commit(): it would begin the next transaction at once.
  @Override
  public void commit(Connection connection) throws SQLException {
    connection.setAutoCommit(true);
    run(connection, "PRAGMA query_only = 0");
  }

  // Not rollback(): the driver refuses it where a commit has failed, and would begin the next.
  @Override
  public void rollback(Connection connection) throws SQLException {
    SQLiteConnectionConfig config = connection.unwrap(SQLiteConnection.class).getConnectionConfig();
    config.setTransactionMode(TransactionMode.DEFERRED);
    config.setAutoCommit(true);
    try {
      run(connection, "ROLLBACK");
    } catch (SQLException e) {
      // SQLite has rolled back by itself, as it does when there is no room.
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
  public List<String> complaints(Connection connection) throws SQLException {
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
                  + " that is not there");
        }
      }
    }
    return all;
  }

  /** The same of another file, which is only read. */
  static List<String> complaintsOf(Path other) throws SQLException {
    SQLiteConfig config = new SQLiteConfig();
    config.setReadOnly(true);
    try (Connection connection = source(config, other).getConnection();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("PRAGMA quick_check")) {
      return row.next() && row.getString(1).equals("ok") ? List.of() : List.of(row.getString(1));
    }
  }

  @Override
  public FailureKind judge(SQLException e, Access access) {
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
    boolean outside =
        code == SQLiteErrorCode.SQLITE_FULL.code
            || code == SQLiteErrorCode.SQLITE_CANTOPEN.code
            || code == SQLiteErrorCode.SQLITE_IOERR.code
            || code == SQLiteErrorCode.SQLITE_PERM.code;
    return outside ? FailureKind.UNAVAILABLE : FailureKind.REFUSED;
  }

  @Override
  public String advice(FailureKind kind, SQLException e) {
    return switch (kind) {
      case UNAVAILABLE -> "are the file and its directory writable, and is there room?";
      case BUSY ->
          "another process has it locked: a run, a backup, or a sqlite3 shell with an open"
              + " transaction";
      case DAMAGED -> "it was left as it is; restore a backup, or set SYNTHLAB_DB_PATH";
      case TIMEOUT ->
          "SYNTHLAB_DB_STATEMENT_TIMEOUT is " + settings.statementTimeout().toMillis() + " ms";
      case LOST, CONFLICT, REFUSED -> "";
    };
  }
}
