package dev.synthlab.external;

import static dev.synthlab.test.Replies.bytes;
import static dev.synthlab.test.Replies.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.synthlab.call.CallException;
import dev.synthlab.call.TrafficControl;
import dev.synthlab.config.ConfigException;
import dev.synthlab.external.Weather.Day;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(20)
class ApiClientTest {
  private static final String OSLO = "{\"city\":\"Oslo\",\"high\":7,\"wind\":{\"from\":\"N\"}}";

  private Weather weather = Weather.inTurn(json(200, OSLO));

  @AfterEach
  void close() {
    weather.close();
  }

  private Weather answering(dev.synthlab.test.ScriptedServer.Reply... replies) {
    weather.close();
    weather = Weather.inTurn(replies);
    return weather;
  }

  private static ApiService service() {
    return ApiService.named("weather");
  }

  @Test
  void readsARecordAndIgnoresUnknownFields() {
    Day day = weather.client().get("/forecast/{city}", "Oslo").query("days", 1).as(Day.class);

    assertThat(day).isEqualTo(new Day("Oslo", 7));
    assertThat(weather.server.seen().getFirst().path()).isEqualTo("/v1/forecast/Oslo?days=1");
    assertThat(weather.server.seen().getFirst().header("accept")).isEqualTo("application/json");
  }

  @Test
  void sendsTheKeyAsBearer() {
    weather.client().get("/").send();

    assertThat(weather.server.seen().getFirst().header("authorization"))
        .isEqualTo("Bearer " + Weather.KEY);
  }

  @Test
  void sendsTheKeyInACustomHeader() {
    weather.as(service().withKey(ApiKeyLocation.header("X-Api-Key"))).client().get("/").send();

    assertThat(weather.server.seen().getFirst().header("x-api-key")).isEqualTo(Weather.KEY);
    assertThat(weather.server.seen().getFirst().header("authorization")).isEmpty();
  }

  @Test
  void sendsTheKeyInTheQueryAndRedactsIt() {
    String key = "wx+/0123 456789".replace(" ", "=");
    answering(
        (socket, out) ->
            json(404, "{\"error\":\"no such path: /x?key=wx%2B%2F0123%3D456789\"}")
                .write(socket, out));
    weather.with("WEATHER_API_KEY", key).as(service().withKey(ApiKeyLocation.query("key")));

    assertThatExceptionOfType(ApiException.NotFound.class)
        .isThrownBy(() -> weather.client().get("/x").send())
        .satisfies(
            e ->
                assertThat(e.getMessage() + e.text() + e.report())
                    .contains("no such path")
                    .doesNotContain("0123"));

    assertThat(weather.server.seen().getFirst().path())
        .isEqualTo("/v1/x?key=wx%2B%2F0123%3D456789");
  }

  @Test
  void requiresNoKeyForAServiceWithoutKeys() {
    weather.with("WEATHER_API_KEY", "").as(service().withKey(ApiKeyLocation.none()));

    weather.client().get("/").send();

    assertThat(weather.server.seen().getFirst().header("authorization")).isEmpty();
  }

  @Test
  void reportsAllInvalidVariablesAtOnce() {
    weather
        .with("WEATHER_API_KEY", "")
        .with("WEATHER_BASE_URL", "ftp://x")
        .with("WEATHER_TIMEOUT", "never");

    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(weather::client)
        .satisfies(
            e ->
                assertThat(e.problems())
                    .extracting(ConfigException.Problem::variable)
                    .containsExactlyInAnyOrder(
                        "WEATHER_API_KEY", "WEATHER_BASE_URL", "WEATHER_TIMEOUT"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "Weather", "we ather", "-w", "openai", "synthlab", "phoenix"})
  void rejectsANameThatIsNoVariablePrefix(String name) {
    assertThatIllegalArgumentException().isThrownBy(() -> ApiService.named(name));
  }

  @Test
  void encodesPathValuesSoThatNoneChangesThePath() {
    weather.client().get("/a/{x}/{y}", "../b?c#d", "ä%2F").send();

    assertThat(weather.server.seen().getFirst().path())
        .isEqualTo("/v1/a/..%2Fb%3Fc%23d/%C3%A4%252F");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> weather.client().get("/a/{x}", ".."))
        .withMessageContaining("{x}");
    assertThatIllegalArgumentException().isThrownBy(() -> weather.client().get("/a/{x}"));
    assertThatIllegalArgumentException().isThrownBy(() -> weather.client().get("/a", "b"));
  }

