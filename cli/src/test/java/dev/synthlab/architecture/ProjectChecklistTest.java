package dev.synthlab.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthlab.rules.CheckReport;
import dev.synthlab.rules.Checklist;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The layer keeps the checklist that it asks others to keep. */
class ProjectChecklistTest {

  /** What breaks a rule here, and why it may. */
  private static final Map<String, String> EXCEPTIONS =
      Map.of(
          "no-sleep dev.synthlab.call.SystemTimer",
          "it is the one place that waits, for the call loop",
          "config-in-one-place dev.synthlab.local.NativeLibrary",
          "the native loader takes its directory by a property only, which this sets unless it is",
          "config-in-one-place dev.synthlab.store.SqliteLibrary",
          "the driver takes its directory by a property only, which this sets unless it is");

  private static Path[] sources() throws IOException {
    try (Stream<Path> modules = Files.list(Path.of(".."))) {
      return modules
          .filter(module -> !module.endsWith("examples") && !module.endsWith("bench"))
          .flatMap(
              module ->
                  Stream.of(module.resolve("src/main/java"), module.resolve("src/main/resources")))
          .filter(Files::isDirectory)
          .toArray(Path[]::new);
    }
  }

  @Test
  void passesItsOwnChecklist() throws IOException {
    // All of it is infrastructure, the command too: it only puts the rest together.
    CheckReport report =
        Checklist.of("dev.synthlab")
            .withInfrastructure("dev.synthlab..")
            .withConfiguration("dev.synthlab.config..")
            .withSources(sources())
            .report();

    assertThat(report.violations().stream().map(one -> one.rule().id() + " " + one.className()))
        .as(report.text())
        .containsExactlyInAnyOrderElementsOf(EXCEPTIONS.keySet());
    assertThat(report.notChecked()).isEmpty();
    assertThat(report.classes()).isGreaterThan(500);
  }
}
