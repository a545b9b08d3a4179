package dev.synthlab.local;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Objects;
import java.util.jar.JarFile;
import java.util.zip.CRC32;

/**
 * Puts the native library into an own, owner-only directory and points its loader there. Left
 * alone, that loader would write to a fixed name in the folder for temporary files, delete what
 * looks like its own there, and say so on standard output.
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
        Path directory = extract(cache.resolve("engine"));
        System.setProperty(PATH, directory.toString());
        System.setProperty(TEMPORARY, OwnerOnly.directory(directory.resolve("tmp")).toString());
      }
      if (mac) {
        // There the loader prints a line of its own in every case.
        System.setOut(System.err);
      }
      Class.forName("de.kherud.llama.LlamaModel");
      loaded = true;
    } catch (IOException e) {
      throw new EngineException("the embedded model's library cannot be put into " + cache, e);
    } catch (ClassNotFoundException | LinkageError e) {
      throw new EngineException(
          "the embedded model's library cannot be loaded on " + os() + " " + arch(), e);
    } finally {
      if (mac) {
        System.setOut(out);
      }
    }
  }

  /** Extracts the library unless it stands there whole; safe against others doing the same. */
  static Path extract(Path cache) throws IOException {
    String name = System.mapLibraryName("jllama");
    String resource = "/de/kherud/llama/" + os() + "/" + arch() + "/" + name;
    URL url = NativeLibrary.class.getResource(resource);
    if (url == null) {
      throw new EngineException("there is no embedded model for " + os() + " " + arch());
    }
    if (!(url.openConnection() instanceof JarURLConnection jar)) {
      throw new EngineException("the embedded model's library is not in a jar but at " + url);
    }
    // A cached handle of the jar would be shared with others.
    jar.setUseCaches(false);
    long crc;
    try (JarFile file = jar.getJarFile()) {
      crc = Objects.requireNonNull(file.getEntry(jar.getEntryName())).getCrc();
    }
    Path directory = OwnerOnly.directory(cache.resolve(HexFormat.of().toHexDigits(crc, 8)));
    Path library = directory.resolve(name);
    if (!Files.exists(library) || crc(library) != crc) {
      write(url, library);
    }
    return directory;
  }

  private static void write(URL url, Path library) throws IOException {
    Path temporary =
        library.resolveSibling(library.getFileName() + "." + ProcessHandle.current().pid());
    try {
      try (InputStream in = url.openStream();
          FileChannel out = OwnerOnly.open(temporary)) {
        ByteBuffer bytes = ByteBuffer.wrap(in.readAllBytes());
        out.truncate(0);
        while (bytes.hasRemaining()) {
          out.write(bytes);
        }
        out.force(true);
      }
      Files.move(temporary, library, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  private static long crc(Path file) throws IOException {
    CRC32 crc = new CRC32();
    crc.update(Files.readAllBytes(file));
    return crc.getValue();
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
