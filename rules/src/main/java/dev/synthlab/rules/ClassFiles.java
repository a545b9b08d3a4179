package dev.synthlab.rules;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * The class files to check.
 *
 * @param locations jars, directories and single files
 * @param description their names, for messages
 */
record ClassFiles(List<Location> locations, String description) {
  /** The maximum size of a class file. */
  private static final long MAX = 64L << 20;

  private static final Pattern TESTS =
      Pattern.compile(".*/(test-classes|classes/\\w+/test|out/test|bin/test)(/.*)?");

  /** A jar, a directory or a file, and the directory in a jar to check; empty for all. */
  record Location(Path path, String below) {}

  static ClassFiles in(List<Path> paths) {
    if (paths.isEmpty()) {
      throw new IllegalArgumentException("name a jar or a directory of classes");
    }
    for (Path path : paths) {
      if (!Files.isReadable(path)) {
        throw new IllegalArgumentException(
            path + (Files.exists(path) ? " cannot be read" : " does not exist"));
      }
    }
    return new ClassFiles(
        paths.stream().map(path -> new Location(path, "")).toList(), paths.toString());
  }

  static ClassFiles onClassPath(List<String> basePackages) {
    if (basePackages.isEmpty()) {
      throw new IllegalArgumentException("name the package whose classes are to be checked");
    }
    Set<Location> found = new LinkedHashSet<>();
    for (String base : basePackages) {
      String folder = base.replace('.', '/');
      try {
        ClassLoader loader = Thread.currentThread().getContextClassLoader();
        Enumeration<URL> urls =
            (loader == null ? ClassFiles.class.getClassLoader() : loader).getResources(folder);
        for (URL url : Collections.list(urls)) {
          locate(url, folder).filter(one -> !isTest(one)).ifPresent(found::add);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return new ClassFiles(
        List.copyOf(found), "the packages " + basePackages + " of the class path");
  }

  /** Single files, also in jars, as {@code file:} and {@code jar:} URIs. */
  static ClassFiles at(List<URI> files) {
    List<Location> found = new ArrayList<>();
    for (URI file : files) {
      String text = file.toString();
      found.add(
          text.startsWith("jar:")
              ? inJar(text, text.substring(text.indexOf("!/") + 2))
              : new Location(Path.of(file), ""));
    }
    return new ClassFiles(found, "the classes that were imported");
  }

  private static boolean isTest(Location location) {
    return TESTS.matcher(location.path().toUri().getPath()).matches();
  }

  private static Optional<Location> locate(URL url, String folder) throws IOException {
    try {
      URI file = url.toURI();
      return switch (url.getProtocol()) {
        case "file" -> Optional.of(new Location(Path.of(file), ""));
        case "jar" -> Optional.of(inJar(file.toString(), folder + "/"));
        default -> Optional.empty();
      };
    } catch (URISyntaxException e) {
      throw new IOException(e);
    }
  }

  private static Location inJar(String address, String below) {
    String jar = address.substring("jar:".length(), address.indexOf("!/"));
    return new Location(Path.of(URI.create(jar)), below);
  }

  /** Passes on each class file, and the reason for each that cannot be read. */
  void each(BiConsumer<String, byte[]> look, Consumer<String> unreadable) {
    for (Location location : locations) {
      if (Files.isDirectory(location.path())) {
        walk(location.path(), look, unreadable);
      } else if (location.path().toString().endsWith(".class")) {
        file(location.path(), look, unreadable);
      } else {
        jar(location, look, unreadable);
      }
    }
  }

  private static void walk(
      Path root, BiConsumer<String, byte[]> look, Consumer<String> unreadable) {
    List<Path> files = new ArrayList<>();
    try (Stream<Path> all = Files.walk(root)) {
      all.filter(path -> isClass(path.toString())).filter(Files::isRegularFile).forEach(files::add);
    } catch (IOException | UncheckedIOException e) {
      unreadable.accept(root + ": " + e.getMessage());
    }
    Collections.sort(files);
    files.forEach(path -> file(path, look, unreadable));
  }

  private static void file(
      Path path, BiConsumer<String, byte[]> look, Consumer<String> unreadable) {
    try (InputStream in = Files.newInputStream(path)) {
      look.accept(path.toString(), bytes(in));
    } catch (IOException e) {
      unreadable.accept(path + ": " + e.getMessage());
    }
  }

  private static void jar(
      Location location, BiConsumer<String, byte[]> look, Consumer<String> unreadable) {
    try (ZipFile zip = new ZipFile(location.path().toFile())) {
      List<? extends ZipEntry> entries =
          zip.stream()
              .filter(
                  entry -> isClass(entry.getName()) && isBelow(entry.getName(), location.below()))
              .toList();
      for (ZipEntry entry : entries) {
        String where = location.path() + "!" + entry.getName();
        try (InputStream in = zip.getInputStream(entry)) {
          look.accept(where, bytes(in));
        } catch (IOException e) {
          unreadable.accept(where + ": " + e.getMessage());
        }
      }
      inner(location, zip, unreadable);
    } catch (IOException e) {
      unreadable.accept(location.path() + " is no jar that can be read: " + e.getMessage());
    }
  }

  private static void inner(Location location, ZipFile zip, Consumer<String> unreadable) {
    long jars = zip.stream().filter(entry -> entry.getName().endsWith(".jar")).count();
    if (jars > 0 && location.below().isEmpty()) {
      unreadable.accept(
          location.path() + ": the " + jars + " jars inside of it; name them one by one");
    }
  }

  /** Also in the directories of multi-release jars and of programs packed into one jar. */
  private static boolean isBelow(String entry, String folder) {
    return entry
        .replaceFirst("^(META-INF/versions/\\d+/|BOOT-INF/classes/|WEB-INF/classes/)", "")
        .startsWith(folder);
  }

  private static boolean isClass(String name) {
    return name.endsWith(".class")
        && !name.endsWith("module-info.class")
        && !name.endsWith("package-info.class");
  }

  private static byte[] bytes(InputStream in) throws IOException {
    byte[] bytes = in.readNBytes((int) MAX);
    if (bytes.length == MAX) {
      throw new IOException("it is too long for a class file");
    }
    return bytes;
  }

  @Override
  public String toString() {
    return description;
  }
}
