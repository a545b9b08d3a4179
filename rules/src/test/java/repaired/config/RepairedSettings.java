package repaired.config;

import dev.synthlab.config.Secret;
import java.net.URI;
import java.time.Duration;
import java.util.Map;

/** What is set, read once. */
public record RepairedSettings(URI base, Secret key, Duration timeout) {
  public static RepairedSettings read() {
    Map<String, String> environment = System.getenv();
    return new RepairedSettings(
        URI.create(environment.getOrDefault("WEATHER_BASE_URL", "http://localhost")),
        Secret.of(environment.getOrDefault("WEATHER_API_KEY", "")),
        Duration.parse(environment.getOrDefault("WEATHER_TIMEOUT", "PT30S")));
  }
}
