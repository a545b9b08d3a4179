package planted.config;

import java.time.Duration;
import java.util.Optional;

/** Where the environment may be read. */
public record PlantedSettings(String url, Duration timeout) {
  public static PlantedSettings read() {
    return new PlantedSettings(
        Optional.ofNullable(System.getenv("PLANTED_URL")).orElse("http://localhost"),
        Duration.ofSeconds(Long.getLong("planted.timeout", 30)));
  }
}
