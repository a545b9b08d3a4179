package dev.synthlab.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BaselineTest {
  private static final String GONE = "no-sleep\tplanted.Gone\tsleeps\tcalls Thread.sleep";

  @TempDir private Path directory;

  private Path file() {
    return directory.resolve("checklist.txt");
  }

  private Checklist checklist() {
    return ChecklistTest.planted().withBaseline(file());
  }

  private List<String> lines() throws IOException {
    return Files.readAllLines(file()).stream().filter(line -> !line.startsWith("#")).toList();
  }

  @Test
  void allowsKnownViolations() throws IOException {
    int all = ChecklistTest.planted().report().violations().size();

    checklist().freeze();
    CheckReport report = checklist().report();

    assertThat(report.isClean()).isTrue();
    assertThat(report.known()).hasSize(all);
    assertThat(lines()).hasSize(all);
    checklist().check();
  }

  @Test
  void ignoresLineNumbers() throws IOException {
    checklist().freeze();

    assertThat(lines()).noneMatch(line -> line.matches(".*:\\d+.*"));
  }

  @Test
  void reportsNewViolations() throws IOException {
    checklist().freeze();
    List<String> lines = new ArrayList<>(lines());
    lines.removeIf(line -> line.startsWith("no-sleep\tplanted.service.Retries\tbyFor\t"));
    Files.write(file(), lines);

    CheckReport report = checklist().report();

    assertThat(report.violations()).hasSize(1);
    assertThat(report.violations().getFirst().where())
        .isEqualTo("planted.service.Retries.byFor(Retries.java:25)");
  }

  @Test
  void countsEqualViolations() throws IOException {
    checklist().freeze();
    List<String> lines = new ArrayList<>(lines());
    String one =
        lines.stream().filter(line -> line.contains("\tbyFor\t")).findFirst().orElseThrow();
    lines.add(one);
    Files.write(file(), lines);

    CheckReport report = checklist().report();

    assertThat(report.notes()).anyMatch(note -> note.startsWith("1 known violations are gone"));
    assertThat(lines()).hasSize(lines.size() - 1);
  }

  @Test
  void removesFixedViolations() throws IOException {
    checklist().freeze();
    int all = lines().size();
    Files.writeString(file(), Files.readString(file()) + GONE + "\n");

    CheckReport report = checklist().report();

    assertThat(report.isClean()).isTrue();
    assertThat(report.notes()).anyMatch(note -> note.contains("no longer allowed"));
    assertThat(lines()).hasSize(all).doesNotContain(GONE);
  }

  @Test
  void retainsViolationsOfUncheckedRules() throws IOException {
    Path sources = ChecklistTest.SOURCES.resolve("planted");
    checklist().withSources(sources).freeze();
    int all = lines().size();

    checklist().check();

    assertThat(lines()).hasSize(all).anyMatch(line -> line.startsWith("documented\t"));
  }

  @Test
  void rejectsAFileThatIsNotABaseline() throws IOException {
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() -> checklist().check())
        .withMessageContaining("freeze()");
    Files.writeString(file(), "hello\n");
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() -> checklist().check())
        .withMessageContaining("hello");
  }
}
