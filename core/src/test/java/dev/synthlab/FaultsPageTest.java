package dev.synthlab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Checks that the tests that docs/faults.md and docs/providers.md name exist. */
class FaultsPageTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Pattern TEST = Pattern.compile("`(\\w+Test)\\.(\\w+)`");

  private static List<String> page() throws IOException {
    return Files.readAllLines(ROOT.resolve("docs/faults.md"));
  }

  /** The test sources of all modules, by class. */
  private static Map<String, String> sources() throws IOException {
    try (Stream<Path> modules = Files.list(ROOT)) {
      return modules
          .map(module -> module.resolve("src/test/java"))
          .filter(Files::isDirectory)
          .flatMap(FaultsPageTest::files)
          .filter(file -> file.toString().endsWith("Test.java"))
          .collect(
              Collectors.toMap(
                  file -> file.getFileName().toString().replace(".java", ""),
                  FaultsPageTest::text,
                  String::concat));
    }
  }

  private static Stream<Path> files(Path directory) {
    try (Stream<Path> all = Files.walk(directory)) {
      return all.toList().stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The tests a line names that are not there. */
  private static Function<MatchResult, Optional<String>> missing(Map<String, String> sources) {
    return named -> {
      Pattern method =
          Pattern.compile(
              "@(Test|ParameterizedTest)\\b[^{;]*?(\\{[^}]*\\}[^{;]*?)*\\bvoid "
                  + named.group(2)
                  + "\\(");
      boolean there = method.matcher(sources.getOrDefault(named.group(1), "")).find();
      return there ? Optional.empty() : Optional.of(named.group());
    };
  }

  @Test
  void namesOnlyTestsThatExist() throws IOException {
    Map<String, String> sources = sources();
    List<String> providers = Files.readAllLines(ROOT.resolve("docs/providers.md"));

    List<String> missing =
        Stream.concat(page().stream(), providers.stream())
            .flatMap(line -> TEST.matcher(line).results())
            .map(missing(sources))
            .flatMap(Optional::stream)
            .toList();

    assertThat(missing).isEmpty();
  }

  @Test
  void detectsNamesThatAreNoTests() throws IOException {
    Map<String, String> sources = sources();
    String names =
        "`GoneTest.is` `FaultsPageTest.isGone` `FaultsPageTest.page` `LineReaderTest.bytes`";

    assertThat(TEST.matcher(names).results().map(missing(sources)))
        .hasSize(4)
        .allSatisfy(found -> assertThat(found).isPresent());
  }

  @Test
  void namesATestForEveryFault() throws IOException {
    List<String> rows =
        page().stream()
            .takeWhile(line -> !line.equals("## Not covered"))
            .filter(line -> line.startsWith("| "))
            .filter(line -> !line.startsWith("| fault "))
            .toList();

    assertThat(rows).hasSizeGreaterThan(60);
    assertThat(rows).allSatisfy(row -> assertThat(row).containsPattern(TEST));
  }
}
