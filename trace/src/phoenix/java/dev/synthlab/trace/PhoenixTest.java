package dev.synthlab.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import dev.synthlab.call.CallException;
import dev.synthlab.config.Environment;
import dev.synthlab.config.Settings;
import dev.synthlab.json.Json;
import dev.synthlab.json.JsonSchema;
import dev.synthlab.llm.CompletionRequest;
import dev.synthlab.llm.LlmClient;
import dev.synthlab.llm.TextStream;
import dev.synthlab.llm.Tool;
import dev.synthlab.spans.Labels;
import dev.synthlab.spans.TraceMasking;
import dev.synthlab.spans.Tracing;
import dev.synthlab.test.Replies;
import dev.synthlab.test.ScriptedServer;
import dev.synthlab.test.ScriptedServer.Reply;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

/** What a Phoenix that runs shows of our calls. */
@Timeout(180)
class PhoenixTest {
  private static final String KEY = "sk-phoenix-canary-0123456789abcdef";
  private static final String WEB = System.getProperty("phoenix.url", "http://127.0.0.1:6006");
  private static final String GRPC = System.getProperty("phoenix.grpc", "4317");
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final String USAGE =
      """
      {"prompt_tokens":12,"completion_tokens":7,"total_tokens":19,
       "prompt_tokens_details":{"cached_tokens":5},
       "completion_tokens_details":{"reasoning_tokens":3}}
      """;

  private String project = "";

  /** How spans are sent. */
  enum Way {
    HTTP,
    GRPC
  }

  /** A small answer. */
  record Pet(String name, int age) {}

  @AfterEach
  void endWhatWasSetUp() {
    PhoenixTracing.shutdown();
    Tracing.hide(TraceMasking.NONE);
  }

  @ParameterizedTest
  @EnumSource
  void showsAChatWithTokensAndCostAsWeCountThem(Way way) throws Exception {
    List<SeenSpan> spans =
        seen(
            way,
            Map.of(),
            llm ->
                Tracing.with(
                    Labels.session("s-1").withUser("ada").withTags("t").with("ticket", "7"),
                    () -> Tracing.chain("around", "hi", () -> llm.complete("Why?"))),
            answer("blue"));

    SeenSpan call = one(spans, "LLM");
    SeenSpan around = one(spans, "CHAIN");
    assertThat(spans).hasSize(3);
    assertThat(call.status()).isEqualTo("OK");
    assertThat(call.parent()).isEqualTo(around.id());
    assertThat(call.at("llm.model_name")).isEqualTo("gpt-4o-mini-2024-07-18");
    assertThat(call.at("llm.request.model_name")).isEqualTo("gpt-4o-mini");
    assertThat(call.at("llm.system")).isEqualTo("openai");
    assertThat(call.at("llm.finish_reason")).isEqualTo("stop");
    assertThat(call.at("llm.input_messages.0.message.content")).isEqualTo("Why?");
    assertThat(call.at("llm.output_messages.0.message.content")).isEqualTo("blue");
    assertThat(call.at("llm.token_count.prompt")).isEqualTo("12");
    assertThat(call.at("llm.token_count.completion")).isEqualTo("7");
    assertThat(call.at("llm.token_count.prompt_details.cache_read")).isEqualTo("5");
    assertThat(call.at("llm.token_count.completion_details.reasoning")).isEqualTo("3");
    assertThat(spans)
        .allSatisfy(
            span -> {
              assertThat(span.at("session.id")).isEqualTo("s-1");
              assertThat(span.at("user.id")).isEqualTo("ada");
            });
    JsonNode counted = counted();
    assertThat(counted.path("tokenCountTotal").asInt()).isEqualTo(19);
    assertThat(counted.path("costSummary").path("total").path("cost").asDouble())
        .isCloseTo(Double.parseDouble(call.at("llm.cost.total")), within(1e-12));
  }

