package dev.synthlab.local;

import dev.synthlab.config.Settings;
import dev.synthlab.files.TrustedPath;
import dev.synthlab.files.UnpackedLibrary;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Installs the native library in a directory that only its owner can change, and points its loader
 * there. By default the loader writes to a fixed name in the temporary directory, deletes files
 * there that look like its own, and prints to standard output.
 */
final class NativeLibrary {
  private static final String PATH = "de.kherud.llama.lib.path";
  private static final String TEMPORARY = "de.kherud.llama.tmpdir";
  private static boolean loaded;

  private NativeLibrary() {}

  static synchronized void load(Path cache) {
    if (loaded) {
      return;
    }
    boolean mac = os().equals("Mac");
    PrintStream out = System.out;
    try {
      if (System.getProperty(PATH) == null) {
        Path directory = extract(cache);
        System.setProperty(PATH, directory.toString());
        Path temporary = directory.resolve("tmp");
        TrustedPath.createDirectories(temporary, Settings.Local.CACHE_REMEDY);
        System.setProperty(TEMPORARY, temporary.toString());
      }
      if (mac) {
        // There the loader always prints a line.
        System.setOut(System.err);
      }
      Class.forName("de.kherud.llama.LlamaModel");
      loaded = true;
      MainEnd.watch();
    } catch (IOException e) {
      throw new EngineException(
          "the embedded model's library cannot be put into " + cache + ": " + e.getMessage(), e);
    } catch (ClassNotFoundException | LinkageError e) {
      throw new EngineException(
          "the embedded model's library cannot be loaded on " + os() + " " + arch(), e);
    } finally {
      if (mac) {
        System.setOut(out);
      }
    }
  }

  /** Installs the library where only its owner can change it, and returns the directory. */
  static Path extract(Path cache) throws IOException {
    String name = System.mapLibraryName("jllama");
    String resource = "/de/kherud/llama/" + os() + "/" + arch() + "/" + name;
    try (InputStream carried = NativeLibrary.class.getResourceAsStream(resource)) {
      if (carried == null) {
        throw new EngineException("there is no embedded model for " + os() + " " + arch());
      }
      return UnpackedLibrary.place(carried.readAllBytes(), name, cache, Settings.Local.CACHE_REMEDY)
          .resolveSibling("");
    }
  }

  private static String os() {
    String name = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
    if (name.startsWith("mac") || name.startsWith("darwin")) {
      return "Mac";
    }
    return name.startsWith("windows") ? "Windows" : "Linux";
  }

  private static String arch() {
    String arch = System.getProperty("os.arch", "").toLowerCase(Locale.ROOT);
    return switch (arch) {
      case "amd64", "x86_64" -> "x86_64";
      case "aarch64", "arm64" -> "aarch64";
      default -> arch;
    };
  }
}
