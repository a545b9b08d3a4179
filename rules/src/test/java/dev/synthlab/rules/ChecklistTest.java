package dev.synthlab.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The planted service says in its sources, behind {@code // !}, which rule a line breaks. */
class ChecklistTest {
  static final Path CLASSES = Path.of("target/test-classes");
  static final Path SOURCES = Path.of("src/test/java");
  static final Path RESOURCES = Path.of("src/test/planted-resources");

  private static final Pattern PLANTED = Pattern.compile("!([a-z-]+)(\\*?)");

  static Checklist planted() {
    return Checklist.over(List.of(CLASSES.resolve("planted")));
  }

  /** Rule, file and line of what is planted; {@code *} stands where no line is known. */
  private static List<String> plantedIn(Path root) throws IOException {
    List<String> all = new ArrayList<>();
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        int number = 0;
        for (String line : Files.readAllLines(file)) {
          number++;
          Matcher planted = PLANTED.matcher(line.replaceFirst(".*?(// |# |$)", ""));
          while (planted.find()) {
            String at = planted.group(2).isEmpty() ? ":" + number : "";
            all.add(planted.group(1) + " " + file.getFileName() + at);
          }
        }
      }
    }
    return all;
  }

  private static String shown(Violation one) {
    OptionalInt line = one.line();
    String file = String.valueOf(Path.of(one.file()).getFileName());
    return one.rule().id() + " " + file + (line.isPresent() ? ":" + line.getAsInt() : "");
  }

  private static List<String> shown(CheckReport report) {
    return report.violations().stream().map(ChecklistTest::shown).toList();
  }

  private static boolean ofSources(String planted) {
    return planted.startsWith("documented");
  }

  @Test
  void findsEachPlantedViolationAndNoOther() throws IOException {
    List<String> planted = plantedIn(SOURCES.resolve("planted"));

    assertThat(shown(planted().report()))
        .containsExactlyInAnyOrderElementsOf(
            planted.stream().filter(one -> !ofSources(one)).toList());
  }

  @Test
  void findsViolationsInSourcesAndResources() throws IOException {
    List<String> planted = plantedIn(SOURCES.resolve("planted"));
    planted.addAll(plantedIn(RESOURCES));

    CheckReport report = planted().withSources(SOURCES.resolve("planted"), RESOURCES).report();

    assertThat(report.notChecked()).isEmpty();
    assertThat(shown(report)).filteredOn(ChecklistTest::ofSources).hasSizeGreaterThan(2);
    assertThat(shown(report))
        .filteredOn(one -> !one.contains("Keys.java"))
        .containsExactlyInAnyOrderElementsOf(
            planted.stream().filter(one -> !one.contains("Keys.java")).toList());
  }

  @Test
  void hasTwoPlantedViolationsPerRule() {
    Map<Rule, Integer> shapes = new EnumMap<>(Rule.class);
    planted()
        .withSources(SOURCES.resolve("planted"))
        .report()
        .violations()
        .forEach(one -> shapes.merge(one.rule(), 1, Integer::sum));

    assertThat(shapes.keySet()).containsExactlyInAnyOrder(Rule.values());
    assertThat(shapes.values()).allMatch(count -> count >= 2);
  }

  @Test
  void passesTheRepairedService() {
    CheckReport report =
        Checklist.over(List.of(CLASSES.resolve("repaired")))
            .withSources(SOURCES.resolve("repaired"))
            .report();

    assertThat(report.violations()).isEmpty();
    assertThat(report.notChecked()).isEmpty();
    assertThat(report.classes()).isEqualTo(4);
  }

  @Test
  void reportsWhatItDidNotCheck() {
    CheckReport report = Checklist.over(List.of(CLASSES.resolve("repaired"))).report();

    assertThat(report.isClean()).isTrue();
    assertThat(report.notChecked()).hasSize(2).anyMatch(one -> one.startsWith("documented: "));
    assertThat(report.notes()).anyMatch(one -> one.contains("..infrastructure.."));
  }

  @Test
  void reportsReasonAndRemedyOfEachRule() {
    String text = planted().report().text();

    for (Rule rule : Rule.values()) {
      if (rule != Rule.DOCUMENTED) {
        assertThat(text).contains(rule.id() + " (", rule.why(), rule.instead());
      }
      assertThat(rule.why()).endsWith(".");
      assertThat(rule.id()).matches("[a-z-]+");
    }
    assertThat(text).contains("planted.service.Retries.byFor(Retries.java:");
    assertThat(text).doesNotContain("Zq3vT9LmXw2RbK8d");
  }

  @Test
  void exemptsClassesFromARule() {
    Checklist but =
        planted().except(Rule.NO_SLEEP, "planted.service.Retries", "it is a sample of sleeping");

    assertThat(shown(but.report())).noneMatch(one -> one.startsWith("no-sleep"));
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() -> planted().except(Rule.NO_SLEEP, "planted..", " "))
        .withMessageContaining("reason");
  }

  @Test
  void usesTheNamedPackages() {
    Checklist everything =
        planted().withInfrastructure("planted..").withConfiguration("planted.service..");

    List<String> shown = shown(everything.report());

    assertThat(shown).noneMatch(one -> one.startsWith("outside-by-infrastructure"));
    assertThat(shown)
        .filteredOn(one -> one.startsWith("config-in-one-place"))
        .hasSize(2)
        .allMatch(one -> one.contains("PlantedSettings.java"));
    assertThat(everything.report().notes()).isEmpty();
  }

  @Test
  void findsClassesOnTheClassPathWithoutTests() {
    CheckReport report =
        Checklist.of("dev.synthlab.config").withInfrastructure("dev.synthlab..").report();

    assertThat(report.classes()).isGreaterThan(10);
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() -> Checklist.of("planted").check())
        .withMessageContaining("planted");
  }

  @Test
  void failsABuildWithTheReport() {
    assertThatExceptionOfType(AssertionError.class)
        .isThrownBy(() -> planted().check())
        .withMessageContaining("no-own-retry (");
  }

  @Test
  void rejectsAnEmptySetOfClasses() {
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() -> Checklist.of("no.such").check())
        .withMessageContaining("no.such");
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() -> Checklist.over(List.of(Path.of("no-such.jar"))))
        .withMessageContaining("does not exist");
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() -> planted().withInfrastructure("what is this"))
        .withMessageContaining("com.acme.infrastructure..");
  }
}
