package dev.synthlab.llm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.synthlab.call.CallException;
import dev.synthlab.call.CallReport;
import dev.synthlab.call.TrafficControl;
import dev.synthlab.config.ConfigException;
import dev.synthlab.config.Environment;
import dev.synthlab.config.Settings;
import dev.synthlab.test.Replies;
import dev.synthlab.test.ScriptedServer.Reply;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CostTest {
  private final List<CallReport> reports = new CopyOnWriteArrayList<>();
  private final UsageTotals totals = new UsageTotals();
  private ClientFixture rig = ClientFixture.inTurn(Replies.chat("ok"));

  @TempDir private Path directory;

  @AfterEach
  void close() {
    rig.close();
  }

  private LlmClient client(Map<String, String> more, Reply... replies) {
    rig.close();
    rig = ClientFixture.inTurn(replies);
    Map<String, String> env = new java.util.HashMap<>(more);
    env.put("OPENAI_BASE_URL", rig.server.base().toString());
    return LlmClient.builder()
        .settings(Settings.from(Environment.of(env)).llm())
        .transport(rig.transport)
        .timer(rig.pushed)
        .traffic(TrafficControl.by(rig.pushed, TrafficControl.RouteLimits.DEFAULT))
        .addObserver(
            report -> {
              reports.add(report);
              totals.ended(report);
            })
        .build();
  }

  private static Reply answer(String model, String usage) {
    return Replies.json(
        200,
        "{\"id\":\"c\",\"model\":\"%s\",\"choices\":[{\"message\":{\"content\":\"ok\"},"
                .formatted(model)
            + "\"finish_reason\":\"stop\"}],\"usage\":"
            + usage
            + "}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"prompt_tokens\":9223372036854775807,\"completion_tokens\":9223372036854775807}",
        "{\"prompt_tokens\":99999999999999999999999,\"completion_tokens\":1}",
        "{\"prompt_tokens\":92000000000000,\"completion_tokens\":1,\"total_tokens\":2}",
        "{\"prompt_tokens\":3,\"completion_tokens\":2000000}",
        "{\"prompt_tokens\":3,\"completion_tokens\":1,"
            + "\"completion_tokens_details\":{\"reasoning_tokens\":99000000}}"
      })
  void estimatesTheTokensWhenTheServerReportsImpossibleCounts(String usage) {
    CompletionRequest request = CompletionRequest.of("hi").withMaxTokens(50);

    Completion answer = client(Map.of(), answer("gpt-4o-mini", usage)).ask(request);

    assertThat(answer.usage().known()).isFalse();
    assertThat(answer.usage().totalTokens()).isBetween(1L, 20L);
    assertThat(answer.costUsd().orElseThrow()).isLessThan(new BigDecimal("0.0001"));
    assertThat(totals.byModel().values()).allMatch(total -> total.inputTokens() < 20);
  }

  @Test
  void acceptsHighOutputCountsOfAReasoningModel() {
    CompletionRequest request = CompletionRequest.of("hi").withMaxTokens(50);
    String usage = "{\"prompt_tokens\":900000,\"completion_tokens\":90000}";

    Completion answer = client(Map.of(), answer("gpt-4o-mini", usage)).ask(request);

    assertThat(answer.usage().outputTokens()).isEqualTo(90_000);
  }

  @Test
  void pricesAnAnswerByTheModelThatAnswered() {
    LlmClient client =
        client(
            Map.of(),
            answer(
                "gpt-4o-mini-2024-07-18",
                "{\"prompt_tokens\":1000,\"completion_tokens\":100,"
                    + "\"prompt_tokens_details\":{\"cached_tokens\":400},"
                    + "\"completion_tokens_details\":{\"reasoning_tokens\":60}}"));

    Completion answer = client.ask(CompletionRequest.of("hi").withModel("gpt-4o"));

    // 600 × 0.15 + 400 × 0.075 + 100 × 0.60 for a million
    assertThat(answer.costUsd().orElseThrow()).isEqualByComparingTo("0.00018");
    assertThat(reports.getLast().spend().costUsd()).isEqualTo(answer.costUsd());
  }

  @Test
  void pricesByTheRequestedModelIfTheRespondingModelIsUnknown() {
    LlmClient client =
        client(Map.of(), answer("gw-7", "{\"prompt_tokens\":1000,\"completion_tokens\":0}"));

    Completion answer = client.ask(CompletionRequest.of("hi").withModel("gpt-4o-mini"));

    assertThat(answer.costUsd().orElseThrow()).isEqualByComparingTo("0.00015");
  }

  @Test
  void leavesAnAnswerOfAnUnknownModelUnpriced() {
    LlmClient client = client(Map.of(), Replies.chat("ok"));

    Completion answer = client.ask(CompletionRequest.of("hi").withModel("llama-x"));

    assertThat(answer.costUsd()).isEmpty();
  }

  @Test
  void pricesEstimatedTokensAndMarksThemAsEstimated() {
    LlmClient client = client(Map.of(), answer("gpt-4o-mini", "null"));

    Completion answer = client.ask(CompletionRequest.of("hi"));

    assertThat(answer.costUsd().orElseThrow()).isPositive();
    assertThat(answer.usage().known()).isFalse();
  }

  @Test
  void pricesAStream() {
    LlmClient client =
        client(
            Map.of(),
            Replies.events(Replies.delta("o"), Replies.finish("stop"), Replies.usage(), "[DONE]"));

    Completion answer;
    try (TextStream stream = client.stream("hi")) {
      stream.forEach(delta -> {});
      answer = stream.completion();
    }

    assertThat(answer.costUsd().orElseThrow()).isEqualByComparingTo("0.00000405");
    assertThat(reports.getLast().spend().costUsd()).isEqualTo(answer.costUsd());
  }

  @Test
  void readsPricesFromTheUsersModelsFile() throws IOException {
    Path file =
        Files.writeString(
            directory.resolve("m.json"), "{\"llama-x\":{\"input_cost_per_token\":1}}");
    LlmClient client = client(Map.of("SYNTHLAB_MODELS_FILE", file.toString()), Replies.chat("ok"));

    Completion answer = client.ask(CompletionRequest.of("hi").withModel("llama-x"));

    assertThat(answer.costUsd().orElseThrow()).isEqualByComparingTo("7");
  }

  @Test
  void refusesAnInvalidModelsFileBeforeAnyRequest() {
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> client(Map.of("SYNTHLAB_MODELS_FILE", "/no/file"), Replies.chat("ok")))
        .withMessageContaining("SYNTHLAB_MODELS_FILE");
  }

  @Test
  void countsTotalsByModel() {
    LlmClient client =
        client(Map.of(), Replies.chat("a"), Replies.chat("b"), Replies.error(400, "bad", "no"));

    client.ask(CompletionRequest.of("hi"));
    client.ask(CompletionRequest.of("hi").withModel("llama-x"));
    assertThatExceptionOfType(CallException.class)
        .isThrownBy(() -> client.ask(CompletionRequest.of("hi").withModel("llama-x")));

    UsageTotals.Total mini = totals.byModel().get("gpt-4o-mini");
    assertThat(totals.byModel()).containsOnlyKeys("gpt-4o-mini", "llama-x");
    assertThat(mini.calls()).isEqualTo(1);
    assertThat(mini.inputTokens()).isEqualTo(7);
    assertThat(mini.outputTokens()).isEqualTo(5);
    assertThat(mini.costUsd().orElseThrow()).isEqualByComparingTo("0.00000405");
    assertThat(mini.unpricedCalls()).isZero();
    assertThat(totals.byModel().get("llama-x"))
        .usingRecursiveComparison()
        .isEqualTo(new UsageTotals.Total(2, 1, 7, 5, 0, 0, java.util.Optional.empty(), 1));
  }

  @Test
  void countsEveryCallAcrossThreads() throws InterruptedException {
    LlmClient client = client(Map.of(), Replies.chat("a"));
    client.ask(CompletionRequest.of("hi"));
    CallReport report = reports.getFirst();

    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      for (int i = 1; i < 10_000; i++) {
        threads.execute(() -> totals.ended(report));
      }
    }

    UsageTotals.Total mini = totals.byModel().get("gpt-4o-mini");
    assertThat(mini.calls()).isEqualTo(10_000);
    assertThat(mini.costUsd().orElseThrow()).isEqualByComparingTo("0.0405");
  }
}
