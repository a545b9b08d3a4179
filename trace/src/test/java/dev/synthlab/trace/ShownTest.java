package dev.synthlab.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.synthlab.config.Environment;
import dev.synthlab.config.TraceSettings;
import dev.synthlab.external.ApiClient;
import dev.synthlab.external.ApiException;
import dev.synthlab.external.ApiService;
import dev.synthlab.llm.CompletionRequest;
import dev.synthlab.llm.InternalCalls;
import dev.synthlab.spans.TraceMasking;
import dev.synthlab.spans.Tracing;
import dev.synthlab.test.Replies;
import dev.synthlab.test.ScriptedServer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the bytes that leave say of steps, tools and services. */
@Timeout(30)
class ShownTest {
  private static final String CANARY = "canary prompt of a person";

  private final ScriptedServer phoenix =
      ScriptedServer.start(
          (request, number) -> Replies.bytes(200, "application/x-protobuf", new byte[0]));

  @BeforeEach
  void setUp() {
    PhoenixTracing.setup(TraceSettings.to(phoenix.base().resolve("/")));
  }

  @AfterEach
  void endWhatWasSetUp() {
    PhoenixTracing.shutdown();
    Tracing.hide(TraceMasking.NONE);
    phoenix.close();
  }

  private String exported() {
    PhoenixTracing.shutdown();
    return phoenix.seen().stream().map(ScriptedServer.Seen::body).collect(Collectors.joining("\n"));
  }

  private static void hideEverything() {
    Tracing.hide(
        TraceMasking.from(
            Environment.of(
                Arrays.stream(TraceMasking.Hidden.values())
                    .collect(Collectors.toMap(TraceMasking.Hidden::name, any -> "true")))));
  }

  @Test
  void hidesAMessageThatLooksLikeAStackTrace() {
    hideEverything();

    assertThatExceptionOfType(IllegalStateException.class)
        .isThrownBy(
            () ->
                Tracing.chain(
                    "around",
                    () -> {
                      throw new IllegalStateException(
                          "why does this fail?\n\tat " + CANARY,
                          new IllegalArgumentException("\n\tat " + CANARY));
                    }));

    assertThat(exported())
        .contains("around", "hidesAMessageThatLooksLikeAStackTrace", "IllegalArgumentException")
        .doesNotContain(CANARY);
  }

  @Test
  void showsTheFirstTokenOfAStreamThatIsReadWhole() {
    ScriptedServer models =
        ScriptedServer.inTurn(
            Replies.events(Replies.delta("bl"), Replies.delta("ue"), Replies.finish("stop")),
            Replies.chat("not a stream"));
    try (Desk desk = new Desk(models)) {
      InternalCalls calls = InternalCalls.of(desk.layer.llm());
      calls.completion(CompletionRequest.of("Why?"), true).get();
      calls.completion(CompletionRequest.of("Why?"), true).get();
    }

    assertThat(exported()).containsOnlyOnce("First Token Stream Event");
  }

  @Test
  void showsAnErrorOfATool() {
    assertThatExceptionOfType(AssertionError.class)
        .isThrownBy(
            () ->
                Tracing.tool(
                    "look_up",
                    Map.of("city", "Oslo"),
                    () -> {
                      throw new AssertionError("no such city");
                    }));

    assertThat(exported()).contains("tool.name", "exception", "AssertionError", "no such city");
  }

  /** As what is read from a database often is once its session is closed. */
  private static final class Lazy {
    @Override
    public String toString() {
      throw new IllegalStateException("the session is closed");
    }

    @SuppressWarnings("unused") // read by whoever writes it as JSON
    public String getName() {
      throw new IllegalStateException("the session is closed");
    }
  }

  @Test
  void doesNotFailAStepWhoseInputCannotBeShown() {
    String done = Tracing.chain("around", List.of(new Lazy()), () -> "done");

    assertThat(done).isEqualTo("done");
    assertThat(exported()).contains("around", "done");
  }

  private void ask(ScriptedServer weather) {
    try (Desk desk =
        new Desk(
            ScriptedServer.inTurn(Replies.chat("unused")),
            Map.of(
                "WEATHER_BASE_URL",
                weather.base() + "/v2",
                "WEATHER_API_KEY",
                "weather-key-4711"))) {
      ApiService service = ApiService.named("weather");
      ApiClient api = desk.layer.client(ApiClient.class, service, each -> each);
      api.get("/people/{name}", "ada-canary").query("q", "query-canary").send();
    }
  }

  @Test
  void hidesPathParametersOfARequest() {
    hideEverything();
    try (ScriptedServer weather =
        ScriptedServer.inTurn(
            Replies.json(503, "{}"), Replies.json(404, "{\"no\":\"ada-canary\"}"))) {
      assertThatExceptionOfType(ApiException.NotFound.class).isThrownBy(() -> ask(weather));

      assertThat(exported())
          .contains("GET /people/{name}", weather.base() + "/v2/__REDACTED__", "503", "404")
          .doesNotContain("ada-canary", "query-canary", "weather-key-4711");
    }
  }

  @Test
  void recordsNoModelForAService() {
    try (ScriptedServer weather = ScriptedServer.inTurn(Replies.json(200, "{}"))) {
      ask(weather);

      assertThat(exported())
          .contains("attempt 1", "synthlab.resource", "/v2/people/ada-canary")
          .doesNotContain("synthlab.model", "query-canary");
    }
  }

  @Test
  void omitsSuccessfulServiceRequestsThatAreNotSampled() {
    PhoenixTracing.shutdown();
    PhoenixTracing.setup(TraceSettings.to(phoenix.base().resolve("/")).withSample(0));
    try (ScriptedServer weather = ScriptedServer.inTurn(Replies.json(200, "{}"))) {
      Tracing.chain(
          "around",
          () -> {
            ask(weather);
            return "done";
          });

      assertThat(exported()).contains("around").doesNotContain("attempt 1", "GET /people/{name}");
    }
  }

  @Test
  void exportsEveryRetriedServiceRequest() {
    PhoenixTracing.shutdown();
    PhoenixTracing.setup(TraceSettings.to(phoenix.base().resolve("/")).withSample(0));
    try (ScriptedServer weather =
        ScriptedServer.inTurn(Replies.json(503, "{}"), Replies.json(200, "{}"))) {
      ask(weather);

      assertThat(exported()).contains("attempt 1", "attempt 2", "GET /people/{name}");
    }
  }
}
