package dev.synthlab.cli.generate;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The result of writing files into a directory.
 *
 * @param written the paths of the written files, relative to the directory
 * @param kept the paths of files that existed and were kept
 */
record FileSet(List<Path> written, List<Path> kept) {
  /** Files that an otherwise empty directory may have; they are kept as they are. */
  private static final Set<String> KEPT_IF_PRESENT = Set.of("README.md", ".gitignore");

  /** Directories whose files decide what the build of a project runs. */
  private static final List<String> USED_BY_BUILD = List.of(".mvn", "lib", "src", "target");

  private static final int MAX_NAMED = 20;

  /**
   * Writes all files, or none if one of them exists, or if the build of a new project would use
   * files that exist: Maven reads options and code from {@code .mvn}, and runs tests in {@code
   * src}.
   *
   * @param directory the directory of the project
   * @param classes the sources of the client
   * @param around the files of a new project; empty if the directory has a build
   */
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
    List<String> used = around.isEmpty() ? List.of() : usedByBuild(directory, inTheWay);
    if (!inTheWay.isEmpty() || !used.isEmpty()) {
      throw new GenerateException(
          "nothing was written, because"
              + named(directory, "are not overwritten", inTheWay)
              + (inTheWay.isEmpty() || used.isEmpty() ? "" : "\nand because")
              + named(directory, "the build of the project would use them", used)
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

  private static String named(Path directory, String reason, List<String> files) {
    if (files.isEmpty()) {
      return "";
    }
    String in = directory.toString().isEmpty() ? "" : " in " + directory;
    return " these files exist" + in + " and " + reason + ":\n  " + String.join("\n  ", files);
  }

  /** The files, and links, that the build of a project in a directory would use. */
  private static List<String> usedByBuild(Path directory, List<String> except) {
    Set<Path> known = except.stream().map(Path::of).collect(Collectors.toSet());
    List<String> used = new ArrayList<>();
    for (String each : USED_BY_BUILD) {
      Path root = directory.resolve(each);
      if (!Files.exists(root, LinkOption.NOFOLLOW_LINKS)) {
        continue;
      }
      try (Stream<Path> all = Files.walk(root)) {
        List<Path> files =
            all.filter(file -> !Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS))
                .map(directory::relativize)
                .filter(file -> !known.contains(file))
                .limit(MAX_NAMED + 1L)
                .toList();
        files.stream().limit(MAX_NAMED).map(Path::toString).forEach(used::add);
        if (files.size() > MAX_NAMED) {
          used.add("and more in " + each);
        }
      } catch (IOException | UncheckedIOException e) {
        throw new GenerateException(root + " cannot be read: " + e.getMessage(), e);
      }
    }
    return used;
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