  @Test
  void addsOneParameterPerElementAndNoneForAnEmptyOptional() {
    weather
        .client()
        .get("/x")
        .query("id", List.of(1, 2))
        .query("from", Optional.empty())
        .query("q", "a&b=c d")
        .send();

    assertThat(weather.server.seen().getFirst().path())
        .isEqualTo("/v1/x?id=1&id=2&q=a%26b%3Dc%20d");
  }

  @Test
  void sendsRecordsAndFormsAndParts() {
    ApiClient api = weather.client();

    api.post("/days").json(new Day("Bergen", 9)).send();
    api.post("/form").form(Map.of("a b", "c&d")).send();
    api.post("/parts").multipart(new Multipart().field("na\"me", "value")).send();

    var seen = weather.server.seen();
    assertThat(seen.get(0).body()).isEqualTo("{\"city\":\"Bergen\",\"high\":9}");
    assertThat(seen.get(0).header("content-type")).startsWith("application/json");
    assertThat(seen.get(1).body()).isEqualTo("a%20b=c%26d");
    assertThat(seen.get(2).body())
        .contains("\r\ncontent-disposition: form-data; name=\"na%22me\"\r\n\r\nvalue\r\n--");
  }

  @Test
  void readsListsTextAndNoBody() {
    answering(
        json(200, "[" + OSLO + "]"),
        bytes(200, "text/plain", "hæ".getBytes(StandardCharsets.UTF_8)),
        bytes(204, "", new byte[0]));
    ApiClient api = weather.client();

    assertThat(api.get("/").listOf(Day.class)).containsExactly(new Day("Oslo", 7));
    assertThat(api.get("/").asText()).isEqualTo("hæ");
    assertThat(api.delete("/").response().bytes()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"city\":\"Oslo\",\"high\":\"7\"}|\"high\"",
        "{\"city\":\"Oslo\",\"high\":7.5}|\"high\"",
        "{\"city\":\"Oslo\",\"high\":null}|\"high\"",
        "{\"city\":\"Oslo\"}|\"high\"",
        "{\"high\":7}|\"city\"",
        "{\"city\":null,\"high\":7}|\"city\"",
        "{\"city\":[],\"high\":7}|\"city\"",
        "[]|the answer",
        "null|null"
      })
  void reportsTheFieldThatDoesNotFit(String body, String place) {
    answering(json(200, body));

    assertThatExceptionOfType(ApiException.InvalidResponse.class)
        .isThrownBy(() -> weather.client().get("/").as(Day.class))
        .withMessageContaining(place)
        .satisfies(e -> assertThat(e.text()).isEqualTo(body));

    assertThat(weather.requests()).isEqualTo(1);
  }

  @Test
  void reportsTheElementThatDoesNotFit() {
    answering(json(200, "[" + OSLO + ",{\"city\":\"x\",\"high\":{}}]"));

    assertThatExceptionOfType(ApiException.InvalidResponse.class)
        .isThrownBy(() -> weather.client().get("/").listOf(Day.class))
        .withMessageContaining("\"[1].high\"");
  }

