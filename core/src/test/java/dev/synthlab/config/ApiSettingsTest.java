package dev.synthlab.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.synthlab.config.ApiVariables.KeyNeed;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ApiSettingsTest {
  private static final URI DEFAULT = URI.create("https://api.example.com/v1/");

  private static final ApiVariables VARIABLES =
      new ApiVariables(
          "open-weather", Optional.of(DEFAULT), Duration.ofSeconds(30), KeyNeed.OPTIONAL);

  @TempDir private Path directory;

  private static ApiSettings from(Map<String, String> variables) {
    return ApiSettings.from(Environment.of(variables), VARIABLES);
  }

  @Test
  void hasTheseDefaults() {
    assertThat(from(Map.of()))
        .isEqualTo(
            new ApiSettings(
                URI.create("https://api.example.com/v1"),
                Optional.empty(),
                "OPEN_WEATHER_API_KEY",
                Duration.ofSeconds(30),
                Duration.ofSeconds(1),
                Duration.ofSeconds(10),
                Duration.ofSeconds(180)));
  }

  @Test
  void readsEveryVariable() {
    ApiSettings settings =
        from(
            Map.of(
                "OPEN_WEATHER_API_KEY", "ow-0123456789",
                "OPEN_WEATHER_BASE_URL", "http://127.0.0.1:8080/",
                "OPEN_WEATHER_TIMEOUT", "2m",
                "SYNTHLAB_BACKOFF_MIN", "2s",
                "SYNTHLAB_BACKOFF_MAX", "3s",
                "SYNTHLAB_CALL_DEADLINE", "4m"));

    assertThat(settings)
        .isEqualTo(
            new ApiSettings(
                URI.create("http://127.0.0.1:8080"),
                Optional.of(Secret.of("ow-0123456789")),
                "OPEN_WEATHER_API_KEY",
                Duration.ofMinutes(2),
                Duration.ofSeconds(2),
                Duration.ofSeconds(3),
                Duration.ofMinutes(4)));
    assertThat(settings.toString()).doesNotContain("0123456789");
  }

  @Test
  void requiresAnAddressIfThereIsNoDefault() {
    ApiVariables none =
        new ApiVariables("maps", Optional.empty(), Duration.ofSeconds(1), KeyNeed.NONE);

    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> ApiSettings.from(Environment.of(Map.of()), none))
        .withMessageStartingWith("MAPS_BASE_URL: is not set");
  }

  @Test
  void refusesTheDefaultAddressIfAnUnnamedFileHasAnother() throws IOException {
    Path file = directory.resolve(".env");
    Files.writeString(file, "OPEN_WEATHER_BASE_URL=https://ada:canary@evil.example\n");
    Environment there = Environment.of(Map.of("OPEN_WEATHER_API_KEY", "ow-0123456789"), directory);

    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> ApiSettings.from(there, VARIABLES))
        .withMessageContainingAll("OPEN_WEATHER_BASE_URL", ".env line 1", "--env-file .env")
        .withMessageNotContaining("canary")
        .withMessageNotContaining("0123456789");
    Files.writeString(file, "OPEN_WEATHER_BASE_URL=https://sandbox.example\n");
    assertThat(ApiSettings.from(there.withEnvFile(file), VARIABLES).baseUrl())
        .hasHost("sandbox.example");
  }

  @Test
  void readsKeyAndTimeoutFromAnUnnamedFile() throws IOException {
    Files.writeString(
        directory.resolve(".env"), "OPEN_WEATHER_API_KEY=ow-0123456789\nOPEN_WEATHER_TIMEOUT=2m\n");

    ApiSettings settings = ApiSettings.from(Environment.of(Map.of(), directory), VARIABLES);

    assertThat(settings.key()).contains(Secret.of("ow-0123456789"));
    assertThat(settings.timeout()).isEqualTo(Duration.ofMinutes(2));
  }

  @Test
  void doesNotWarnAboutAServiceWithASimilarName() {
    Map<String, String> both =
        Map.of("OPENAQ_API_KEY", "aq-0123456789", "OPENAI_API_KEY", "sk-0123456789");

    assertThat(Settings.from(Environment.of(both)).warnings()).isEmpty();
  }
}
