package dev.synthlab.examples;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.synthlab.Synthlab;
import dev.synthlab.external.ApiClient;
import dev.synthlab.external.ApiKeyLocation;
import dev.synthlab.external.ApiService;
import java.util.Optional;

/** A client of open-meteo.com, a weather service without API keys. Safe for use by many threads. */
final class OpenMeteoClient implements AutoCloseable {
  /** OPEN_METEO_BASE_URL, OPEN_METEO_TIMEOUT. */
  static final ApiService SERVICE =
      ApiService.named("open-meteo")
          .withBaseUrl("https://api.open-meteo.com/v1")
          .withKey(ApiKeyLocation.none())
          .withRequestsPerMinute(300);

  record Weather(Now current) {}

  record Now(
      @JsonProperty("temperature_2m") double celsius,
      @JsonProperty("wind_speed_10m") Optional<Double> wind) {}

  private final ApiClient api;

  private OpenMeteoClient(ApiClient api) {
    this.api = api;
  }

  static OpenMeteoClient get() {
    return over(Synthlab.get());
  }

  static OpenMeteoClient over(Synthlab layer) {
    return layer.client(OpenMeteoClient.class, SERVICE, OpenMeteoClient::new);
  }

  Weather now(double latitude, double longitude) {
    return api.get("/forecast")
        .query("latitude", latitude)
        .query("longitude", longitude)
        .query("current", "temperature_2m,wind_speed_10m")
        .as(Weather.class);
  }

  @Override
  public void close() {
    api.close();
  }
}
