package dev.synthlab.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** docs/architecture.md names classes, packages and files that exist. */
class ArchitecturePageTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Pattern CLASS = Pattern.compile("`(?:([a-z]+)\\.)?([A-Z][A-Za-z0-9]+)`");
  private static final Pattern LINK = Pattern.compile("]\\(([^)#:]+)\\)");

  private static String page() throws IOException {
    return Files.readString(ROOT.resolve("docs/architecture.md"));
  }

  @Test
  void namesClassesThatExist() throws IOException {
    Set<String> named =
        CLASS
            .matcher(page())
            .results()
            .map(found -> (found.group(1) == null ? "" : found.group(1) + "/") + found.group(2))
            .collect(Collectors.toCollection(TreeSet::new));

    assertThat(named).hasSizeGreaterThan(40);
    assertThat(sources()).containsAll(named);
  }

  @Test
  void drawsEveryPackageAndModule() throws IOException {
    String drawing = page().substring(page().indexOf("```text"), page().lastIndexOf("```"));

    for (String room : rooms()) {
      assertThat(drawing).containsPattern("(?m)^[ │├└─]*" + room + " ");
    }
  }

  @Test
  void linksToFilesThatExist() throws IOException {
    List<String> links = LINK.matcher(page()).results().map(link -> link.group(1)).toList();

    assertThat(links).isNotEmpty();
    for (String link : links) {
      assertThat(ROOT.resolve("docs").resolve(link)).exists();
    }
  }

  /** All classes of all modules and their tests, as {@code package/Class}. */
  private static Set<String> sources() throws IOException {
    Set<String> all = new TreeSet<>();
    for (String module : modules()) {
      Path source = ROOT.resolve(module).resolve("src");
      try (Stream<Path> files = Files.walk(source)) {
        files
            .map(file -> source.relativize(file).toString().replace('\\', '/'))
            .filter(file -> file.matches("[a-z]+/java/dev/synthlab/.*\\.java"))
            .map(file -> file.replaceFirst("[a-z]+/java/dev/synthlab/", ""))
            .forEach(file -> all.add(file.replace(".java", "")));
      }
    }
    return all;
  }

  private static List<String> modules() {
    return List.of("core", "batch", "store", "trace", "local", "rules", "openai", "test", "cli");
  }

  /** The packages of core, and the modules, whose packages have their names. */
  private static Set<String> rooms() throws IOException {
    Set<String> all = new TreeSet<>(modules());
    try (Stream<Path> packages = Files.list(ROOT.resolve("core/src/main/java/dev/synthlab"))) {
      packages.filter(Files::isDirectory).forEach(each -> all.add(each.getFileName().toString()));
    }
    return all;
  }
}
