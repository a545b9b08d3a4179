package dev.synthlab.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthlab.cli.Synth.Ended;
import dev.synthlab.json.Json;
import dev.synthlab.test.Replies;
import dev.synthlab.test.ScriptedServer;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What models cost, as the command shows it. */
class CostTest {
  @TempDir private Path directory;
  private final ScriptedServer server = ScriptedServer.inTurn(Replies.chat("hello"));
  private Synth synth;

  @BeforeEach
  void prepare() {
    synth = new Synth(directory).with("OPENAI_BASE_URL", server.base().toString());
  }

  @AfterEach
  void close() {
    server.close();
  }

  @Test
  void printsTheReasoningOfAModelWithItsUsage() {
    String message = "{\"content\":\"4\",\"reasoning_content\":\"two and two\"}";
    try (ScriptedServer thinking =
        ScriptedServer.inTurn(
            Replies.json(
                200,
                "{\"id\":\"c\",\"model\":\"m\",\"choices\":[{\"message\":"
                    + message
                    + ",\"finish_reason\":\"stop\"}]}"))) {
      Synth.Ended ended =
          new Synth(directory)
              .with("OPENAI_BASE_URL", thinking.base().toString())
              .run("ask", "-u", "--no-stream", "2+2?");

      assertThat(ended.out()).isEqualTo("4\n");
      assertThat(ended.err()).contains("reasoning: two and two");
    }
  }

  @Test
  void showsOneModelInFull() {
    Ended ended = synth.run("models", "gpt-5.6");

    assertThat(ended.exit()).isZero();
    assertThat(ended.out())
        .contains(
            "model            gpt-5.6",
            "context          922000 tokens",
            "price            $4.00 in, $0.40 cached, $20.00 out per million tokens",
            "above 272k in    $8.00 in, $0.80 cached, $30.00 out per million tokens",
            "efforts          none, low, medium, high, xhigh");
  }

  @Test
  void showsModelsMatchingPartOfANameInATable() {
    Ended ended = synth.run("models", "embedding-3");

    assertThat(ended.exit()).isZero();
    assertThat(ended.out().lines())
        .anyMatch(line -> line.matches("text-embedding-3-small +8k +- +0.02 +0.00 +-"))
        .noneMatch(line -> line.contains("gpt"))
        .last()
        .asString()
        .matches("4 models, source: litellm .*");
  }

  @Test
  void showsModelsAsJson() {
    JsonNode model =
        Json.mapper()
            .readTree(synth.run("models", "gpt-4o-mini", "--json").out())
            .path("models")
            .path(0);

    assertThat(model.path("name").asString()).isEqualTo("gpt-4o-mini");
    assertThat(model.path("usd_per_million").path("input").asDouble()).isEqualTo(0.15);
    assertThat(model.path("context_window").asInt()).isEqualTo(128_000);
  }

  @Test
  void suggestsTheNearestNameForAnUnknownModel() {
    Ended ended = synth.run("models", "gpt-4o-mimi");

    assertThat(ended.exit()).isEqualTo(2);
    assertThat(ended.out()).isEmpty();
    assertThat(ended.err()).contains("gpt-4o-mimi", "gpt-4o-mini");
  }

  @Test
  void showsModelsOfTheUsersFileAndRefusesAnInvalidFile() {
    synth.file("mine.json", "{\"our-llama\": {\"input_cost_per_token\": 2e-8}}");
    synth.file("bad.json", "{");

    Ended good = synth.with("SYNTHLAB_MODELS_FILE", "mine.json").run("models", "our-llama");
    Ended bad = synth.with("SYNTHLAB_MODELS_FILE", "bad.json").run("models");

    assertThat(good.out()).contains("$0.02 in, $0.02 cached, $0.00 out");
    assertThat(bad.exit()).isEqualTo(4);
    assertThat(bad.err()).contains("SYNTHLAB_MODELS_FILE", "bad.json");
  }

  @Test
  void showsTheCostOfAnAnswer() {
    assertThat(synth.run("ask", "-u", "--no-stream", "-m", "gpt-4.1-mini", "hi").err())
        .matches("(?s)7 in, 5 out, [\\d.]+ s, \\$0\\.000011 test-model-1\n");
    assertThat(synth.run("ask", "-u", "--no-stream", "-m", "llama-x", "hi").err())
        .matches("(?s)7 in, 5 out, [\\d.]+ s, unpriced test-model-1\n");
  }

