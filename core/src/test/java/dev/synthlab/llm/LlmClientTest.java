package dev.synthlab.llm;

import static dev.synthlab.test.Replies.chat;
import static dev.synthlab.test.Replies.completion;
import static dev.synthlab.test.Replies.delta;
import static dev.synthlab.test.Replies.error;
import static dev.synthlab.test.Replies.events;
import static dev.synthlab.test.Replies.finish;
import static dev.synthlab.test.Replies.json;
import static dev.synthlab.test.Replies.usage;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.synthlab.call.CallException;
import dev.synthlab.call.CallPolicy;
import dev.synthlab.call.CallReport;
import dev.synthlab.call.TrafficControl;
import dev.synthlab.config.ConfigException;
import dev.synthlab.config.Environment;
import dev.synthlab.config.Settings;
import dev.synthlab.http.OkHttpTransport;
import dev.synthlab.test.ManualTimer;
import dev.synthlab.test.Replies;
import dev.synthlab.test.ScriptedServer;
import dev.synthlab.test.ScriptedServer.Reply;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LlmClientTest {
  private static final String KEY = "sk-test-0123456789abcdefghij";

  private final ManualTimer timer = ManualTimer.forSockets();
  private final OkHttpTransport transport = new OkHttpTransport();
  private final List<CallReport> reports = new CopyOnWriteArrayList<>();
  private ScriptedServer server = ScriptedServer.inTurn(chat("hello"));

  @AfterEach
  void close() {
    server.close();
    transport.close();
  }

  private LlmClient client(Reply... replies) {
    return client(Map.of(), replies);
  }

  private LlmClient client(Map<String, String> more, Reply... replies) {
    return client(more, CallPolicy.WaitMode.WITHIN_DEADLINE, replies);
  }

  private LlmClient client(
      Map<String, String> more, CallPolicy.WaitMode waiting, Reply... replies) {
    if (replies.length > 0) {
      server.close();
      server = ScriptedServer.inTurn(replies);
    }
    Map<String, String> env = new HashMap<>();
    env.put("OPENAI_BASE_URL", server.base().toString());
    env.put("OPENAI_API_KEY", KEY);
    env.put("SYNTHLAB_TIMEOUT", "5s");
    env.putAll(more);
    return LlmClient.builder()
        .settings(Settings.from(Environment.of(env)).llm())
        .transport(transport)
        .timer(timer)
        .traffic(TrafficControl.by(timer, TrafficControl.RouteLimits.DEFAULT))
        .addObserver(reports::add)
        .waiting(waiting)
        .build();
  }

  @Test
  void sendsThePromptWithKeyAndModelAndReturnsTheText() {
    String text = client(chat("hello")).complete("hi");

    assertThat(text).isEqualTo("hello");
    ScriptedServer.Seen seen = server.seen().getFirst();
    assertThat(seen.path()).isEqualTo("/v1/chat/completions");
    assertThat(seen.header("authorization")).isEqualTo("Bearer " + KEY);
    assertThat(seen.header("content-type")).startsWith("application/json");
    assertThat(seen.body())
        .isEqualTo(
            "{\"model\":\"gpt-4o-mini\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}");
  }

  @Test
  void reportsUsageFinishReasonModelsAttemptsAndRequestId() {
    Completion full =
        client(chat("hello")).ask(CompletionRequest.of("hi").withModel("m").withMaxTokens(9));

    assertThat(full.usage()).isEqualTo(new Usage(7, 5, 0, 0, true));
    assertThat(full.finishReason()).isEqualTo(FinishReason.STOP);
    assertThat(full.requestedModel()).isEqualTo("m");
    assertThat(full.respondedModel()).isEqualTo("test-model-1");
    assertThat(full.requestId()).contains("req-1");
    assertThat(full.report().attempts()).hasSize(1);
    assertThat(full.json()).startsWith("{\"id\":\"chatcmpl-1\"").doesNotContain("\n");
  }

  @Test
  void readsAJsonAnswerAsAMap() {
    Map<String, Object> map =
        client(chat("{\"fruits\": [\"fig\", 2], \"ok\": true}")).completeJson("as JSON");

    assertThat(map).isEqualTo(Map.of("fruits", List.of("fig", 2), "ok", true));
    assertThat(server.seen().getFirst().body())
        .contains("\"response_format\":{\"type\":\"json_object\"}");
  }

  @Test
  void reportsTheTextOfAnAnswerThatIsNotJson() {
    LlmClient client = client(chat("no JSON here"));

    assertThatExceptionOfType(StructuredOutputException.class)
        .isThrownBy(() -> client.completeJson("as JSON"))
        .satisfies(e -> assertThat(e.partial()).isEqualTo("no JSON here"));
  }

  @Test
  void refusesATruncatedJsonAnswer() {
    LlmClient client = client(json(200, completion("{\"a\":", "length")));

    assertThatExceptionOfType(AnswerException.Truncated.class)
        .isThrownBy(() -> client.completeJson("as JSON"));
  }

  @Test
  void sendsDefaultsOnlyForFieldsThatTheBodyLacks() {
    CompletionRequest request =
        CompletionRequest.ofBody(
                Map.of("model", "theirs", "messages", List.of(), "temperature", 1, "stream", true))
            .with("temperature", 0)
            .with("seed", 7);

    client(chat("x")).ask(request);

    String body = server.seen().getFirst().body();
    assertThat(body).contains("\"model\":\"theirs\"", "\"temperature\":1", "\"seed\":7");
    assertThat(body).doesNotContain("stream");
  }

  @ParameterizedTest
  @ValueSource(ints = {408, 409, 429, 500, 502, 503, 504, 529})
  void retriesAfterATransientFault(int status) {
    String text = client(error(status, "c", "later"), chat("hello")).complete("hi");

    assertThat(text).isEqualTo("hello");
    assertThat(timer.pauses()).hasSize(1);
    assertThat(timer.pauses().getFirst()).isBetween(Duration.ZERO, Duration.ofSeconds(1));
    assertThat(reports.getFirst().attempts()).hasSize(2);
  }

  @ParameterizedTest
  @CsvSource({
    "400, invalid_request, BadRequest",
    "413, too_large, BadRequest",
    "422, invalid, BadRequest",
    "401, invalid_api_key, Authentication",
    "403, forbidden, Authentication",
    "404, model_not_found, NotFound",
    "402, insufficient_balance, QuotaExceeded",
    "429, insufficient_quota, QuotaExceeded",
    "302, moved, Redirected",
  })
  void doesNotRetryAPermanentFault(int status, String code, String type) {
    LlmClient client = client(error(status, code, "no", "location", "http://127.0.0.1:1/x"));

    assertThatExceptionOfType(CallException.class)
        .isThrownBy(() -> client.complete("hi"))
        .satisfies(e -> assertThat(e.getClass().getSimpleName()).isEqualTo(type))
        .satisfies(e -> assertThat(e.status()).hasValue(status))
        .satisfies(e -> assertThat(e.code()).contains(code));
    assertThat(server.seen()).hasSize(1);
    assertThat(timer.pauses()).isEmpty();
  }

  @Test
  void failsAfterItsMaximumAttemptsWithTheLastCause() {
    LlmClient client = client(error(500, "boom", "always"));

    assertThatExceptionOfType(CallException.ServerFailed.class)
        .isThrownBy(() -> client.complete("hi"))
        .withMessageContaining("500 boom")
        .withMessageContaining("always")
        .withMessageContaining("5 attempts")
        .satisfies(e -> assertThat(e.attempts()).hasSize(5));
    assertThat(server.seen()).hasSize(5);
  }

  @ParameterizedTest
  @CsvSource({
    "retry-after, 20, 20000",
    "retry-after, 1.5, 1500",
    "retry-after-ms, 700, 700",
    "retry-after, 'Sun, 22 Nov 2026 10:00:30 GMT', 30000",
  })
  void waitsForRetryAfterAndLittleMore(String header, String value, long millis) {
    client(error(429, "slow", "down", header, value), chat("hello")).complete("hi");

    Duration waited = timer.pauses().stream().reduce(Duration.ZERO, Duration::plus);
    assertThat(waited).isBetween(Duration.ofMillis(millis), Duration.ofMillis(millis + 3000));
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "-5", "soon", "", "Sun, 22 Nov 2020 10:00:30 GMT", "1e99"})
  void usesItsOwnBackoffIfRetryAfterIsInvalid(String value) {
    client(error(429, "slow", "down", "retry-after", value), chat("hello")).complete("hi");

    assertThat(timer.pauses()).hasSize(1);
    assertThat(timer.pauses().getFirst()).isBetween(Duration.ZERO, Duration.ofSeconds(1));
  }

  @Test
  void countsAnAnswerThatAsksToWaitAsAnAttemptOfASingleCall() {
    LlmClient client = client(error(429, "slow", "down", "retry-after", "1"));

    assertThatExceptionOfType(CallException.RateLimited.class)
        .isThrownBy(() -> client.complete("hi"))
        .satisfies(e -> assertThat(e.attempts()).hasSize(5));
  }

  @Test
  void failsAtOnceIfThePauseWouldExceedTheDeadline() {
    LlmClient client = client(error(429, "slow", "down", "Retry-After", "900"));

    assertThatExceptionOfType(CallException.RateLimited.class)
        .isThrownBy(() -> client.complete("hi"))
        .satisfies(e -> assertThat(e.retryAfter()).contains(Duration.ofSeconds(900)));
    assertThat(timer.pauses()).isEmpty();
  }

  @Test
  void blocksEveryCallOfAPausedRoute() {
    LlmClient client = client(error(429, "slow", "down", "Retry-After", "900"), chat("late"));
    client.askOutcome(CompletionRequest.of("first"));

    Outcome<Completion> second = client.askOutcome(CompletionRequest.of("second"));

    assertThat(second).isInstanceOf(Outcome.Failed.class);
    assertThat(server.seen()).hasSize(1);
    timer.push(Duration.ofSeconds(901));
    assertThat(client.complete("third")).isEqualTo("late");
  }

  @Test
  void waitsForAnyPauseInABulkRun() {
    LlmClient client =
        client(
            Map.of(),
            CallPolicy.WaitMode.UNBOUNDED,
            error(429, "slow", "down", "Retry-After", "900"),
            chat("late"));

    assertThat(client.complete("hi")).isEqualTo("late");
  }

  @Test
  void losesNoRowOfABulkRunToRateLimitsWithoutRetryAfter() {
    Reply limited = error(429, "slow", "down");
    Reply[] replies = {
      limited, limited, limited, limited, limited, limited, limited, limited, chat("late")
    };
    LlmClient client = client(Map.of(), CallPolicy.WaitMode.UNBOUNDED, replies);

    assertThat(client.complete("hi")).isEqualTo("late");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"choices\":[]}",
        "{}",
        "{\"choices\":[{\"message\":{\"content\":null},\"finish_reason\":\"stop\"}]}",
        "{\"choices\":[{\"message\":{\"content\":\"\"},\"finish_reason\":\"stop\"}]}",
        "{\"choices\":[{\"message\":{\"content\":7},\"finish_reason\":\"stop\"}]}",
        "{\"choices\":\"none\"}",
        "{\"choices\":[{\"message\":",
        "",
        "[1]",
        "<html>busy</html>",
        "{\"error\":{\"message\":\"not today\"}}",
      })
  void retriesAnUnreadableAnswerAtMostTwice(String body) {
    LlmClient client = client(Map.of("SYNTHLAB_LLM_MAX_ATTEMPTS", "8"), json(200, body));

    assertThatExceptionOfType(CallException.MalformedResponse.class)
        .isThrownBy(() -> client.complete("hi"));
    assertThat(server.seen()).hasSize(3);
  }

  @Test
  void returnsAGoodAnswerAfterAnUnreadableOne() {
    assertThat(client(json(200, "<html>"), chat("hello")).complete("hi")).isEqualTo("hello");
  }

  @Test
  void reportsARefusalWithItsText() {
    String refused =
        "{\"choices\":[{\"message\":{\"content\":null,\"refusal\":\"I will not\"},\"finish_reason\":\"stop\"}]}";
    LlmClient client = client(json(200, refused));

    assertThatExceptionOfType(AnswerException.Refused.class)
        .isThrownBy(() -> client.complete("hi"))
        .satisfies(e -> assertThat(e.partial()).isEqualTo("I will not"));
    assertThat(server.seen()).hasSize(1);
  }

  @Test
  void reportsAFilteredAnswerWithItsText() {
    LlmClient client = client(json(200, completion("half a", "content_filter")));

    assertThatExceptionOfType(AnswerException.ContentFiltered.class)
        .isThrownBy(() -> client.complete("hi"))
        .satisfies(e -> assertThat(e.partial()).isEqualTo("half a"));
  }

  @Test
  void reportsACallOfAToolThatWasNotOffered() {
    String call =
        """
        {"choices":[{"message":{"content":null,"tool_calls":[{"id":"1","type":"function",
         "function":{"name":"weather","arguments":"{}"}}]},"finish_reason":"tool_calls"}]}
        """;
    LlmClient client = client(json(200, call));

    assertThatExceptionOfType(AnswerException.UnexpectedToolCall.class)
        .isThrownBy(() -> client.complete("hi"))
        .withMessageContaining("weather");
  }

  @Test
  void emitsTheDeltasOfAStreamAndThenTheCompletion() {
    LlmClient client = client(events(delta("Hel"), delta("lo"), finish("stop"), usage(), "[DONE]"));

    List<String> deltas = new ArrayList<>();
    Completion whole;
    try (TextStream stream = client.stream("hi")) {
      stream.forEach(deltas::add);
      whole = stream.completion();
    }

    assertThat(deltas).containsExactly("Hel", "lo");
    assertThat(whole.text()).isEqualTo("Hello");
    assertThat(whole.usage()).isEqualTo(new Usage(7, 5, 0, 0, true));
    assertThat(whole.finishReason()).isEqualTo(FinishReason.STOP);
    assertThat(server.seen().getFirst().body())
        .contains("\"stream\":true", "\"stream_options\":{\"include_usage\":true}");
    assertThat(reports).hasSize(1);
    assertThat(reports.getFirst().spend().inputTokens()).isEqualTo(7);
  }

  @Test
  void retriesAStreamUntilItsFirstText() {
    LlmClient client =
        client(
            error(503, "busy", "later"),
            events("{\"error\":{\"message\":\"overloaded\"}}"),
            events(delta("ok"), finish("stop"), "[DONE]"));

    List<String> deltas = new ArrayList<>();
    try (TextStream stream = client.stream("hi")) {
      stream.forEach(deltas::add);
    }

    assertThat(deltas).containsExactly("ok");
  }

  @ParameterizedTest
  @ValueSource(strings = {"cut", "error", "no finish"})
  void reportsThePartialTextOfABrokenStream(String how) {
    Reply broken =
        switch (how) {
          case "error" -> events(delta("Once upon"), "{\"error\":{\"message\":\"died\"}}");
          case "no finish" -> events(delta("Once upon"));
          default ->
              (socket, out) -> {
                out.write(
                    "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
                        .getBytes(StandardCharsets.UTF_8));
                Replies.chunk(out, "data: " + delta("Once upon") + "\n\n");
                return false;
              };
        };
    LlmClient client = client(broken);

    try (TextStream stream = client.stream("hi")) {
      assertThatExceptionOfType(CallException.StreamInterrupted.class)
          .isThrownBy(() -> stream.forEach(delta -> {}))
          .satisfies(e -> assertThat(e.partial()).contains("Once upon"));
    }
    assertThat(server.seen()).hasSize(1);
  }

  @Test
  void retriesABrokenStreamThatIsReadAsAWhole() {
    LlmClient client =
        client(
            events(delta("Once upon")),
            events(delta("Once upon a time"), finish("stop"), usage(), "[DONE]"));

    Outcome<Completion> outcome =
        InternalCalls.of(client).completion(CompletionRequest.of("hi"), true);

    assertThat(outcome.get().text()).isEqualTo("Once upon a time");
    assertThat(outcome.get().json()).contains("\"content\":\"Once upon a time\"");
  }

  @Test
  void usesOneConnectionForManyStreams() {
    LlmClient client = client(events(delta("x"), finish("stop"), "[DONE]"));

    for (int i = 0; i < 5; i++) {
      try (TextStream stream = client.stream("hi")) {
        stream.forEach(delta -> {});
      }
    }

    assertThat(server.connections()).isEqualTo(1);
  }

  @Test
  void requiresAnApiKeyForOpenAiOnly() {
    Settings.Llm none = Settings.from(Environment.of(Map.of())).llm();

    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> LlmClient.builder().settings(none).transport(transport).build())
        .withMessageContaining("OPENAI_API_KEY")
        .withMessageContaining("--local");
  }

  @Test
  void sendsNoCredentialWhenThereIsNone() {
    server.close();
    server = ScriptedServer.inTurn(chat("hello"));
    Settings.Llm keyless =
        Settings.from(Environment.of(Map.of("OPENAI_BASE_URL", server.base().toString()))).llm();

    LlmClient.builder().settings(keyless).transport(transport).build().complete("hi");

    assertThat(server.seen().getFirst().header("authorization")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {401, 400, 500})
  void neverShowsAKeyThatTheServerEchoes(int status) {
    String hidden = Base64.getEncoder().encodeToString(KEY.getBytes(StandardCharsets.UTF_8));
    LlmClient client =
        client(error(status, KEY, "Incorrect API key provided: " + KEY + " or " + hidden));

    assertThatExceptionOfType(CallException.class)
        .isThrownBy(() -> client.complete("hi"))
        .satisfies(
            e -> {
              java.io.StringWriter all = new java.io.StringWriter();
              e.printStackTrace(new java.io.PrintWriter(all));
              assertThat(all + " " + e.code() + e.fault() + e.attempts())
                  .doesNotContain(KEY)
                  .doesNotContain(hidden);
            });
  }

  @Test
  void cancelsACallWhenItsThreadIsInterrupted() throws InterruptedException {
    LlmClient client = client(Replies.silence());
    List<Outcome<Completion>> outcomes = new CopyOnWriteArrayList<>();
    Thread caller =
        Thread.ofPlatform()
            .start(() -> outcomes.add(client.askOutcome(CompletionRequest.of("hi"))));
    while (server.seen().isEmpty()) {
      Thread.onSpinWait();
    }

    caller.interrupt();
    caller.join(Duration.ofSeconds(5));

    assertThat(outcomes).hasSize(1);
    assertThat(((Outcome.Failed<Completion>) outcomes.getFirst()).exception())
        .isInstanceOf(CallException.Cancelled.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {170, 180, 190, 195, 199, 1_970, 1_985, 1_999})
  void redactsAKeyBeforeTruncatingAText(int before) {
    String key = "0123456789abcdefFEDCBA9876543210";
    String echo = "x".repeat(before) + key;
    for (Reply reply : List.of(json(200, echo), json(400, echo), error(400, "bad", echo))) {
      LlmClient client = client(Map.of("OPENAI_API_KEY", key), reply);

      assertThatExceptionOfType(CallException.class)
          .isThrownBy(() -> client.complete("hi"))
          .satisfies(e -> assertThat(e.getMessage()).doesNotContain(key.substring(0, 10)));
    }
  }

  @Test
  void readsAnAnswerOfTheMaximumNestingDepth() {
    String deep =
        completion("hello", "stop")
            .strip()
            .replaceFirst("\\{", "{\"x\":" + "[".repeat(900) + "]".repeat(900) + ",");

    assertThat(client(json(200, deep)).complete("hi")).isEqualTo("hello");
  }

  @Test
  void writesTheServersMessageOnOneLine() {
    LlmClient client = client(error(400, "bad", "first\r\nerror: forged\u001b[31m"));

    assertThatExceptionOfType(CallException.BadRequest.class)
        .isThrownBy(() -> client.complete("hi"))
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n", "\r", "\u001b"));
  }

  @Test
  void reportsTheVariableOfARefusedKey() {
    LlmClient client = client(error(401, "invalid_api_key", "no"));

    assertThatExceptionOfType(CallException.Authentication.class)
        .isThrownBy(() -> client.complete("hi"))
        .withMessageContaining("OPENAI_API_KEY");
  }

  @Test
  void triesTheNextModelWhenOneCannotAnswer() {
    LlmClient client =
        client(
            Map.of("SYNTHLAB_FALLBACK_MODELS", "model-b,model-c", "SYNTHLAB_LLM_MAX_ATTEMPTS", "3"),
            error(404, "model_not_found", "no such model"),
            error(500, "x", "x"),
            error(500, "x", "x"),
            error(500, "x", "x"),
            chat("from c"));

    Completion answer = client.ask(CompletionRequest.of("hi").withModel("model-a"));

    assertThat(answer.text()).isEqualTo("from c");
    assertThat(answer.requestedModel()).isEqualTo("model-a");
    assertThat(answer.report().attempts())
        .extracting(attempt -> attempt.route().resource())
        .containsExactly("model-a", "model-b", "model-b", "model-b", "model-c");
    assertThat(server.seen())
        .extracting(seen -> seen.body().replaceAll(".*\"model\":\"([^\"]*)\".*", "$1"))
        .containsExactly("model-a", "model-b", "model-b", "model-b", "model-c");
  }

  @Test
  void triesTheNextModelIfAPauseWouldExceedTheDeadline() {
    LlmClient client =
        client(
            Map.of("SYNTHLAB_FALLBACK_MODELS", "model-b"),
            error(429, "slow", "down", "Retry-After", "900"),
            chat("from b"));

    assertThat(client.complete("hi")).isEqualTo("from b");
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 401})
  void triesNoFallbackModelThatWouldRefuseTheRequestToo(int status) {
    LlmClient client =
        client(Map.of("SYNTHLAB_FALLBACK_MODELS", "model-b"), error(status, "no", "no"));

    assertThatExceptionOfType(CallException.class).isThrownBy(() -> client.complete("hi"));
    assertThat(server.seen()).hasSize(1);
  }

  @Test
  void fallsBackToTheNextModelBeforeTheFirstStreamedText() {
    LlmClient client =
        client(
            Map.of("SYNTHLAB_FALLBACK_MODELS", "model-b"),
            error(404, "model_not_found", "no"),
            events(delta("ok"), finish("stop"), "[DONE]"));

    List<String> deltas = new ArrayList<>();
    try (TextStream stream = client.stream("hi")) {
      stream.forEach(deltas::add);
    }

    assertThat(deltas).containsExactly("ok");
  }

  @Test
  void adaptsAParameterThatAModelRefusesAndRemembersIt() {
    Reply refusal =
        json(
            400,
            "{\"error\":{\"message\":\"use max_completion_tokens\",\"param\":\"max_tokens\","
                + "\"code\":\"unsupported_parameter\"}}");
    LlmClient client = client(refusal, chat("one"), chat("two"));
    CompletionRequest request = CompletionRequest.of("hi").withMaxTokens(7);

    assertThat(client.ask(request).text()).isEqualTo("one");
    assertThat(client.ask(request).text()).isEqualTo("two");

    assertThat(server.seen()).hasSize(3);
    assertThat(server.seen().get(1).body()).contains("\"max_completion_tokens\":7");
    assertThat(server.seen().get(2).body())
        .contains("\"max_completion_tokens\":7")
        .doesNotContain("\"max_tokens\"");
    assertThat(timer.pauses()).isEmpty();
  }

  @Test
  void omitsARefusedParameterThatHasNoOtherName() {
    Reply refusal =
        json(
            400,
            "{\"error\":{\"message\":\"only 1\",\"param\":\"temperature\","
                + "\"code\":\"unsupported_value\"}}");
    LlmClient client = client(refusal, chat("one"));

    client.ask(CompletionRequest.of("hi").withTemperature(0.5));

    assertThat(server.seen().get(1).body()).doesNotContain("temperature");
  }

  @Test
  void adaptsNoParameterTwice() {
    Reply refusal =
        json(
            400,
            "{\"error\":{\"message\":\"no\",\"param\":\"messages\","
                + "\"code\":\"unsupported_value\"}}");
    LlmClient client = client(refusal);

    assertThatExceptionOfType(CallException.BadRequest.class)
        .isThrownBy(() -> client.complete("hi"));
    assertThat(server.seen()).hasSize(1);
  }

  @Test
  void addsFewRetriesDuringALongOutage() {
    LlmClient client = client(Map.of(), error(503, "busy", "later"));
    int calls = 1_000;

    int failed = 0;
    for (int i = 0; i < calls; i++) {
      if (client.askOutcome(CompletionRequest.of("hi")) instanceof Outcome.Failed<Completion>) {
        failed++;
      }
    }

    assertThat(failed).isEqualTo(calls);
    assertThat(server.seen().size()).isLessThanOrEqualTo(calls * 12 / 10);
  }

  @Test
  void reportsThatTheBreakerIsOpenAndUntilWhen() {
    LlmClient client = client(Map.of(), error(503, "busy", "later"));
    for (int i = 0; i < 20; i++) {
      client.askOutcome(CompletionRequest.of("hi"));
    }

    assertThatExceptionOfType(CallException.CircuitOpen.class)
        .isThrownBy(() -> client.complete("hi"))
        .satisfies(e -> assertThat(e.retryAfter()).isPresent())
        .satisfies(e -> assertThat(e.attempts()).isEmpty());
  }

  @Test
  void closesTheSocketWhenAFutureIsCancelled() {
    LlmClient client = client(Replies.silence());
    var future = client.askAsync(CompletionRequest.of("hi"));
    while (server.seen().isEmpty()) {
      Thread.onSpinWait();
    }

    long begin = System.nanoTime();
    future.cancel(true);
    while (server.openConnections() > 0) {
      Thread.onSpinWait();
    }

    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(1));
  }
}
