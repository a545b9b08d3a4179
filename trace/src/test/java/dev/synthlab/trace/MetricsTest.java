package dev.synthlab.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.sun.management.ThreadMXBean;
import dev.synthlab.call.CallException;
import dev.synthlab.call.TrafficControl;
import dev.synthlab.http.Headers;
import dev.synthlab.http.Response;
import dev.synthlab.http.Transport;
import dev.synthlab.http.TransportException;
import dev.synthlab.http.TransportException.Phase;
import dev.synthlab.json.JsonSchema;
import dev.synthlab.llm.CompletionCache;
import dev.synthlab.llm.CompletionRequest;
import dev.synthlab.llm.LlmClient;
import dev.synthlab.llm.TextStream;
import dev.synthlab.llm.Tool;
import dev.synthlab.spans.Metrics;
import dev.synthlab.spans.Telemetry;
import dev.synthlab.test.Replies;
import dev.synthlab.test.ScriptedServer.Reply;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a reader of metrics sees of our calls. */
@Timeout(30)
class MetricsTest {
  private static final String FREE = "synthlab.route.limit.free";

  /** Routes of clients of other tests are measured as long as they are in memory. */
  private static final String[] OWN_ROUTE = {
    "synthlab.resource", "gpt-4o-mini", "server.address", "127.0.0.1"
  };

  private static final String DURATION = "gen_ai.client.operation.duration";
  private static final String TOKENS = "gen_ai.client.token.usage";
  private static final String ATTEMPTS = "synthlab.attempts";
  private static final String WAITS = "synthlab.wait.duration";
  private static final String USAGE =
      "\"usage\":{\"prompt_tokens\":12,\"completion_tokens\":7,\"total_tokens\":19}";

  private static Reply answer(String text) {
    return Replies.json(200, body(text));
  }

  private static String body(String text) {
    return """
        {"id":"c","model":"gpt-4o-mini-2024-07-18",
         "choices":[{"index":0,"finish_reason":"stop",
           "message":{"role":"assistant","content":%s}}],
         %s}
        """
        .formatted(Replies.quoted(text), USAGE);
  }

  private static TrafficControl.RouteLimits limited(int requestsPerMinute) {
    return new TrafficControl.RouteLimits(
        Optional.of(requestsPerMinute), Optional.of(60_000), Optional.empty(), true, true);
  }

  @Test
  void countsTheRefusedAndFailedAttemptsOfACall() {
    try (Meters meters =
        new Meters(
            Replies.error(429, "slow", "slow down", "retry-after", "2"),
            Replies.error(500, "boom", "boom"),
            answer("blue"))) {
      meters.client().complete("Why?");

      Meters.Seen call = meters.one(DURATION);
      assertThat(call.count()).isEqualTo(1);
      assertThat(call.attributes())
          .containsOnly(
              Map.entry("gen_ai.operation.name", "chat"),
              Map.entry("gen_ai.provider.name", "openai"),
              Map.entry("gen_ai.request.model", "gpt-4o-mini"),
              Map.entry("gen_ai.response.model", "gpt-4o-mini-2024-07-18"),
              Map.entry("server.address", "127.0.0.1"),
              Map.entry("server.port", "" + meters.server.port()));
      assertThat(meters.one(TOKENS, "gen_ai.token.type", "input").value()).isEqualTo(12);
      assertThat(meters.one(TOKENS, "gen_ai.token.type", "output").value()).isEqualTo(7);
      assertThat(meters.of(ATTEMPTS)).hasSize(3);
      assertThat(meters.one(ATTEMPTS, "synthlab.outcome", "rate_limited").value()).isEqualTo(1);
      assertThat(meters.one(ATTEMPTS, "http.response.status_code", "500").value()).isEqualTo(1);
      assertThat(meters.one(ATTEMPTS, "synthlab.outcome", "answered").value()).isEqualTo(1);
      assertThat(meters.one(WAITS, "synthlab.wait.reason", "pause").value()).isBetween(2.0, 2.2);
      assertThat(meters.one(WAITS, "synthlab.wait.reason", "backoff").count()).isEqualTo(1);
    }
  }

  @Test
  void usesTheBucketsOfTheSemanticConventions() {
    try (Meters meters = new Meters(answer("blue"))) {
      meters.client().complete("Why?");

      assertThat(meters.texts().filter(text -> text.contains(DURATION)))
          .allSatisfy(text -> assertThat(text).contains("[0.01, 0.02, 0.04", "40.96, 81.92]"));
      assertThat(meters.texts().filter(text -> text.contains(TOKENS)))
          .allSatisfy(text -> assertThat(text).contains("[1.0, 4.0, 16.0", "6.7108864E7]"));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "lab.openai.azure.com, azure.ai.openai",
    "generativelanguage.googleapis.com, gcp.gemini",
    "api.mistral.ai, mistral_ai",
    "api.x.ai, x_ai",
    "api.groq.com, groq",
    "example.com, openai"
  })
  void namesTheProviderAsInTheSemanticConventions(String host, String name) {
    Transport closed =
        (request, within) -> {
          throw new TransportException(Phase.FORBIDDEN, false, "closed", new IOException("closed"));
        };
    try (Meters meters = new Meters()) {
      LlmClient client =
          meters.client(
              closed,
              Map.of("OPENAI_BASE_URL", "https://" + host + "/v1", "OPENAI_API_KEY", "test"));

      assertThatExceptionOfType(CallException.class).isThrownBy(() -> client.complete("Why?"));

      assertThat(meters.one(DURATION).at("gen_ai.provider.name")).isEqualTo(name);
    }
  }

