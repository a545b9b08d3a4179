package dev.synthlab.cli.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

class NewClientTest {
  private static final Path WEATHER = Path.of("../examples/weather.yaml");

  private static final Path HOSTILE =
      Path.of("src/test/resources/dev/synthlab/cli/generate/hostile.yaml");

  @TempDir private Path directory = Path.of("");

  private GeneratedProject project() {
    return new GeneratedProject(directory);
  }

  @Test
  void writesAClientFromAnOpenApiFileWhoseTestsPass() {
    GeneratedProject project = project();

    ClientWriter.Result result = project.write("weather", Optional.of(WEATHER), Optional.empty());

    assertThat(project.compile()).isEmpty();
    assertAllPass(project.test("com.example.infrastructure.weather.WeatherClientTest"), 4);
    assertThat(result.wholeProject()).isTrue();
    assertThat(result.unsupported())
        .hasSize(2)
        .anyMatch(each -> each.contains("multipart/form-data"))
        .anyMatch(each -> each.contains("oneOf"));
    assertThat(project.text("NOT-COVERED.md")).contains("multipart/form-data", "oneOf");
  }

  private static void assertAllPass(TestExecutionSummary summary, int tests) {
    StringWriter failures = new StringWriter();
    summary.printFailuresTo(new PrintWriter(failures));
    assertThat(failures.toString()).isEmpty();
    assertThat(summary.getTestsSucceededCount()).isEqualTo(tests);
  }

  @Test
  void writesAStarterClientWithoutAnOpenApiFile() {
    GeneratedProject project = project();

    project.write("open-meteo", Optional.empty(), Optional.of("https://api.example.com/v1/"));

    assertThat(project.compile()).isEmpty();
    assertAllPass(project.test("com.example.infrastructure.openmeteo.OpenMeteoClientTest"), 4);
    assertThat(project.text("OpenMeteoClient.java"))
        .contains("ApiService.named(\"open-meteo\").withBaseUrl(\"https://api.example.com/v1\")");
  }

  @Test
  void writesAWrapperThatVerifiesTheMavenDownload() {
    GeneratedProject project = project();

    project.write("bare", Optional.empty(), Optional.empty());

    assertThat(project.text("maven-wrapper.properties"))
        .containsPattern("(?m)^distributionSha256Sum=[0-9a-f]{64}$");
  }

  @Test
  void escapesHostileTextOfAnOpenApiFile() {
    GeneratedProject project = project();

    ClientWriter.Result result = project.write("shop", Optional.of(HOSTILE), Optional.empty());

    assertThat(project.compile()).isEmpty();
    assertThat(project.classes().resolve("com/example/infrastructure/shop"))
        .isDirectoryNotContaining("glob:**Evil*");
    assertAllPass(project.test("com.example.infrastructure.shop.ShopClientTest"), 4);
    assertThat(result.files()).noneMatch(file -> file.toString().contains(".."));
    assertThat(result.unsupported()).noneMatch(each -> each.contains("\n"));
  }

  @Test
  void writesOnlyClassesIntoAnExistingProject() throws IOException {
    Files.writeString(
        directory.resolve("pom.xml"),
        "<project><parent><groupId>com.acme.shop-front</groupId></parent></project>");

    ClientWriter.Result result =
        project().write("weather", Optional.empty(), Optional.of("http://localhost:1"));

    assertThat(result.wholeProject()).isFalse();
    assertThat(result.client())
        .isEqualTo("com.acme.shop_front.infrastructure.weather.WeatherClient");
    assertThat(result.files()).allMatch(file -> file.startsWith("src")).hasSize(5);
    assertThat(result.dependencies()).contains("synthlab-core", "synthlab-rules", "junit-jupiter");
    assertThat(result.tableRow()).contains("WeatherClient", "WEATHER_API_KEY");
  }

