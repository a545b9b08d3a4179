package repaired.infrastructure;

import dev.synthlab.config.Secret;
import dev.synthlab.logging.Logging;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.slf4j.Logger;
import repaired.config.RepairedSettings;

/** A client written by hand that keeps the checklist. */
public final class WeatherClient {
  private static final Logger log = Logging.component("weather");

  private final HttpClient http = HttpClient.newHttpClient();
  private final URI base;
  private final Secret key;
  private final Duration timeout;

  private WeatherClient(URI base, Secret key, Duration timeout) {
    this.base = base;
    this.key = key;
    this.timeout = timeout;
  }

  /** Made when it is first asked for. */
  private static final class Only {
    private static final WeatherClient CLIENT = over(RepairedSettings.read());
  }

  /**
   * The one of this process.
   *
   * @return the client
   */
  public static WeatherClient get() {
    return Only.CLIENT;
  }

  /**
   * One for tests.
   *
   * @param settings where it is and its key
   * @return the client
   */
  public static WeatherClient over(RepairedSettings settings) {
    return new WeatherClient(settings.base(), settings.key(), settings.timeout());
  }

  /**
   * Asks once.
   *
   * @param city whose weather
   * @return in words
   * @throws UncheckedIOException if the service does not answer in time
   * @throws InterruptedException if the thread is interrupted
   */
  public String weather(String city) throws InterruptedException {
    log.debug("asking for {} with {}", city, key.lastFour());
    HttpRequest request =
        HttpRequest.newBuilder(base.resolve(city))
            .timeout(timeout)
            .header("Authorization", "Bearer " + key.reveal())
            .build();
    try {
      return http.send(request, HttpResponse.BodyHandlers.ofString()).body();
    } catch (IOException e) {
      throw new UncheckedIOException("the weather of " + city, e);
    }
  }
}
