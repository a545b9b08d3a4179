package dev.synthlab.examples;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.synthlab.Synthlab;
import dev.synthlab.external.ApiClient;
import dev.synthlab.external.ApiException;
import dev.synthlab.external.ApiService;
import dev.synthlab.external.KeyPlace;
import java.io.PrintStream;
import java.util.Optional;

/** Asks a service that is no model, by a client of its own over the same call loop. */
final class AnotherService {
  private AnotherService() {}

  record Weather(Now current) {
    record Now(
        @JsonProperty("temperature_2m") double celsius,
        @JsonProperty("wind_speed_10m") Optional<Double> wind) {}
  }

  /** The weather of a place, by open-meteo.com, which asks for no key. Safe for many threads. */
  static final class OpenMeteoClient implements AutoCloseable {
    /** OPEN_METEO_BASE_URL, OPEN_METEO_TIMEOUT. */
    static final ApiService SERVICE =
        ApiService.named("open-meteo")
            .withBaseUrl("https://api.open-meteo.com/v1")
            .withKey(KeyPlace.none())
            .withRequestsPerMinute(300);

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

  static void run(OpenMeteoClient weather, PrintStream out) {
    Weather.Now now = weather.now(59.91, 10.75).current();
    out.println("Oslo: " + now.celsius() + " °C");
    now.wind().ifPresent(wind -> out.println("wind: " + wind + " km/h"));
    try {
      weather.now(91, 0);
    } catch (ApiException.Rejected why) {
      out.println(why.status().orElse(0) + ": " + why.text());
    }
  }

  public static void main(String[] args) {
    run(OpenMeteoClient.get(), System.out);
    System.exit(0);
  }
}