  @ParameterizedTest
  @EnumSource
  void showsEveryAttemptOfACallThatWasTriedAgain(Way way) throws Exception {
    List<SeenSpan> spans =
        seen(
            way,
            Map.of(),
            llm -> llm.complete("Why?"),
            Replies.error(429, "slow", "slow down", "retry-after", "1", "x-request-id", "req-a"),
            Replies.error(500, "boom", "boom", "x-request-id", "req-b"),
            answer("blue"));

    SeenSpan call = one(spans, "LLM");
    List<SeenSpan> attempts = attempts(spans);
    assertThat(call.status()).isEqualTo("OK");
    assertThat(call.at("synthlab.attempts")).isEqualTo("3");
    assertThat(attempts).hasSize(3);
    assertThat(attempts).allSatisfy(each -> assertThat(each.parent()).isEqualTo(call.id()));
    assertThat(attempts)
        .extracting(each -> each.at("http.response.status_code"))
        .containsExactly("429", "500", "200");
    assertThat(attempts).extracting(SeenSpan::status).containsExactly("ERROR", "ERROR", "OK");
    assertThat(attempts)
        .extracting(each -> each.at("error.type"))
        .containsExactly("429", "500", "");
    assertThat(attempts)
        .extracting(each -> each.at("http.request.resend_count"))
        .containsExactly("", "1", "2");
    assertThat(attempts.getFirst().at("synthlab.retry_after_ms")).isEqualTo("1000");
    assertThat(attempts.getFirst().at("synthlab.request_id")).isEqualTo("req-a");
    assertThat(attempts)
        .noneSatisfy(each -> assertThat(each.has("llm.token_count.total")).isTrue());
    assertThat(spans)
        .anySatisfy(each -> assertThat(each.at("synthlab.wait.reason")).isEqualTo("pause"));
  }

  @ParameterizedTest
  @EnumSource
  void showsTheModelAndTheErrorOfACallThatFailed(Way way) throws Exception {
    List<SeenSpan> spans =
        seen(
            way,
            Map.of("SYNTHLAB_LLM_MAX_ATTEMPTS", "2"),
            llm ->
                assertThatExceptionOfType(CallException.class)
                    .isThrownBy(() -> Tracing.chain("around", () -> llm.complete("Why?"))),
            Replies.error(500, "boom", "always"),
            Replies.error(500, "boom", "always"));

    SeenSpan call = one(spans, "LLM");
    assertThat(call.status()).isEqualTo("ERROR");
    assertThat(call.at("llm.model_name")).isEqualTo("gpt-4o-mini");
    assertThat(call.events()).contains("exception");
    assertThat(one(spans, "CHAIN").status()).isEqualTo("ERROR");
    assertThat(attempts(spans)).hasSize(2);
  }

  @ParameterizedTest
  @EnumSource
  void showsTheModelThatAnsweredInPlaceOfAnother(Way way) throws Exception {
    List<SeenSpan> spans =
        seen(
            way,
            Map.of("SYNTHLAB_LLM_MAX_ATTEMPTS", "1", "SYNTHLAB_FALLBACK_MODELS", "other-model"),
            llm -> llm.complete("Why?"),
            Replies.error(500, "boom", "always"),
            answer("blue"));

    SeenSpan call = one(spans, "LLM");
    assertThat(call.status()).isEqualTo("OK");
    assertThat(call.at("llm.request.model_name")).isEqualTo("gpt-4o-mini");
    assertThat(call.at("synthlab.attempts")).isEqualTo("2");
    assertThat(attempts(spans))
        .extracting(each -> each.at("synthlab.resource"))
        .containsExactly("gpt-4o-mini", "other-model");
    assertThat(attempts(spans)).extracting(SeenSpan::status).containsExactly("ERROR", "OK");
  }

  @ParameterizedTest
  @EnumSource
  void showsJsonAndATypedAnswerWithItsRepair(Way way) throws Exception {
    List<SeenSpan> spans =
        seen(
            way,
            Map.of(),
            llm -> {
              assertThat(llm.completeJson("A pet as JSON")).containsEntry("name", "Rex");
              assertThat(llm.complete("A pet", Pet.class)).isEqualTo(new Pet("Rex", 3));
            },
            answer("{\"name\":\"Rex\"}"),
            answer("{\"name\":\"Rex\",\"age\":\"three\"}"),
            answer("{\"name\":\"Rex\",\"age\":3}"));

    List<SeenSpan> calls = spans.stream().filter(each -> each.kind().equals("LLM")).toList();
    assertThat(calls).hasSize(3);
    assertThat(calls)
        .allSatisfy(each -> assertThat(each.at("llm.token_count.total")).isEqualTo("19"));
    assertThat(calls.get(1).parent()).isEqualTo(calls.get(2).parent()).isNotEmpty();
    assertThat(spans)
        .anySatisfy(
            each -> {
              assertThat(each.id()).isEqualTo(calls.get(1).parent());
              assertThat(each.kind()).isEqualTo("CHAIN");
              assertThat(each.at("synthlab.rounds")).isEqualTo("2");
            });
  }

