package dev.synthlab.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import dev.synthlab.call.Timer;
import dev.synthlab.config.Settings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Where SQLite's native library is while a process uses it, and after its end. */
@Timeout(60)
class SqliteLibraryTest {
  @TempDir Path directory;
  private Path temporary;
  private Path cache;

  @BeforeEach
  void makeDirectories() throws IOException {
    temporary = Files.createDirectory(directory.resolve("tmp"));
    cache = directory.resolve("cache");
  }

  @Test
  void leavesNothingInTheTemporaryDirectoryWhenTheProcessIsKilled() throws Exception {
    Process process = start();
    try (var said = process.inputReader()) {
      assertThat(said.readLine()).isEqualTo("open");
      List<Path> whileOpen = files(temporary);

      process.destroyForcibly().waitFor(20, TimeUnit.SECONDS);

      assertThat(whileOpen).isEmpty();
      assertThat(files(temporary)).isEmpty();
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void isStoredInTheCacheByItsHashAndReused() throws Exception {
    run();
    Path library = onlyLibrary();
    Object first = Files.getLastModifiedTime(library);

    run();

    assertThat(onlyLibrary()).isEqualTo(library);
    assertThat(Files.getLastModifiedTime(library)).isEqualTo(first);
    assertThat(library.getParent().getFileName().toString()).matches("[0-9a-f]{64}");
    assertThat(library.getParent().getParent()).isEqualTo(cache.resolve("native"));
  }

  @Test
  void isReplacedIfItDiffersFromTheOneOnTheClassPath() throws Exception {
    run();
    Path library = onlyLibrary();
    byte[] genuine = Files.readAllBytes(library);
    byte[] forged = genuine.clone();
    forged[forged.length / 2] ^= 1;
    Files.write(library, forged);

    run();

    assertThat(library).hasBinaryContent(genuine);
  }

  @Test
  void isNotLoadedFromADirectoryThatOthersMayWrite() throws Exception {
    assumeThat(directory.getFileSystem().supportedFileAttributeViews()).contains("unix");
    Files.createDirectory(cache);
    Files.setPosixFilePermissions(cache, PosixFilePermissions.fromString("rwxrwxrwx"));

    String said = run();

    assertThat(cache).isEmptyDirectory();
    assertThat(said).contains("chmod go-w " + cache.toRealPath(), "SYNTHLAB_CACHE_DIR");
    assertThat(files(temporary)).isEmpty();
  }

  /** Opens a database and waits to be killed, or until its input ends. */
  static final class Opened {
    private Opened() {}

    public static void main(String[] args) throws IOException, SQLException {
      ((Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME)).setLevel(Level.WARN);
      Settings settings = Lab.settings("SYNTHLAB_DB_PATH", args[0], "SYNTHLAB_CACHE_DIR", args[1]);
      try (Connection connection = Sqlite.of(settings, Timer.system()).source().getConnection();
          Statement statement = connection.createStatement()) {
        statement.execute("CREATE TABLE word (id INTEGER PRIMARY KEY)");
        System.out.println("open");
        System.in.transferTo(System.out);
      }
    }
  }

  private Process start() throws IOException {
    return new ProcessBuilder(
            ChildProcess.command(
                Opened.class,
                List.of("-Djava.io.tmpdir=" + temporary),
                Files.createTempFile(directory, "lab", ".db").toString(),
                cache.toString()))
        .redirectErrorStream(true)
        .start();
  }

  /** Lets a process open a database and end by itself; gives what it said. */
  private String run() throws Exception {
    Process process = start();
    try {
      process.getOutputStream().close();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor()).as(said).isZero();
      return said;
    } finally {
      process.destroyForcibly();
    }
  }

  private Path onlyLibrary() throws IOException {
    List<Path> all = files(cache);
    assertThat(all).hasSize(1);
    return all.getFirst();
  }

  private static List<Path> files(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      // HotSpot's own, for jps and the like.
      return files
          .filter(Files::isRegularFile)
          .filter(file -> !file.toString().contains("hsperfdata"))
          .toList();
    }
  }
}