  @Test
  void recordsWhyACallFailed() {
    try (Meters meters = new Meters(Replies.error(401, "invalid_api_key", "no"))) {
      assertThatExceptionOfType(CallException.class)
          .isThrownBy(() -> meters.client().complete("Why?"));

      assertThat(meters.one(DURATION, "error.type", "authentication").count()).isEqualTo(1);
      assertThat(meters.of(TOKENS)).isEmpty();
      assertThat(meters.one(ATTEMPTS, "synthlab.outcome", "authentication").value()).isEqualTo(1);
    }
  }

  @Test
  void countsAStreamAfterItWasRead() {
    try (Meters meters =
        new Meters(
            Replies.events(
                Replies.delta("bl"),
                Replies.delta("ue"),
                Replies.finish("stop"),
                "{\"choices\":[]," + USAGE + "}",
                "[DONE]"))) {
      try (TextStream stream = meters.client().stream("Why?")) {
        assertThat(meters.of(DURATION)).isEmpty();
        assertThat(meters.one("synthlab.requests.active").value()).isEqualTo(1);

        stream.forEach(piece -> {});
      }

      assertThat(meters.one(DURATION).count()).isEqualTo(1);
      assertThat(meters.one("gen_ai.client.operation.time_to_first_chunk").count()).isEqualTo(1);
      assertThat(meters.one(TOKENS, "gen_ai.token.type", "input").value()).isEqualTo(12);
      assertThat(meters.one(ATTEMPTS).value()).isEqualTo(1);
      assertThat(meters.one("synthlab.requests.active").value()).isZero();
    }
  }

  @Test
  void countsAnEmbedding() {
    try (Meters meters =
        new Meters(
            Replies.json(
                200,
                "{\"model\":\"text-embedding-3-small\",\"data\":[{\"index\":0,\"embedding\":[1,2]}],"
                    + "\"usage\":{\"prompt_tokens\":3,\"total_tokens\":3}}"))) {
      meters.client().embed("sky");

      assertThat(meters.one(DURATION, "gen_ai.operation.name", "embeddings").count()).isEqualTo(1);
      assertThat(meters.of(TOKENS)).hasSize(1);
      assertThat(meters.one(TOKENS, "gen_ai.token.type", "input").value()).isEqualTo(3);
    }
  }

  @Test
  void countsEachRequestOfACallWithTools() {
    JsonSchema schema =
        JsonSchema.parse(
            "{\"title\":\"place\",\"type\":\"object\",\"properties\":{\"city\":{\"type\":\"string\"}},"
                + "\"required\":[\"city\"],\"additionalProperties\":false}");
    Reply asks =
        Replies.json(
            200,
            "{\"model\":\"m\",\"choices\":[{\"message\":{\"role\":\"assistant\",\"content\":null,"
                + "\"tool_calls\":[{\"id\":\"1\",\"type\":\"function\",\"function\":"
                + "{\"name\":\"weather\",\"arguments\":\"{}\"}}]},\"finish_reason\":\"tool_calls\"}],"
                + USAGE
                + "}");
    try (Meters meters = new Meters(asks, answer("sunny"))) {
      meters
          .client()
          .ask(
              CompletionRequest.of("Weather?")
                  .withTools(new Tool("weather", "Weather.", schema, call -> "sunny")));

      assertThat(meters.of(DURATION).stream().mapToLong(Meters.Seen::count).sum()).isEqualTo(2);
      assertThat(
              meters.of(TOKENS).stream()
                  .filter(seen -> seen.at("gen_ai.token.type").equals("input"))
                  .mapToDouble(Meters.Seen::value)
                  .sum())
          .isEqualTo(24);
      assertThat(meters.one(ATTEMPTS).value()).isEqualTo(2);
    }
  }

  @Test
  void countsCallsOfTheEmbeddedModelTheSameWay() {
    byte[] said = body("blue").getBytes(StandardCharsets.UTF_8);
    try (Meters meters = new Meters()) {
      LlmClient local =
          meters.client(
              (request, within) -> new Response(200, Headers.of(), new ByteArrayInputStream(said)),
              Map.of("OPENAI_BASE_URL", "", "SYNTHLAB_PROVIDER", "local"));
      local.complete("Why?");

      assertThat(meters.one(DURATION, "server.address", "local").count()).isEqualTo(1);
      assertThat(meters.one(ATTEMPTS, "server.address", "local").value()).isEqualTo(1);
    }
  }

