package dev.synthlab.external;

import dev.synthlab.Synthlab;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The weather. Safe for use by many threads. */
public final class WeatherClient implements AutoCloseable {
  /** WEATHER_API_KEY, WEATHER_BASE_URL, WEATHER_TIMEOUT. */
  public static final ApiService SERVICE =
      ApiService.named("weather").withBaseUrl("https://api.weather.example/v1");

  private final ApiClient api;

  private WeatherClient(ApiClient api) {
    this.api = api.withErrorMapper(WeatherClient::meaning);
  }

  /** The one client of this process. */
  public static WeatherClient get() {
    return Synthlab.get().client(WeatherClient.class, SERVICE, WeatherClient::new);
  }

  /** A client by hand: for tests, for a second account. */
  public static WeatherClient over(ApiClient api) {
    return new WeatherClient(api);
  }

  /** The next days of a city. */
  public Forecast forecast(String city, int days) {
    return api.get("/forecast/{city}", city).query("days", days).as(Forecast.class);
  }

  /** Orders a report; a second order with the same number changes nothing. */
  public Report order(NewReport report) {
    return api.post("/reports").idempotencyKey(report.number()).json(report).as(Report.class);
  }

  /** Every station, fetched page by page as they are needed. */
  public Stream<Station> stations() {
    return api.get("/stations")
        .pagesByCursor("after", StationPage.class, StationPage::next)
        .items(StationPage::stations);
  }

  /** A map, whole or not at all. */
  public Path map(String city, Path file) {
    return api.get("/maps/{city}", city).maxBytes(2_000_000_000).downloadTo(file).path();
  }

  private static RuntimeException meaning(ApiException reason) {
    return reason instanceof ApiException.NotFound ? new NoSuchCity(reason) : reason;
  }

  @Override
  public void close() {
    api.close();
  }

  /** What comes. */
  public record Forecast(String city, List<Integer> highs) {}

  /** What is ordered. */
  public record NewReport(String number, String city) {}

  /** What was ordered. */
  public record Report(long id, Optional<String> link) {}

  /** Where it is measured. */
  public record Station(String name) {}

  /** Some stations. */
  public record StationPage(List<Station> stations, Optional<String> next) {}

  /** The service knows no such city. */
  public static final class NoSuchCity extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NoSuchCity(ApiException reason) {
      super(reason.getMessage(), reason);
    }
  }
}
