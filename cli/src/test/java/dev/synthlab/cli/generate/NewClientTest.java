package dev.synthlab.cli.generate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

class NewClientTest {
  private static final Path WEATHER = Path.of("../examples/weather.yaml");

  @TempDir private Path directory = Path.of("");

  private GeneratedProject project() {
    return new GeneratedProject(directory);
  }

  @Test
  void writesAClientFromAnOpenApiFileWhoseTestsAreGreen() {
    GeneratedProject project = project();

    NewClient.Done done = project.write("weather", Optional.of(WEATHER), Optional.empty());

    assertThat(project.compile()).isEmpty();
    assertGreen(project.test("com.example.infrastructure.weather.WeatherClientTest"), 4);
    assertThat(done.wholeProject()).isTrue();
    assertThat(done.notCovered())
        .hasSize(2)
        .anyMatch(each -> each.contains("multipart/form-data"))
        .anyMatch(each -> each.contains("oneOf"));
    assertThat(project.text("NOT-COVERED.md")).contains("multipart/form-data", "oneOf");
  }

  private static void assertGreen(TestExecutionSummary summary, int tests) {
    StringWriter failures = new StringWriter();
    summary.printFailuresTo(new PrintWriter(failures));
    assertThat(failures.toString()).isEmpty();
    assertThat(summary.getTestsSucceededCount()).isEqualTo(tests);
  }

  @Test
  void writesAClientToBeginWithWhenNothingIsKnown() {
    GeneratedProject project = project();

    project.write("open-meteo", Optional.empty(), Optional.of("https://api.example.com/v1/"));

    assertThat(project.compile()).isEmpty();
    assertGreen(project.test("com.example.infrastructure.openmeteo.OpenMeteoClientTest"), 4);
    assertThat(project.text("OpenMeteoClient.java"))
        .contains("ApiService.named(\"open-meteo\").withBaseUrl(\"https://api.example.com/v1\")");
  }
}
