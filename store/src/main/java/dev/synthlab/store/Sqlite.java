package dev.synthlab.store;

import com.zaxxer.hikari.HikariConfig;
import dev.synthlab.call.Timer;
import dev.synthlab.config.Settings;
import dev.synthlab.spans.DatabasePlace;
import dev.synthlab.store.TransactionRules.Access;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
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

  private final Path file;
  private final Path cache;
  private final Settings.Database settings;
  private final Timer timer;

  private Sqlite(Path file, Path cache, Settings.Database settings, Timer timer) {
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
  public DatabasePlace place() {
    return new DatabasePlace("sqlite", file.toString(), Optional.empty(), OptionalInt.empty());
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
      Path parent = file.toAbsolutePath().getParent();
      if (parent != null) {
        Files.createDirectories(parent);
      }
      createPrivately(file);
    } catch (FileAlreadyExistsException e) {
      requireFile(e);
    } catch (IOException e) {
      throw new StoreException.StoreUnavailable(
          file + " cannot be made: " + e.getClass().getSimpleName() + "; set SYNTHLAB_DB_PATH", e);
    }
    try (Connection connection = source().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("SELECT count(*) FROM sqlite_master");
    }
  }

  private void requireFile(IOException e) {
    if (!Files.isRegularFile(file)) {
      throw new StoreException.StoreUnavailable(file + " is no file; set SYNTHLAB_DB_PATH", e);
    }
  }

  // Not by a lock within the file: the work writes to it over connections of its own.
  @Override
  public void alone(Connection connection, Work work) throws SQLException {
    Path lock = file.resolveSibling("." + file.getFileName() + ".lock");
    try (FileChannel channel =
            FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock held = channel.lock()) {
      Objects.requireNonNull(held);
      work.run();
      Files.deleteIfExists(lock); // who waits for it will find the work done
    } catch (IOException | OverlappingFileLockException e) { // there are file systems without locks
      work.run();
    }
  }

  static void createPrivately(Path file) throws IOException {
    if (FileSystems.getDefault().supportedFileAttributeViews().contains("posix")) {
      Files.createFile(
          file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    } else {
      Files.createFile(file);
    }
  }

  @Override
  public DataSource source() {
    SqliteLibrary.load(cache);
    SQLiteConfig config = new SQLiteConfig();
    config.setJournalMode(JournalMode.WAL);
    config.setSynchronous(SynchronousMode.FULL);
    config.enforceForeignKeys(true);
    config.setBusyTimeout((int) PINNED.toMillis());
    SQLiteDataSource source = new SQLiteDataSource(config);
    source.setUrl("jdbc:sqlite:" + file);
    return source;
  }

  @Override
  public void settle(HikariConfig pool) {
    // Every connection is set up by its source.
  }

  @Override
  public void settle(Jdbi jdbi) {
    jdbi.setStatementBuilderFactory(
        connection -> new PatientStatements(timer, settings.statementTimeout()));
  }

  @Override
  public void begin(Connection connection, TransactionRules rules) throws SQLException {
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
    SQLiteDataSource source = new SQLiteDataSource(config);
    source.setUrl("jdbc:sqlite:" + other);
    try (Connection connection = source.getConnection();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("PRAGMA quick_check")) {
      return row.next() && row.getString(1).equals("ok") ? List.of() : List.of(row.getString(1));
    }
  }

  @Override
  public Ill judge(SQLException e, Access access) {
    int code = e.getErrorCode() & 0xff;
    if (code == SQLiteErrorCode.SQLITE_BUSY.code || code == SQLiteErrorCode.SQLITE_LOCKED.code) {
      return Ill.BUSY;
    }
    if (code == SQLiteErrorCode.SQLITE_CORRUPT.code || code == SQLiteErrorCode.SQLITE_NOTADB.code) {
      return Ill.DAMAGED;
    }
    if (code == SQLiteErrorCode.SQLITE_INTERRUPT.code) {
      return Ill.TIMEOUT;
    }
    if (code == SQLiteErrorCode.SQLITE_READONLY.code) {
      return access == Access.READ_ONLY ? Ill.REFUSED : Ill.UNAVAILABLE;
    }
    boolean outside =
        code == SQLiteErrorCode.SQLITE_FULL.code
            || code == SQLiteErrorCode.SQLITE_CANTOPEN.code
            || code == SQLiteErrorCode.SQLITE_IOERR.code
            || code == SQLiteErrorCode.SQLITE_PERM.code;
    return outside ? Ill.UNAVAILABLE : Ill.REFUSED;
  }

  @Override
  public String advice(Ill ill, SQLException e) {
    return switch (ill) {
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