  @ParameterizedTest
  @CsvSource({
    "400,Rejected",
    "404,NotFound",
    "409,Conflict",
    "410,NotFound",
    "412,Conflict",
    "413,Rejected",
    "418,Rejected",
    "422,Rejected"
  })
  void throwsTheExceptionOfTheStatus(int status, String exception) {
    answering(
        json(
            status,
            "{\"error\":{\"code\":\"c-1\",\"message\":\"no, " + Weather.KEY + "\"}}",
            "x-request-id",
            "r-9"));

    assertThatExceptionOfType(ApiException.class)
        .isThrownBy(() -> weather.client().get("/").send())
        .satisfies(
            e -> {
              assertThat(e.getClass().getSimpleName()).isEqualTo(exception);
              assertThat(e.status()).hasValue(status);
              assertThat(e.requestId()).contains("r-9");
              assertThat(e.code()).contains("c-1");
              assertThat(e.text()).contains("no, ****").doesNotContain(Weather.KEY);
              assertThat(e.getMessage()).contains("no, ****").doesNotContain(Weather.KEY);
            });

    assertThat(weather.requests()).isEqualTo(1);
  }

  @Test
  void throwsACallExceptionForARefusedKey() {
    answering(json(401, "{\"error\":\"bad key\"}"));

    assertThatExceptionOfType(CallException.Authentication.class)
        .isThrownBy(() -> weather.client().get("/").send());
  }

  @Test
  void isEmptyWhenNotFound() {
    answering(json(404, "{}"), json(200, OSLO));
    ApiClient api = weather.client();

    assertThat(api.get("/a").asOptional(Day.class)).isEmpty();
    assertThat(api.get("/a").asOptional(Day.class)).contains(new Day("Oslo", 7));
  }

  static final class NoSuchCity extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NoSuchCity(ApiException reason) {
      super(reason);
    }
  }

  @Test
  void throwsTheExceptionsOfTheErrorMapper() {
    answering(json(404, "{}"));
    ApiClient api =
        weather
            .client()
            .withErrorMapper(e -> e instanceof ApiException.NotFound ? new NoSuchCity(e) : e);

    assertThatExceptionOfType(NoSuchCity.class).isThrownBy(() -> api.get("/a").as(Day.class));
  }

  @Test
  void rejectsABodyThatIsTooLarge() {
    answering(bytes(200, "text/plain", new byte[1001]));

    assertThatExceptionOfType(CallException.ResponseTooLarge.class)
        .isThrownBy(() -> weather.client().get("/").maxBytes(1000).asBytes());

    assertThat(weather.requests()).isEqualTo(1);
  }

  @Test
  void rejectsAResponseThatIsNestedTooDeeply() {
    answering(json(200, "[".repeat(200_000)));

    assertThatExceptionOfType(ApiException.InvalidResponse.class)
        .isThrownBy(() -> weather.client().get("/").as(Object.class));
  }

  @Test
  void reportsEveryCallToItsObserver() {
    weather.client().get("/").send();

    assertThat(weather.reports).hasSize(1);
    assertThat(weather.reports.getFirst().route().toString())
        .isEqualTo("weather@127.0.0.1:" + weather.server.port());
    assertThat(weather.reports.getFirst().route().keyName()).isEqualTo("WEATHER_API_KEY");
  }

  @Test
  void staysBelowTheRateLimitOfItsService() {
    ApiClient api = weather.as(service().withRequestsPerMinute(60)).client();

    for (int i = 0; i < 70; i++) {
      api.get("/").send();
    }

    assertThat(held()).isPositive();
  }

  @Test
  void ignoresTheRateLimitOfModels() {
    TrafficControl.RouteLimits ofModels =
        new TrafficControl.RouteLimits(
            Optional.of(60), Optional.empty(), Optional.empty(), true, true);
    ApiClient api = weather.as(service()).among(ofModels).client();

    for (int i = 0; i < 70; i++) {
      api.get("/").send();
      api.get(weather.server.base()).send();
    }

    assertThat(held()).isZero();
  }

  private Duration held() {
    return weather.reports.stream()
        .map(dev.synthlab.call.CallReport::queued)
        .reduce(Duration.ZERO, Duration::plus);
  }

  @Test
  void rejectsCallsWhenClosed() {
    ApiClient api = weather.client();
    api.close();

    assertThatIllegalStateException().isThrownBy(() -> api.get("/").send());
    assertThat(weather.requests()).isZero();
  }
}
