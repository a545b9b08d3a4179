package dev.synthlab.store;

import dev.synthlab.store.StoreException.StoreUnavailable;
import dev.synthlab.store.TransactionOptions.Access;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;

/** A backup of a SQLite file, which exists only when it is complete. Not thread-safe. */
final class SqliteBackup {
  private final Sqlite file;
  private final Path to;

  SqliteBackup(Sqlite file, Path to) {
    this.file = file;
    this.to = to;
  }

  Path create() {
    if (!file.exists()) {
      throw new StoreUnavailable(
          file.name() + " does not exist: there is nothing to copy; check SYNTHLAB_DB_PATH");
    }
    if (Files.exists(to, LinkOption.NOFOLLOW_LINKS)) {
      throw new StoreUnavailable(to + " exists already and is not overwritten");
    }
    Path part = to.resolveSibling(to.getFileName() + ".part");
    boolean created = false;
    try {
      Sqlite.createPrivately(part);
      created = true;
      fill(part);
      sync(part);
      publish(part);
      return to;
    } catch (FileAlreadyExistsException e) {
      throw new StoreUnavailable(e.getFile() + " exists already and is not overwritten", e);
    } catch (NoSuchFileException e) {
      throw new StoreUnavailable(to + " cannot be written: its directory does not exist", e);
    } catch (IOException e) {
      throw new StoreUnavailable(to + " cannot be written: " + e.getMessage(), e);
    } catch (SQLException e) {
      throw new SqlExceptionTranslator(file).translate(e, Access.READ_ONLY);
    } finally {
      if (created) {
        remove(part);
      }
    }
  }

  private void fill(Path part) throws SQLException {
    try (Connection connection = file.source().getConnection();
        PreparedStatement copy = connection.prepareStatement("VACUUM INTO ?")) {
      copy.setString(1, Sqlite.address(part));
      copy.execute();
    }
    List<String> problems = Sqlite.quickCheck(part);
    if (!problems.isEmpty()) {
      throw new StoreException.StoreDamaged(
          "the copy of " + file.name() + " is damaged: " + problems.getFirst());
    }
  }

  /** Makes the copy durable. */
  private static void sync(Path part) throws IOException {
    try (FileChannel channel = FileChannel.open(part, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
  }

  /** Moves the copy to its place; fails if a file exists there. */
  private void publish(Path part) throws IOException {
    try {
      Files.createLink(to, part);
    } catch (FileAlreadyExistsException e) {
      throw e;
    } catch (FileSystemException | UnsupportedOperationException e) {
      // The file system has no hard links.
      Files.move(part, to);
    }
  }

  private static void remove(Path part) {
    for (String more : List.of("", "-journal", "-wal", "-shm")) {
      try {
        Files.deleteIfExists(part.resolveSibling(part.getFileName() + more));
      } catch (IOException e) {
        // The name of the remaining file says that it is incomplete.
      }
    }
  }
}
