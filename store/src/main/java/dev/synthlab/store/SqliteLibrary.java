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
 * Loads the native library of SQLite from a directory that only this user and root can change, and
 * that later processes use too. The driver by itself would unpack a new file into the temporary
 * directory at every start, and a process that is killed would leave it there.
 */
final class SqliteLibrary {
  private static final Logger log = Logging.component("store");
  private static final String PATH = "org.sqlite.lib.path";
  private static final String TEMPORARY = "org.sqlite.tmpdir";
  private static boolean loaded;

  private SqliteLibrary() {}

  /** Loads the library if necessary; system properties of the driver for its directory win. */
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
          "the library of SQLite cannot be loaded: " + e.getMessage(), e);
    }
  }

  // The properties are cleared: they would apply to other drivers of the same process too.
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

  /**
   * The unpacked library; empty if the driver has none for this platform or the cache is unusable.
   */
  private static Optional<Path> unpacked(Path cache) throws IOException {
    String name = LibraryLoaderUtil.getNativeLibName();
    String resource = LibraryLoaderUtil.getNativeLibResourcePath() + "/" + name;
    try (InputStream bundled = SQLiteJDBCLoader.class.getResourceAsStream(resource)) {
      if (bundled == null) {
        return Optional.empty();
      }
      byte[] library = bundled.readAllBytes();
      try {
        return Optional.of(
            UnpackedLibrary.place(library, name, cache, Settings.Local.CACHE_REMEDY));
      } catch (IOException e) {
        log.warn(
            "the library of SQLite is unpacked for this process only, not into {}: {}",
            cache,
            e.getMessage());
        return Optional.empty();
      }
    }
  }

  /** A new directory, which is deleted when the process ends normally. */
  private static Path temporary() throws IOException {
    Path directory = Files.createTempDirectory("synthlab-sqlite-");
    directory.toFile().deleteOnExit();
    TrustedPath.requireOwn(directory, Settings.Local.CACHE_REMEDY);
    return directory;
  }
}