  @ParameterizedTest
  @EnumSource
  void showsAStreamWithItsFirstTextAndItsTokens(Way way) throws Exception {
    List<SeenSpan> spans =
        seen(
            way,
            Map.of(),
            llm -> {
              try (TextStream stream = llm.stream("Tell")) {
                stream.forEach(piece -> {});
              }
            },
            Replies.events(
                Replies.delta("Once "),
                Replies.delta("upon"),
                Replies.finish("stop"),
                Replies.usage(),
                "[DONE]"));

    SeenSpan call = one(spans, "LLM");
    assertThat(call.status()).isEqualTo("OK");
    assertThat(call.events()).contains("First Token Stream Event");
    assertThat(call.at("llm.output_messages.0.message.content")).isEqualTo("Once upon");
    assertThat(call.at("llm.token_count.total")).isEqualTo("12");
    assertThat(attempts(spans))
        .singleElement()
        .satisfies(each -> assertThat(each.at("http.response.status_code")).isEqualTo("200"));
  }

  @ParameterizedTest
  @EnumSource
  void showsToolsAndWhatTheyGave(Way way) throws Exception {
    JsonSchema place =
        JsonSchema.parse(
            """
            {"title": "place", "type": "object", "properties": {"city": {"type": "string"}},
             "required": ["city"], "additionalProperties": false}
            """);
    Tool weather = new Tool("weather", "The weather of a city.", place, any -> "sunny");
    String asks =
        """
        {"choices":[{"message":{"role":"assistant","content":null,"tool_calls":[{"id":"call-0",
         "type":"function","function":{"name":"weather","arguments":"{\\"city\\":\\"Rome\\"}"}}]},
         "finish_reason":"tool_calls"}],"usage":%s}
        """
            .formatted(USAGE);

    List<SeenSpan> spans =
        seen(
            way,
            Map.of(),
            llm -> assertThat(llm.complete("Weather in Rome?", weather)).isEqualTo("It is sunny."),
            Replies.json(200, asks),
            answer("It is sunny."));

    List<SeenSpan> calls = spans.stream().filter(each -> each.kind().equals("LLM")).toList();
    assertThat(calls).hasSize(2);
    assertThat(calls.getFirst().at("llm.tools.0.tool.json_schema")).contains("weather");
    String call = "llm.output_messages.0.message.tool_calls.0.tool_call.";
    assertThat(calls.getFirst().at(call + "id")).isEqualTo("call-0");
    assertThat(calls.getFirst().at(call + "function.name")).isEqualTo("weather");
    assertThat(calls.getFirst().at(call + "function.arguments")).contains("Rome");
    assertThat(calls.getLast().at("llm.input_messages.2.message.tool_call_id")).isEqualTo("call-0");
    assertThat(one(spans, "TOOL").at("output.value")).contains("sunny");
    assertThat(one(spans, "AGENT").at("output.value")).isEqualTo("It is sunny.");
  }

  @ParameterizedTest
  @EnumSource
  void showsEmbeddings(Way way) throws Exception {
    List<SeenSpan> spans =
        seen(
            way,
            Map.of(),
            llm -> assertThat(llm.embed("abc")).hasSize(2),
            Replies.json(
                200,
                "{\"object\":\"list\",\"model\":\"e\",\"data\":[{\"index\":0,\"embedding\":[1,2]}],"
                    + "\"usage\":{\"prompt_tokens\":3,\"total_tokens\":3}}"));

    SeenSpan call = one(spans, "EMBEDDING");
    assertThat(call.name()).isEqualTo("CreateEmbeddings");
    assertThat(call.status()).isEqualTo("OK");
    assertThat(call.at("embedding.model_name")).isEqualTo("text-embedding-3-small");
    assertThat(call.at("embedding.embeddings.0.embedding.text")).isEqualTo("abc");
    assertThat(call.at("embedding.embeddings.0.embedding.vector")).contains("1.0", "2.0");
    assertThat(call.at("llm.token_count.prompt")).isEqualTo("3");
  }

  @ParameterizedTest
  @EnumSource
  void showsNothingOfWhatIsHidden(Way way) throws Exception {
    Map<String, String> hidden = new HashMap<>();
    for (TraceMasking.Hidden part : TraceMasking.Hidden.values()) {
      hidden.put(part.name(), "true");
    }
    Tracing.hide(TraceMasking.from(Environment.of(hidden)));

    List<SeenSpan> spans =
        seen(
            way,
            Map.of("SYNTHLAB_LLM_MAX_ATTEMPTS", "2"),
            llm -> {
              Tracing.chain("around", "canary prompt", () -> llm.complete("canary prompt"));
              assertThatExceptionOfType(CallException.class)
                  .isThrownBy(() -> llm.ask(CompletionRequest.of("canary prompt")));
            },
            answer("canary answer " + KEY),
            Replies.error(500, "boom", "canary prompt, " + KEY),
            Replies.error(400, "bad", "canary prompt, " + KEY));

    assertThat(spans.toString()).doesNotContain("canary").contains("__REDACTED__");
    assertThat(one(spans, "CHAIN").at("input.value")).isEqualTo("__REDACTED__");
    assertThat(spans)
        .anySatisfy(each -> assertThat(each.at("llm.token_count.total")).isEqualTo("19"));
  }