  @Test
  void overwritesNoFileAndNamesTheExistingOnes() throws IOException {
    Path source = Path.of("src/main/java/com/example/infrastructure/weather/WeatherClient.java");
    Files.createDirectories(directory.resolve(source).getParent());
    Files.writeString(directory.resolve(source), "mine");
    Files.writeString(directory.resolve("mvnw"), "mine");
    Files.writeString(directory.resolve("README.md"), "mine");

    assertThatExceptionOfType(GenerateException.class)
        .isThrownBy(() -> project().write("weather", Optional.empty(), Optional.empty()))
        .withMessageContainingAll(source.toString(), "mvnw")
        .withMessageNotContaining("README.md");

    assertThat(directory.resolve("pom.xml")).doesNotExist();
    assertThat(directory.resolve(source)).hasContent("mine");
    Files.delete(directory.resolve(source));
    Files.delete(directory.resolve("mvnw"));
    ClientWriter.Result result = project().write("weather", Optional.empty(), Optional.empty());
    assertThat(result.kept()).containsExactly(Path.of("README.md"));
    assertThat(directory.resolve("README.md")).hasContent("mine");
    assertThat(directory.resolve("mvnw")).isExecutable();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        ".mvn/jvm.config",
        ".mvn/extensions.xml",
        ".mvn/maven.config",
        ".mvn/wrapper/maven-wrapper.jar",
        "lib/org/junit/planted.pom",
        "src/main/resources/META-INF/services/javax.annotation.processing.Processor",
        "src/test/java/PlantedTest.java",
        "target/classes/Planted.class"
      })
  void writesNoProjectAroundFilesThatItsBuildUses(String planted) throws IOException {
    Path file = directory.resolve(planted);
    Files.createDirectories(file.getParent());
    Files.writeString(file, "planted");
    Files.writeString(directory.resolve("LICENSE"), "mine");

    assertThatExceptionOfType(GenerateException.class)
        .isThrownBy(() -> project().write("weather", Optional.empty(), Optional.empty()))
        .withMessageContainingAll(
            "these files exist in " + directory + " and the build of the project would use them:",
            planted,
            "Remove them")
        .withMessageNotContaining("LICENSE");

    assertThat(directory.resolve("pom.xml")).doesNotExist();
    Files.delete(file);
    assertThat(project().write("weather", Optional.empty(), Optional.empty()).wholeProject())
        .isTrue();
  }

  @Test
  void writesNoProjectThroughALinkToADirectoryThatItsBuildUses() throws IOException {
    Path elsewhere = Files.createDirectory(directory.resolve("elsewhere"));
    Path project = Files.createDirectory(directory.resolve("project"));
    Files.createSymbolicLink(project.resolve(".mvn"), elsewhere);

    assertThatExceptionOfType(GenerateException.class)
        .isThrownBy(
            () -> new GeneratedProject(project).write("bare", Optional.empty(), Optional.empty()))
        .withMessageContaining("\n  .mvn\n");

    assertThat(elsewhere).isEmptyDirectory();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "1weather",
        "../weather",
        "we;ather",
        "Client",
        "openai",
        "wetter\u00e4",
        "api",
        "config"
      })
  void rejectsAnInvalidName(String name) {
    assertThatExceptionOfType(GenerateException.class)
        .isThrownBy(() -> project().write(name, Optional.empty(), Optional.empty()))
        .withMessageContaining("NAME");
    assertThat(directory).isEmptyDirectory();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ftp://api.example.com",
        "https://me:secret@api.example.com",
        "https://api.example.com/?key=1",
        "api.example.com",
        "https://a b"
      })
  void rejectsAnInvalidBaseUrl(String url) {
    assertThatExceptionOfType(GenerateException.class)
        .isThrownBy(() -> project().write("weather", Optional.empty(), Optional.of(url)))
        .withMessageContaining("--base-url")
        .withMessageNotContaining("secret");
    assertThat(directory).isEmptyDirectory();
  }
}
