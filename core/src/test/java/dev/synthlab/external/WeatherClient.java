package dev.synthlab.external;

import dev.synthlab.Synthlab;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A client of a weather service. Thread-safe. */
public final class WeatherClient implements AutoCloseable {
  /** Configured by WEATHER_API_KEY, WEATHER_BASE_URL and WEATHER_TIMEOUT. */
  public static final ApiService SERVICE =
      ApiService.named("weather").withBaseUrl("https://api.weather.example/v1");

  private final ApiClient api;

  private WeatherClient(ApiClient api) {
    this.api = api.withErrorMapper(WeatherClient::translate);
  }

  /** The client of this process. */
  public static WeatherClient get() {
    return over(Synthlab.get());
  }

  /** The client of a given {@code Synthlab}: for tests, or for a second account. */
  public static WeatherClient over(Synthlab synthlab) {
    return synthlab.client(WeatherClient.class, SERVICE, WeatherClient::new);
  }

  /** The forecast for a city. */
  public Forecast forecast(String city, int days) {
    return api.get("/forecast/{city}", city).query("days", days).as(Forecast.class);
  }

  /** Orders a report; the number makes the order idempotent. */
  public Report order(NewReport report) {
    return api.post("/reports").idempotencyKey(report.number()).json(report).as(Report.class);
  }

  /** All stations; pages are fetched on demand. */
  public Stream<Station> stations() {
    return api.get("/stations")
        .pagesByCursor("after", StationPage.class, StationPage::next)
        .items(StationPage::stations);
  }

  /** Downloads a map to a file, which is written completely or not at all. */
  public Path map(String city, Path file) {
    return api.get("/maps/{city}", city).maxBytes(2_000_000_000).downloadTo(file).path();
  }

  private static RuntimeException translate(ApiException e) {
    return e instanceof ApiException.NotFound ? new CityNotFoundException(e) : e;
  }

  @Override
  public void close() {
    api.close();
  }

  /** A forecast. */
  public record Forecast(String city, List<Integer> highs) {}

  /** An order. */
  public record NewReport(String number, String city) {}

  /** An ordered report. */
  public record Report(long id, Optional<String> link) {}

  /** A weather station. */
  public record Station(String name) {}

  /** A page of stations. */
  public record StationPage(List<Station> stations, Optional<String> next) {}

  /** Thrown when the service does not know the city. */
  public static final class CityNotFoundException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    CityNotFoundException(ApiException reason) {
      super(reason.getMessage(), reason);
    }
  }
}
