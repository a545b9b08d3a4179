package dev.synthlab.llm;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.synthlab.json.Json;
import dev.synthlab.test.Replies;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

class ParameterAdapterTest {
  private static final Map<String, Object> ALL =
      Map.of("temperature", 0.7, "top_p", 0.9, "logprobs", true, "presence_penalty", 0.5);

  private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
  private ClientFixture rig = ClientFixture.inTurn(Replies.chat("ok"));

  ParameterAdapterTest() {
    lines.start();
    root.addAppender(lines);
  }

  @AfterEach
  void close() {
    root.detachAppender(lines);
    rig.close();
  }

  private static Map<String, Object> taken(String model, Map<String, Object> body) {
    return ParameterAdapter.adapted(
        ModelCatalogue.bundled().find(model).orElseThrow(), body, (what, how) -> {});
  }

  private static Map<String, Object> with(Map<String, Object> body, String name, Object value) {
    Map<String, Object> more = new LinkedHashMap<>(body);
    more.put(name, value);
    return more;
  }

  private List<String> warnings() {
    return lines.list.stream()
        .map(ILoggingEvent::getFormattedMessage)
        .filter(line -> line.contains("does not take") || line.contains("shut off"))
        .toList();
  }

  private Map<?, ?> sent() {
    return Json.mapper().readValue(rig.server.seen().getLast().body(), Map.class);
  }

  @ParameterizedTest
  @CsvSource({
    "gpt-5.1, , true",
    "gpt-5.1, none, true",
    "gpt-5.1, low, false",
    "gpt-5.6, , false",
    "gpt-5.6, none, true",
    "gpt-6.1-sol, none, false",
    "gpt-5, none, false",
    "o3, none, false"
  })
  void sendsSamplingParametersOnlyIfTheEffortIsNone(String model, String effort, boolean free) {
    Map<String, Object> body = effort == null ? ALL : with(ALL, "reasoning_effort", effort);

    Map<String, Object> taken = taken(model, body);

    assertThat(taken.containsKey("temperature")).isEqualTo(free);
    assertThat(taken.containsKey("top_p")).isEqualTo(free);
    assertThat(taken.containsKey("logprobs")).isEqualTo(free);
    assertThat(taken).doesNotContainKey("presence_penalty");
  }

  @ParameterizedTest
  @CsvSource({
    "o3, none, low",
    "o3, minimal, low",
    "o3, xhigh, high",
    "gpt-5, none, minimal",
    "gpt-5, xhigh, high",
    "gpt-5.1, minimal, low",
    "gpt-5.1, xhigh, high",
    "gpt-6-sol, max, max",
    "mistral/mistral-small-latest, low, high",
    "mistral/mistral-small-latest, none, none",
    "gpt-5.2, enormous, enormous"
  })
  void sendsTheNearestEffortThatTheModelSupports(String model, String request, String sent) {
    assertThat(taken(model, Map.of("reasoning_effort", request)))
        .containsEntry("reasoning_effort", sent);
  }

  @ParameterizedTest
  @CsvSource({"gpt-4o", "gpt-4.1-mini", "gpt-5-chat-latest", "deepseek-chat", "gpt-3.5-turbo"})
  void sendsNoEffortToAModelThatDoesNotReason(String model) {
    assertThat(taken(model, Map.of("reasoning_effort", "low"))).isEmpty();
  }

  @Test
  void sendsTheOnlySupportedTemperatureUnchanged() {
    assertThat(taken("gpt-5", Map.of("temperature", 1))).containsEntry("temperature", 1);
  }

  @Test
  void prefersTheNewParameterNameToTheOldOne() {
    assertThat(taken("o3", Map.of("max_tokens", 5, "max_completion_tokens", 9)))
        .isEqualTo(Map.of("max_completion_tokens", 9));
  }

  @Test
  void warnsOncePerModelAndParameterThatIsOmitted() {
    LlmClient client = rig.client();
    CompletionRequest warm = CompletionRequest.of("hi").withTemperature(0.7);

    client.ask(warm.withModel("gpt-5.6"));
    client.ask(warm.withModel("gpt-5.6").withReasoningEffort("minimal"));
    client.ask(warm.withModel("gpt-6-sol"));
    client.ask(warm.withModel("gpt-4o"));

    assertThat(warnings())
        .containsExactly(
            "gpt-5.6 does not take temperature as it was set: left out",
            "gpt-5.6 does not take reasoning_effort as it was set: minimal is sent as low",
            "gpt-6-sol does not take temperature as it was set: left out");
  }

  @Test
  void adaptsARowOfABatchFileTheSameWay() {
    Map<String, Object> row =
        Map.of(
            "model",
            "o3",
            "max_tokens",
            10,
            "temperature",
            0.2,
            "messages",
            List.of(
                Map.of("role", "system", "content", "Be brief."),
                Map.of("role", "user", "content", "hi")));

    rig.client().ask(CompletionRequest.ofBody(row));

    assertThat(sent())
        .isEqualTo(
            Map.of(
                "model",
                "o3",
                "max_completion_tokens",
                10,
                "messages",
                List.of(
                    Map.of("role", "developer", "content", "Be brief."),
                    Map.of("role", "user", "content", "hi"))));
    assertThat(row).containsKey("max_tokens");
  }

  @Test
  void adaptsTheRequestForEachFallbackModel() {
    rig.close();
    rig = ClientFixture.inTurn(Replies.error(404, "model_not_found", "none"), Replies.chat("ok"));
    LlmClient client = rig.with("SYNTHLAB_FALLBACK_MODELS", "gpt-4o").client();

    client.ask(
        CompletionRequest.of("hi").withModel("gpt-5.6").withTemperature(0.7).withMaxTokens(9));

    List<String> bodies = new ArrayList<>();
    rig.server.seen().forEach(seen -> bodies.add(seen.body()));
    assertThat(bodies.getFirst()).contains("max_completion_tokens").doesNotContain("temperature");
    assertThat(bodies.getLast()).contains("\"max_tokens\":9", "\"temperature\":0.7");
  }

  @Test
  void followsTheServerIfItRefusesAnAdaptedParameter() {
    rig.close();
    rig =
        ClientFixture.inTurn(
            Replies.json(
                400,
                "{\"error\":{\"message\":\"no\",\"param\":\"max_completion_tokens\","
                    + "\"code\":\"unsupported_parameter\"}}"),
            Replies.chat("ok"));

    rig.client().ask(CompletionRequest.of("hi").withModel("gpt-5.6").withMaxTokens(9));

    assertThat(rig.server.seen().getFirst().body()).contains("max_completion_tokens");
    assertThat(sent().get("max_tokens")).isEqualTo(9);
  }

  @Test
  void warnsOnceAboutAModelThatIsOrSoonWillBeShutOff() {
    LlmClient client = rig.client(); // on 22 November 2026

    client.ask(CompletionRequest.of("hi").withModel("gpt-5"));
    client.ask(CompletionRequest.of("hi").withModel("gpt-5"));
    client.ask(CompletionRequest.of("hi").withModel("o4-mini"));
    client.ask(CompletionRequest.of("hi").withModel("gpt-5.1"));

    assertThat(warnings())
        .containsExactly(
            "the model gpt-5 is shut off on 2026-12-11, in 19 days: name another",
            "the model o4-mini was shut off on 2026-10-23: name another");
  }
}