  @Test
  void sumsTheCostOfARunAndOfEarlierRuns() {
    synth.file("in.jsonl", "{\"prompt\":\"a\"}", "{\"prompt\":\"b\"}", "{\"prompt\":\"c\"}");

    Ended first = synth.run("run", "in.jsonl", "-o", "out.jsonl", "--limit", "2");
    Ended second = synth.run("run", "in.jsonl", "-o", "out.jsonl");
    Ended free = synth.run("run", "in.jsonl", "-o", "other.jsonl", "-m", "llama-x");

    assertThat(first.err()).contains("in 14 out 10  $0.0000081");
    assertThat(second.err()).contains("in 7 out 5  $0.0000041 (with earlier runs $0.000012)");
    assertThat(free.err()).contains("in 21 out 15  unpriced");
    JsonNode told = Json.mapper().readTree(synth.lines("out.jsonl").getLast()).path("synthlab");
    assertThat(told.path("cost_usd").decimalValue()).isEqualByComparingTo("0.00000405");
    assertThat(synth.lines("out.jsonl").getLast()).contains("\"cost_usd\":0.00000405");
    assertThat(synth.lines("other.jsonl").getLast()).doesNotContain("cost_usd");
  }

  @Test
  void stopsBeforeARowThatCouldCostTooMuchAndResumesWithAHigherLimit() {
    String[] rows = new String[6];
    Arrays.fill(rows, "{\"prompt\":\"a\"}");
    synth.file("in.jsonl", rows);
    // Each answer costs 0.00000405 USD, and may cost 0.0000102.
    String[] run = {"run", "in.jsonl", "-o", "out.jsonl", "--max-tokens", "10", "--max-cost", ""};

    run[7] = "0.0000185";
    Ended poor = synth.run(run);
    int sent = server.seen().size();
    Ended stillPoor = synth.run(run);
    run[7] = "1";
    Ended rich = synth.run(run);

    assertThat(poor.exit()).isEqualTo(5);
    assertThat(poor.err())
        .contains("stopped: spent 0.00001215 of 0.0000185 USD", "3 rows are open", "--max-cost");
    assertThat(sent).isEqualTo(3);
    assertThat(stillPoor.exit()).isEqualTo(5);
    assertThat(rich.exit()).isZero();
    assertThat(server.seen()).hasSize(6);
    assertThat(synth.lines("out.jsonl")).hasSize(6);
  }

  @Test
  void sendsNothingUnderACostLimitIfThePriceIsUnknown() {
    synth.file("in.jsonl", "{\"prompt\":\"a\"}");

    Ended ended = synth.run("run", "in.jsonl", "-o", "o.jsonl", "-m", "llama-x", "--max-cost", "1");

    assertThat(ended.exit()).isEqualTo(5);
    assertThat(ended.err())
        .contains("llama-x", "not known: give its price in SYNTHLAB_MODELS_FILE")
        .contains("the same command resumes the run once its price is known")
        .doesNotContain("higher");
    assertThat(server.seen()).isEmpty();
  }

  @Test
  void doesNotSuggestWaitingIfThePriceIsUnknown() {
    synth.file("in.jsonl", "{\"prompt\":\"a\"}");
    synth.with("SYNTHLAB_BUDGET_USD", "1");

    Ended ended = synth.run("run", "in.jsonl", "-o", "o.jsonl", "-m", "llama-x");

    assertThat(ended.exit()).isEqualTo(5);
    assertThat(ended.err())
        .contains("the same command resumes the run once its price is known")
        .doesNotContain("tomorrow");
  }

  @Test
  void stopsWhenAnyProcessHasSpentTheDailyBudget() {
    String[] rows = new String[6];
    Arrays.fill(rows, "{\"prompt\":\"a\"}");
    synth.file("in.jsonl", rows);
    synth.with("SYNTHLAB_LEDGER", "on").with("SYNTHLAB_BUDGET_USD", "0.0000185");
    String[] run = {"run", "in.jsonl", "-o", "out.jsonl", "--max-tokens", "10"};

    Ended poor = synth.run(run);
    Ended request = synth.run("ask", "--no-stream", "--max-tokens", "10", "hi");
    int sent = server.seen().size();
    Ended rich = synth.with("SYNTHLAB_BUDGET_USD", "1").run(run);

    assertThat(poor.exit()).as(poor.all()).isEqualTo(5);
    assertThat(poor.err())
        .contains("0.00001215 of the 0.0000185 USD of SYNTHLAB_BUDGET_USD are spent")
        .contains(
            "3 rows are open, the same command resumes the run tomorrow (UTC), or with a higher");
    assertThat(request.exit()).isEqualTo(5);
    assertThat(request.err()).contains("nothing was sent", "SYNTHLAB_BUDGET_USD");
    assertThat(sent).isEqualTo(3);
    assertThat(rich.exit()).as(rich.all()).isZero();
    assertThat(server.seen()).hasSize(6);
  }
}