  @Test
  void marksCachedAnswersAndCountsNoTokensForThem() {
    Map<String, CompletionCache.CachedCompletion> kept = new HashMap<>();
    CompletionCache cache =
        new CompletionCache() {
          @Override
          public Optional<CompletionCache.CachedCompletion> find(String key) {
            return Optional.ofNullable(kept.get(key));
          }

          @Override
          public void keep(String key, CompletionCache.CachedCompletion answer) {
            kept.put(key, answer);
          }

          @Override
          public void close() {}
        };
    try (Meters meters = new Meters(answer("blue"))) {
      LlmClient client = meters.builder(Map.of()).cache(cache).build();

      client.complete("Why?");
      client.complete("Why?");

      assertThat(meters.one(DURATION, "synthlab.cached", "").count()).isEqualTo(1);
      assertThat(meters.one(DURATION, "synthlab.cached", "true").count()).isEqualTo(1);
      assertThat(meters.one(TOKENS, "gen_ai.token.type", "input").count()).isEqualTo(1);
      assertThat(meters.one(ATTEMPTS).value()).isEqualTo(1);
    }
  }

  @Test
  void measuresTheRateLimitWaitAndTheRemainingLimit() {
    try (Meters meters = new Meters(limited(60), answer("a"), answer("b"))) {
      LlmClient client = meters.client();
      client.complete("Why?");
      assertThat(
              meters.one(FREE, "synthlab.limit", "requests", "server.address", "127.0.0.1").value())
          .isZero();

      client.complete("Why?");

      Meters.Seen wait = meters.one(WAITS);
      assertThat(wait.at("synthlab.wait.reason")).isEqualTo("limit");
      assertThat(wait.at("synthlab.resource")).isEqualTo("gpt-4o-mini");
      assertThat(wait.count()).isEqualTo(1);
      assertThat(wait.value()).isEqualTo(1);
      assertThat(
              meters.one(FREE, "synthlab.limit", "tokens", "server.address", "127.0.0.1").value())
          .isGreaterThan(9_000);
    }
  }

  @Test
  void recordsAnOpenBreakerAndThePauseOfAServer() {
    Reply[] failures = new Reply[21];
    Arrays.fill(failures, Replies.error(500, "boom", "boom"));
    failures[20] = Replies.error(429, "slow", "slow down", "retry-after", "3000");
    try (Meters meters = new Meters(failures)) {
      LlmClient client = meters.client();
      for (int i = 0; i < 7; i++) {
        assertThatExceptionOfType(CallException.class).isThrownBy(() -> client.complete("Why?"));
      }

      assertThat(meters.one("synthlab.route.breaker", OWN_ROUTE).value()).isEqualTo(2);
      assertThat(meters.one("synthlab.breaker.openings").value()).isEqualTo(1);
      assertThat(meters.one("synthlab.route.pause", OWN_ROUTE).value()).isZero();

      meters.timer.push(Duration.ofSeconds(20));
      assertThatExceptionOfType(CallException.class).isThrownBy(() -> client.complete("Why?"));

      assertThat(meters.one("synthlab.route.pause", OWN_ROUTE).value()).isEqualTo(3_000);
    }
  }

  @Test
  void recordsNoKeysPromptsOrUnboundedNames() {
    String key = "sk-metrics-canary-0123456789abcdef";
    Reply[] answers = new Reply[300];
    for (int i = 0; i < answers.length; i++) {
      answers[i] =
          Replies.json(200, body("ok").replace("gpt-4o-mini-2024-07-18", "made-up-" + i + key));
    }
    try (Meters meters = new Meters(answers)) {
      LlmClient client = meters.client(Map.of("OPENAI_API_KEY", key));
      for (int i = 0; i < answers.length; i++) {
        client.complete("canary prompt");
      }

      assertThat(meters.of(DURATION)).hasSizeLessThan(210);
      assertThat(meters.one(DURATION, "gen_ai.response.model", "_OTHER").count()).isGreaterThan(90);
      assertThat(meters.texts()).noneMatch(text -> text.contains("canary"));
    }
  }

  @Test
  void countsLostSpans() {
    try (Meters meters = new Meters()) {
      Metrics.setLostSpans(() -> 37);

      assertThat(meters.one("synthlab.spans.lost").value()).isEqualTo(37);
    } finally {
      Metrics.setLostSpans(() -> 0);
    }
  }

  @Test
  void allocatesNothingWithoutAReader() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    OptionalInt status = OptionalInt.of(200);
    for (int i = 0; i < 20_000; i++) {
      told(status);
    }

    long before = threads.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < 10_000; i++) {
      told(status);
    }

    assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(100_000);
  }

  private static void told(OptionalInt status) {
    Metrics metrics = Telemetry.current().metrics();
    if (metrics.isEnabled()) {
      throw new AssertionError("somebody reads");
    }
    metrics.recordAttempt("server", "model", "answered", status);
    metrics.recordWait("server", "model", "limit", Duration.ZERO);
  }
}
