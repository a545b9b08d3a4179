package dev.synthlab;

import static dev.synthlab.test.Replies.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.synthlab.call.CallReport;
import dev.synthlab.config.ConfigException;
import dev.synthlab.config.Environment;
import dev.synthlab.config.Settings;
import dev.synthlab.external.ApiClient;
import dev.synthlab.external.ApiService;
import dev.synthlab.test.ScriptedServer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The one client of a service, by the composition root. */
class SynthlabClientTest {
  private final ScriptedServer server = ScriptedServer.inTurn(json(200, "{\"high\":7}"));
  private final List<CallReport> reports = new CopyOnWriteArrayList<>();

  /** A client as a service writes it. */
  static final class WeatherClient implements AutoCloseable {
    static final ApiService SERVICE = ApiService.named("weather");
    private final ApiClient api;

    WeatherClient(ApiClient api) {
      this.api = api;
    }

    static WeatherClient get() {
      return Synthlab.get().client(WeatherClient.class, SERVICE, WeatherClient::new);
    }

    int high() {
      return api.get("/high").as(High.class).high();
    }

    @Override
    public void close() {
      api.close();
    }
  }

  record High(int high) {}

  @AfterEach
  void close() {
    server.close();
  }

  private Synthlab layer(Map<String, String> variables) {
    return Synthlab.of(Settings.from(Environment.of(variables)), reports::add);
  }

  private Map<String, String> variables() {
    return Map.of(
        "WEATHER_API_KEY", "wx-0123456789",
        "WEATHER_BASE_URL", server.base().toString(),
        "SYNTHLAB_RPM", "1");
  }

  @Test
  void isSharedInTheProcessAndClosedWithItsLayer() {
    WeatherClient client;
    try (Synthlab layer = layer(variables());
        Synthlab.Installed installed = Synthlab.install(layer)) {
      client = WeatherClient.get();

      assertThat(client.high()).isEqualTo(7);
      assertThat(WeatherClient.get()).isSameAs(client);
      assertThat(reports).hasSize(1);
      assertThat(installed).isNotNull();
    }

    assertThatIllegalStateException().isThrownBy(client::high);
  }

  @Test
  void isNotDelayedByTheRateLimitsOfModels() {
    try (Synthlab layer = layer(variables())) {
      WeatherClient client =
          layer.client(WeatherClient.class, WeatherClient.SERVICE, WeatherClient::new);

      for (int i = 0; i < 5; i++) {
        client.high();
      }

      assertThat(reports).hasSize(5).allSatisfy(r -> assertThat(r.queued().toMillis()).isZero());
    }
  }

  @Test
  void reportsItsMissingVariables() {
    Map<String, String> plain = Map.of("WEATHER_API_KEY", "wx-0123456789");

    try (Synthlab layer = layer(plain)) {
      assertThatExceptionOfType(ConfigException.class)
          .isThrownBy(
              () -> layer.client(WeatherClient.class, WeatherClient.SERVICE, WeatherClient::new))
          .withMessageContaining("WEATHER_BASE_URL");
    }
  }
}
