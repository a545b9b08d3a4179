package dev.synthlab.cli.generate;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The result of writing files into a directory.
 *
 * @param written the paths of the written files, relative to the directory
 * @param kept the paths of files that existed and were kept
 */
record FileSet(List<Path> written, List<Path> kept) {
  /** Files that an otherwise empty directory may have; they are kept as they are. */
  private static final Set<String> KEPT_IF_PRESENT = Set.of("README.md", ".gitignore");

  /** Writes all files, or none if one of them exists. */
  static FileSet write(Path directory, Map<String, byte[]> classes, Map<String, byte[]> around) {
    List<Path> kept = new ArrayList<>();
    List<String> inTheWay = new ArrayList<>();
    for (Map<String, byte[]> files : List.of(classes, around)) {
      for (String path : files.keySet()) {
        if (Files.exists(directory.resolve(path), LinkOption.NOFOLLOW_LINKS)) {
          if (KEPT_IF_PRESENT.contains(path)) {
            kept.add(Path.of(path));
          } else {
            inTheWay.add(path);
          }
        }
      }
    }
    if (!inTheWay.isEmpty()) {
      throw new GenerateException(
          "nothing was written, because these files exist"
              + (directory.toString().isEmpty() ? "" : " in " + directory)
              + " and are not overwritten:\n  "
              + String.join("\n  ", inTheWay)
              + "\nRemove them, or choose another --package or --directory");
    }
    List<Path> written = new ArrayList<>();
    for (Map<String, byte[]> files : List.of(around, classes)) {
      files.forEach(
          (path, bytes) -> {
            if (!kept.contains(Path.of(path))) {
              write(directory.resolve(path), bytes);
              written.add(Path.of(path));
            }
          });
    }
    return new FileSet(List.copyOf(written), List.copyOf(kept));
  }

  private static void write(Path file, byte[] bytes) {
    try {
      Path parent = file.toAbsolutePath().getParent();
      if (parent != null) {
        Files.createDirectories(parent);
      }
      Files.write(file, bytes, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
      if (file.endsWith("mvnw") && !file.toFile().setExecutable(true, false)) {
        throw new IOException("it cannot be made executable");
      }
    } catch (IOException e) {
      throw new GenerateException(file + " cannot be written: " + e, e);
    }
  }
}