  private List<SeenSpan> seen(
      Way way, Map<String, String> more, Consumer<LlmClient> work, Reply... replies)
      throws Exception {
    project = "it-" + way + "-" + Long.toString(System.nanoTime(), 36);
    Map<String, String> variables = new HashMap<>(more);
    variables.put("OPENAI_API_KEY", KEY);
    Map<String, String> place = new HashMap<>();
    place.put("PHOENIX_PROJECT", project);
    place.put("PHOENIX_GRPC_PORT", GRPC);
    place.put(
        "PHOENIX_COLLECTOR_ENDPOINT",
        way == Way.HTTP ? WEB : "http://" + URI.create(WEB).getHost() + ":" + GRPC);
    try (Desk desk = new Desk(ScriptedServer.inTurn(replies), variables)) {
      PhoenixTracing.setup(Settings.from(Environment.of(place)));
      work.accept(desk.layer.llm());
      ExportStats stats = PhoenixTracing.shutdown();
      assertThat(stats.lost()).isZero();
      return await(stats.ended());
    }
  }

  /** Phoenix takes spans at once and writes them later. */
  private List<SeenSpan> await(long spans) throws Exception {
    long end = System.nanoTime() + Duration.ofSeconds(90).toNanos();
    while (System.nanoTime() < end) {
      HttpResponse<String> answer =
          send(
              HttpRequest.newBuilder(
                  URI.create(WEB + "/v1/projects/" + project + "/spans?limit=1000")));
      if (answer.statusCode() == 200) {
        List<SeenSpan> seen = SeenSpan.of(answer.body());
        if (seen.size() >= spans) {
          assertThat(answer.body()).doesNotContain(KEY, "0123456789abcdef");
          return seen;
        }
      }
    }
    throw new AssertionError("Phoenix does not show " + spans + " spans of " + project);
  }

  /** What Phoenix makes of the LLM span: tokens and cost by its own table. */
  private JsonNode counted() throws Exception {
    String query =
        "{ projects(first: 1000) { edges { node { name spans(first: 10) { edges { node { spanKind"
            + " tokenCountTotal costSummary { total { cost } } } } } } } } }";
    long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (System.nanoTime() < end) {
      HttpResponse<String> answer =
          send(
              HttpRequest.newBuilder(URI.create(WEB + "/graphql"))
                  .header("content-type", "application/json")
                  .POST(
                      HttpRequest.BodyPublishers.ofString(
                          SeenSpan.quoted(Map.of("query", query)))));
      for (JsonNode edge : Json.mapper().readTree(answer.body()).at("/data/projects/edges")) {
        if (edge.at("/node/name").asString().equals(project)) {
          for (JsonNode span : edge.at("/node/spans/edges")) {
            if (span.at("/node/spanKind").asString().equals("llm")
                && !span.at("/node/costSummary/total/cost").isMissingNode()) {
              return span.path("node");
            }
          }
        }
      }
    }
    throw new AssertionError("Phoenix counts no cost in " + project);
  }

  private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return HTTP.send(
        request.timeout(Duration.ofSeconds(30)).build(),
        HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
  }

  private static SeenSpan one(List<SeenSpan> spans, String kind) {
    List<SeenSpan> all = spans.stream().filter(each -> each.kind().equals(kind)).toList();
    assertThat(all).as("spans of kind %s", kind).hasSize(1);
    return all.getFirst();
  }

  private static List<SeenSpan> attempts(List<SeenSpan> spans) {
    return spans.stream().filter(each -> each.name().startsWith("attempt ")).toList();
  }

  private static Reply answer(String text) {
    return Replies.json(
        200,
        """
        {"id":"chatcmpl-1","object":"chat.completion","created":1,
         "model":"gpt-4o-mini-2024-07-18","choices":[{"index":0,"message":{"role":"assistant",
         "content":%s},"finish_reason":"stop"}],"usage":%s}
        """
            .formatted(Replies.quoted(text), USAGE),
        "x-request-id",
        "req-c");
  }
}
