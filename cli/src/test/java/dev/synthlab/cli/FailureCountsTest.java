package dev.synthlab.cli;

import static dev.synthlab.test.Replies.chat;
import static dev.synthlab.test.Replies.error;
import static org.assertj.core.api.Assertions.assertThat;

import dev.synthlab.cli.Synth.Ended;
import dev.synthlab.json.Json;
import dev.synthlab.test.ScriptedServer;
import dev.synthlab.test.ScriptedServer.Reply;
import dev.synthlab.test.ScriptedServer.Seen;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The failures of rows and of calls, wherever the command shows them. */
@Timeout(120)
class FailureCountsTest {
  private static final String ROW = "{\"custom_id\": \"%s\", \"prompt\": \"%s\"}";

  @TempDir private Path directory;

  private final AtomicBoolean broken = new AtomicBoolean(true);
  private final ScriptedServer server = ScriptedServer.start((request, number) -> reply(request));

  private Reply reply(Seen request) {
    if (request.body().contains("m-2")) {
      return error(404, "model_not_found", "there is no such model");
    }
    if (request.body().contains("invalid")) {
      return error(400, "bad_request", "this is no prompt");
    }
    if (request.body().contains("down") && broken.get()) {
      return error(500, "server_error", "broken");
    }
    return chat(request.body().contains("prose") ? "no JSON at all" : "{\"n\": 1}");
  }

  @AfterEach
  void close() {
    server.close();
  }

  private Synth synth() {
    return new Synth(directory).with("OPENAI_BASE_URL", server.base().toString());
  }

  private static JsonNode shown(Synth synth, String... command) {
    return Json.mapper().readTree(synth.run(command).out());
  }

  private static Map<String, Long> counts(JsonNode node) {
    Map<String, Long> counts = new TreeMap<>();
    node.properties().forEach(each -> counts.put(each.getKey(), each.getValue().asLong()));
    return counts;
  }

  private static Map<String, Long> errors(Synth synth) {
    Map<String, Long> errors = new TreeMap<>();
    for (String line : synth.lines("out.jsonl")) {
      String code = Json.mapper().readTree(line).path("error").path("code").asString("");
      if (!code.isEmpty()) {
        errors.merge(code, 1L, Long::sum);
      }
    }
    return errors;
  }

  private static Ended run(Synth synth, String... more) {
    String[] command = {
      "run", "in.jsonl", "-o", "out.jsonl", "--schema", "schema.json", "--max-attempts", "2"
    };
    String[] all = new String[command.length + more.length];
    System.arraycopy(command, 0, all, 0, command.length);
    System.arraycopy(more, 0, all, command.length, more.length);
    return synth.run(all);
  }

  private static String id(Synth synth) {
    return shown(synth, "jobs", "--json").path("jobs").path(0).path("run").asString();
  }

  private Synth prepared() {
    Synth synth = synth();
    synth.file(
        "schema.json",
        "{\"type\":\"object\",\"properties\":{\"n\":{\"type\":\"integer\"}},\"required\":[\"n\"]}");
    synth.file(
        "in.jsonl",
        ROW.formatted("a", "good"),
        ROW.formatted("b", "prose 1"),
        ROW.formatted("c", "prose 2"),
        ROW.formatted("d", "invalid"),
        ROW.formatted("e", "down"),
        "{\"custom_id\": \"f\", \"body\": {\"model\": \"m-2\", \"messages\":"
            + " [{\"role\": \"user\", \"content\": \"Hi\"}]}}");
    return synth;
  }

  @Test
  void failedRowsHaveTheSameCodesAndCountsWhereverTheyAreShown() {
    Synth synth = prepared();

    Ended ended = run(synth);

    String rows = "bad_request 1, model_not_found 1, server_failed 1, structured_output 2";
    JsonNode job = shown(synth, "jobs", "show", id(synth), "--json");
    assertThat(ended.err()).contains("6/6 rows in", "answered 1  failed 5 (" + rows + ")");
    assertThat(synth.run("jobs", "show", id(synth)).out())
        .contains("1/6 answered, 5 failed (" + rows + ")");
    assertThat(counts(job.path("row_failures")))
        .isEqualTo(errors(synth))
        .hasToString("{" + rows.replace(' ', '=').replace(",=", ", ") + "}");
    assertThat(job.path("failed_rows").asInt()).isEqualTo(5);
    assertThat(job.path("answered_rows").asInt()).isEqualTo(1);
  }

  @Test
  void aFailedCallIsOneWithoutAnAnswer() {
    Synth synth = prepared();

    run(synth);

    JsonNode job = shown(synth, "jobs", "show", id(synth), "--json");
    JsonNode used = shown(synth, "usage", "--by", "run", "--json").path("usage").path(0);
    Ended shown = synth.run("jobs", "show", id(synth));
    assertThat(counts(job.path("call_failures")))
        .isEqualTo(Map.of("bad_request", 1L, "model_not_found", 1L, "server_failed", 1L));
    assertThat(used.path("failed_calls").asInt()).isEqualTo(3);
    assertThat(job.path("usage").path("failed_calls").asInt()).isEqualTo(3);
    assertThat(shown.out())
        .containsPattern(
            "calls +\\d+/\\d+ answered, 3 failed \\(bad_request 1, model_not_found 1, server_failed"
                + " 1\\)");
  }

  @Test
  void aRowThatIsAnsweredLaterIsNoFailureOfTheRun() {
    Synth synth = prepared();
    run(synth);
    broken.set(false);

    Ended again = run(synth, "--retry-failed=transient");

    JsonNode job = shown(synth, "jobs", "show", id(synth), "--json");
    assertThat(again.err()).doesNotContain("server_failed");
    assertThat(counts(job.path("row_failures")))
        .isEqualTo(errors(synth))
        .isEqualTo(Map.of("bad_request", 1L, "model_not_found", 1L, "structured_output", 2L));
    assertThat(counts(job.path("call_failures"))).containsEntry("server_failed", 1L);
  }
}
