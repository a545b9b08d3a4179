package dev.synthlab.cli;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import picocli.CommandLine;

/**
 * What lets the commands of the tests start as quickly as those of the launcher: their classes as
 * jars, and a record of what a command loads. Made once for the tests of this process.
 *
 * @param classPath jars only: the JVM records nothing of directories
 * @param archive as the option takes it
 */
record QuickStart(String classPath, Path archive) {
  /** As in the launcher: the cache of Java 25 holds more than the archive before it. */
  private static final boolean CACHES = Runtime.version().feature() >= 25;

  /** The library whose classes are too old for the archive. */
  static final Path PICOCLI = jarOf(CommandLine.class);

  private static final QuickStart ONE = make();

  static QuickStart one() {
    return ONE;
  }

  /** The words that start a JVM with the command in it. */
  List<String> java() {
    return java((CACHES ? "-XX:AOTCache=" : "-XX:SharedArchiveFile=") + archive);
  }

  private List<String> java(String option) {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-XX:TieredStopAtLevel=1",
        "-XX:+UseSerialGC",
        "-Xlog:disable",
        "--enable-native-access=ALL-UNNAMED",
        option,
        "-cp",
        classPath,
        "dev.synthlab.cli.Main");
  }

  private static QuickStart make() {
    try {
      Path directory = Files.createTempDirectory("synthlab-cli-tests");
      Runtime.getRuntime().addShutdownHook(new Thread(() -> remove(directory)));
      List<String> jars = new ArrayList<>();
      String given =
          System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
      for (String entry : given.split(File.pathSeparator)) {
        Path path = Path.of(entry);
        if (Files.isDirectory(path)) {
          Path jar = directory.resolve(jars.size() + ".jar");
          pack(path, jar);
          path = jar;
        } else if (path.equals(PICOCLI)) {
          path = Files.copy(path, directory.resolve(path.getFileName()));
          UpgradeCommand.upgrade(path);
        }
        jars.add(path.toString());
      }
      Path archive = directory.resolve("classes.jsa");
      QuickStart made = new QuickStart(String.join(File.pathSeparator, jars), archive);
      made.train(directory);
      return made;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path jarOf(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private void train(Path directory) throws IOException {
    List<String> words =
        new ArrayList<>(
            java((CACHES ? "-XX:AOTCacheOutput=" : "-XX:ArchiveClassesAtExit=") + archive));
    words.add("__train");
    Path said = directory.resolve("train.log");
    try {
      ProcessBuilder builder =
          new ProcessBuilder(words)
              .directory(directory.toFile())
              .redirectInput(Path.of("/dev/null").toFile())
              .redirectErrorStream(true)
              .redirectOutput(said.toFile());
      builder.environment().keySet().retainAll(List.of("PATH", "HOME"));
      int exit = builder.start().waitFor();
      if (exit != 0 || !Files.exists(archive)) {
        throw new AssertionError("no archive, exit " + exit + ": " + Files.readString(said));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  private static void pack(Path classes, Path jar) throws IOException {
    try (OutputStream file = Files.newOutputStream(jar);
        JarOutputStream out = new JarOutputStream(file);
        Stream<Path> all = Files.walk(classes)) {
      out.setLevel(0);
      for (Path each : all.filter(path -> !path.equals(classes)).toList()) {
        String name = classes.relativize(each).toString().replace(File.separatorChar, '/');
        boolean directory = Files.isDirectory(each);
        // Who looks for resources by their directory, as Flyway does, needs an entry of it.
        out.putNextEntry(new JarEntry(directory ? name + "/" : name));
        if (!directory) {
          Files.copy(each, out);
        }
      }
    }
  }

  private static void remove(Path directory) {
    try (Stream<Path> all = Files.walk(directory)) {
      all.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
