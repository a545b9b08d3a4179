package dev.synthlab.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthlab.cli.Synth.Ended;
import dev.synthlab.json.Json;
import dev.synthlab.test.Replies;
import dev.synthlab.test.ScriptedServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** What calls used, as the command shows it. */
class UsageTest {
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
  void showsTheCallsThatWereRecorded() {
    Ended request = synth.run("ask", "--no-stream", "a prompt that no ledger keeps");
    assertThat(request.exit()).as(request.all()).isZero();
    assertThat(request.err()).isEmpty();

    Ended table = synth.run("usage", "--since", "1d");
    JsonNode json = Json.mapper().readTree(synth.run("usage", "--by", "day", "--json").out());

    assertThat(table.exit()).as(table.all()).isZero();
    assertThat(table.out().lines().toList().get(0)).startsWith("MODEL").contains("CALLS", "COST");
    assertThat(table.out().lines().toList().get(1)).startsWith("gpt-4o-mini").contains("$0.0");
    assertThat(json.path("usage").path(0).path("calls").asInt()).isEqualTo(1);
    assertThat(json.path("usage").path(0).path("input_tokens").asInt()).isPositive();
  }

  @Test
  void countsCachedAnswers() {
    synth.run("ask", "--cache", "--no-stream", "hi");
    synth.run("ask", "--cache", "--no-stream", "hi");

    Ended table = synth.run("usage");
    JsonNode json = Json.mapper().readTree(synth.run("usage", "--json").out());
    Ended csv = synth.run("usage", "--csv");

    assertThat(table.out().lines().toList().get(0)).contains("FROM CACHE");
    assertThat(table.out().lines().toList().get(1)).containsPattern("^gpt-4o-mini +2 +0 +1 +1 ");
    assertThat(json.path("usage").path(0).path("calls_from_cache").asInt()).isEqualTo(1);
    assertThat(csv.out().lines().toList().get(0)).endsWith(",calls_from_cache");
    assertThat(csv.out().lines().toList().get(1)).endsWith(",0,1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"=1+1", "+1", "-1", "@sum(a1)"})
  void writesNoFormulaIntoCsv(String model) {
    Ended request = synth.run("ask", "--no-stream", "--model=" + model, "hi");
    assertThat(request.exit()).as(request.all()).isZero();

    Ended csv = synth.run("usage", "--csv");

    assertThat(csv.out().lines().toList().get(1)).containsPattern("^\"?'" + Pattern.quote(model));
  }

  @Test
  void escapesControlCharactersInFileNames() throws IOException {
    Files.writeString(directory.resolve("in.jsonl"), "{\"prompt\":\"hi\"}\n");
    String out = "a\u009b31m\u202eb.jsonl";
    Ended run = synth.with("LC_ALL", "C.UTF-8").run("run", "in.jsonl", "-o", out);
    assertThat(run.exit()).as(run.all()).isZero();

    Ended jobs = synth.run("jobs", "--json");

    assertThat(jobs.out()).contains("a\\u009b31m\\u202eb.jsonl").doesNotContain("\u009b");
    assertThat(Json.mapper().readTree(jobs.out()).path("jobs").path(0).path("output").asString())
        .endsWith(out);
  }

  @Test
  void reportsThatNoCallIsRecentEnough() {
    synth.run("ask", "--no-stream", "hi");

    Ended usage = synth.run("usage", "--since", "0d");

    assertThat(usage.out().strip()).isEqualTo("no calls are recorded within 0d");
  }

  @Test
  void recordsNothingIfTheLedgerIsOff() {
    synth.with("SYNTHLAB_LEDGER", "off");
    synth.run("ask", "--no-stream", "hi");

    Ended usage = synth.run("usage");

    assertThat(usage.exit()).isZero();
    assertThat(usage.out()).contains("no calls are recorded: SYNTHLAB_LEDGER is off");
    assertThat(synth.path("output")).doesNotExist();
  }

  @Test
  void answersWhenTheLedgerIsUnreachable() {
    synth.with("SYNTHLAB_LEDGER_URL", "postgres://ada:hidden-canary-9@127.0.0.1:1/lab");

    Ended request = synth.run("ask", "--no-stream", "hi");
    Ended usage = synth.run("usage");

    assertThat(request.exit()).isZero();
    assertThat(request.out()).contains("hello");
    assertThat(request.err().lines())
        .singleElement()
        .asString()
        .contains("calls continue, but are not recorded", "127.0.0.1:1");
    assertThat(usage.exit()).isEqualTo(4);
    assertThat(request.all() + usage.all()).doesNotContain("hidden-canary-9");
  }

  @Test
  void refusesAnInvalidPeriod() {
    Ended usage = synth.run("usage", "--since", "yesterday");

    assertThat(usage.exit()).isEqualTo(2);
    assertThat(usage.err()).contains("--since is yesterday", "7d");
  }
}
