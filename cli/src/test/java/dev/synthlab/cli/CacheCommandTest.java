package dev.synthlab.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthlab.cli.Synth.Ended;
import dev.synthlab.json.Json;
import dev.synthlab.test.Replies;
import dev.synthlab.test.ScriptedServer;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Answers that are kept, as the command shows them. */
class CacheCommandTest {
  @TempDir private Path directory;
  private final ScriptedServer server = ScriptedServer.inTurn(Replies.chat("{\"name\":\"Rex\"}"));
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
  void paysForARepeatedRowOnceAndShowsTheSavings() {
    synth.file("in.jsonl", "{\"prompt\":\"a\"}", "{\"prompt\":\"b\"}", "{\"prompt\":\"a\"}");

    Ended first = synth.run("run", "in.jsonl", "-o", "one.jsonl", "--cache");
    Ended second = synth.run("run", "in.jsonl", "-o", "two.jsonl", "--cache");

    Ended shown = synth.run("cache", "stats");
    Ended cleared = synth.run("cache", "clear", "--json");

    assertThat(first.exit()).as(first.all()).isZero();
    assertThat(first.err())
        .contains("3/3", "answered 3 (from the cache 1)", "in 14 out 10  $0.0000081");
    assertThat(second.err()).contains("answered 3 (from the cache 3)", "in 0 out 0  $0.00");
    assertThat(server.seen()).hasSize(2);
    JsonNode told = Json.mapper().readTree(synth.lines("two.jsonl").getFirst()).path("synthlab");
    assertThat(told.path("cached").asBoolean()).isTrue();
    assertThat(told.path("attempts").asInt()).isZero();
    assertThat(told.path("cost_usd").decimalValue()).isZero();
    assertThat(shown.out())
        .contains(
            "completions  2\n", "hits         4\n", "saved        $0.000016", "cache        off");
    assertThat(cleared.out()).isEqualTo("{\"deleted\":2}\n");
  }

  @Test
  void answersFromTheCacheOnlyIfEnabled() {
    synth.with("SYNTHLAB_CACHE", "on");
    Ended request = synth.run("ask", "-u", "--no-stream", "hi");

    Ended again = synth.run("ask", "-u", "--no-stream", "hi");
    Ended streamed = synth.run("ask", "hi");
    Ended without = synth.run("ask", "-u", "--no-stream", "hi", "--no-cache");

    assertThat(request.exit()).as(request.all()).isZero();
    assertThat(again.err()).startsWith("from the cache, ").contains("$0.00");
    assertThat(streamed.out()).isEqualTo(request.out());
    assertThat(without.err()).doesNotContain("cache");
    assertThat(server.seen()).hasSize(2);
  }

  @Test
  void answersWhenTheCacheIsUnreachable() {
    synth
        .with("SYNTHLAB_CACHE", "on")
        .with("SYNTHLAB_LEDGER", "off")
        .with("SYNTHLAB_LEDGER_URL", "postgres://ada:hidden-canary-9@127.0.0.1:1/lab");

    Ended request = synth.run("ask", "--no-stream", "hi");
    Ended stats = synth.run("cache", "stats");

    assertThat(request.exit()).isZero();
    assertThat(request.err().lines()).hasSize(1);
    assertThat(request.err()).contains("calls continue without it");
    assertThat(stats.exit()).isEqualTo(4);
    assertThat(request.all() + stats.all()).doesNotContain("hidden-canary-9");
  }
}
