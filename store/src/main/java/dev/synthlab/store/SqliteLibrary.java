package dev.synthlab.store;

import dev.synthlab.config.Settings;
import dev.synthlab.files.TrustedPath;
import dev.synthlab.files.UnpackedLibrary;
import dev.synthlab.logging.Logging;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.sqlite.SQLiteJDBCLoader;
import org.sqlite.util.LibraryLoaderUtil;

/**
 * Loads SQLite's native library from where only this user and root can change it, and where it
 * stays for the next process. Left alone, the driver would write a new file into the directory for
 * temporary files at every start, and a process that is killed would leave it there.
 */
final class SqliteLibrary {
  private static final Logger log = Logging.component("store");
  private static final String PATH = "org.sqlite.lib.path";
  private static final String TEMPORARY = "org.sqlite.tmpdir";
  private static boolean loaded;

  private SqliteLibrary() {}

  /** Loads it unless that was done already, or a place for it was given on the command line. */
  static synchronized void load(Path cache) {
    if (loaded) {
      return;
    }
    try {
      if (System.getProperty(PATH) == null && System.getProperty(TEMPORARY) == null) {
        loadFrom(cache);
      } else {
        SQLiteJDBCLoader.initialize();
      }
      loaded = true;
    } catch (Exception e) { // the driver declares no other
      throw new StoreException.StoreUnavailable(
          "SQLite's library cannot be loaded: " + e.getMessage(), e);
    }
  }

  // The properties are taken back: they would hold for another driver in the same process, too.
  private static void loadFrom(Path cache) throws Exception {
    Optional<Path> library = unpacked(cache);
    String property = library.isPresent() ? PATH : TEMPORARY;
    Path directory = library.isPresent() ? library.get().resolveSibling("") : temporary();
    System.setProperty(property, directory.toString());
    try {
      SQLiteJDBCLoader.initialize();
    } finally {
      System.clearProperty(property);
    }
  }

  /** Empty where the driver must find a library by itself, or the cache cannot be used. */
  private static Optional<Path> unpacked(Path cache) throws IOException {
    String name = LibraryLoaderUtil.getNativeLibName();
    String resource = LibraryLoaderUtil.getNativeLibResourcePath() + "/" + name;
    try (InputStream carried = SQLiteJDBCLoader.class.getResourceAsStream(resource)) {
      if (carried == null) {
        return Optional.empty();
      }
      byte[] library = carried.readAllBytes();
      try {
        return Optional.of(
            UnpackedLibrary.place(library, name, cache, Settings.Local.CACHE_REMEDY));
      } catch (IOException e) {
        log.warn(
            "SQLite's library is unpacked for this process alone, not into {}: {}",
            cache,
            e.getMessage());
        return Optional.empty();
      }
    }
  }

  /** A new directory of its own, gone when the process ends by itself. */
  private static Path temporary() throws IOException {
    Path directory = Files.createTempDirectory("synthlab-sqlite-");
    directory.toFile().deleteOnExit();
    TrustedPath.requireOwn(directory, Settings.Local.CACHE_REMEDY);
    return directory;
  }
}
