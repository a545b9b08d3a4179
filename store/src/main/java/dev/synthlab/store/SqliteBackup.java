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

/** A copy of a SQLite file, which stands at its place only when it is whole. For one thread. */
final class SqliteBackup {
  private final Sqlite file;
  private final Path to;

  SqliteBackup(Sqlite file, Path to) {
    this.file = file;
    this.to = to;
  }

  Path made() {
    if (!file.exists()) {
      throw new StoreUnavailable(
          file.name() + " is not there: nothing to copy; is SYNTHLAB_DB_PATH right?");
    }
    if (Files.exists(to, LinkOption.NOFOLLOW_LINKS)) {
      throw new StoreUnavailable(to + " is there already, and is not overwritten");
    }
    Path part = to.resolveSibling(to.getFileName() + ".part");
    boolean begun = false;
    try {
      Sqlite.createPrivately(part);
      begun = true;
      fill(part);
      settle(part);
      place(part);
      return to;
    } catch (FileAlreadyExistsException e) {
      throw new StoreUnavailable(e.getFile() + " is there already, and is not overwritten", e);
    } catch (NoSuchFileException e) {
      throw new StoreUnavailable(to + " cannot be written: there is no such directory", e);
    } catch (IOException e) {
      throw new StoreUnavailable(to + " cannot be written: " + e.getMessage(), e);
    } catch (SQLException e) {
      throw new SqlExceptionTranslator(file).of(e, Access.READ_ONLY);
    } finally {
      if (begun) {
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
    List<String> complaints = Sqlite.complaintsOf(part);
    if (!complaints.isEmpty()) {
      throw new StoreException.StoreDamaged(
          "the copy of " + file.name() + " is not whole: " + complaints.getFirst());
    }
  }

  /** Nothing of it may be lost with the machine any more. */
  private static void settle(Path part) throws IOException {
    try (FileChannel channel = FileChannel.open(part, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
  }

  /** Fails if somebody else has put a file there meanwhile. */
  private void place(Path part) throws IOException {
    try {
      Files.createLink(to, part);
    } catch (FileAlreadyExistsException e) {
      throw e;
    } catch (FileSystemException | UnsupportedOperationException e) {
      // A file system without links.
      Files.move(part, to);
    }
  }

  private static void remove(Path part) {
    for (String more : List.of("", "-journal", "-wal", "-shm")) {
      try {
        Files.deleteIfExists(part.resolveSibling(part.getFileName() + more));
      } catch (IOException e) {
        // What is left has a name that says it is no copy.
      }
    }
  }
}
