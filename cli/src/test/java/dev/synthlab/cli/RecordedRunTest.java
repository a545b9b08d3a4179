package dev.synthlab.cli;

import static dev.synthlab.test.Replies.error;
import static dev.synthlab.test.Replies.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.synthlab.cli.Synth.Ended;
import dev.synthlab.cli.Synth.Running;
import dev.synthlab.config.Environment;
import dev.synthlab.config.Settings;
import dev.synthlab.json.Json;
import dev.synthlab.store.Ledger;
import dev.synthlab.store.RecordedCall;
import dev.synthlab.test.ScriptedServer;
import dev.synthlab.test.ScriptedServer.Reply;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What the command records of a run, against a server that counts what it answers. */
@Timeout(120)
class RecordedRunTest {
  /** {@code -Dsynthlab.rows=10000} makes it a measurement. */
  private static final int ROWS = Integer.getInteger("synthlab.rows", 500);

  private static final int KILLED_ROWS = Math.max(600, ROWS);
  private static final int KILLS = 2;
  private static final int AT_ONCE = 32;

  @TempDir private Path directory;

  private final AtomicInteger answers = new AtomicInteger();
  private final AtomicLong tokensIn = new AtomicLong();
  private final AtomicLong tokensOut = new AtomicLong();
  private final ScriptedServer server = ScriptedServer.start((request, number) -> reply(number));

  /** Every tenth request meets a fault; every answer has tokens of its own. */
  private Reply reply(int number) {
    if (number % 10 == 3) {
      return number % 50 == 3
          ? error(500, "server_error", "broken")
          : error(429, "rate_limit_exceeded", "slower", "retry-after-ms", "10");
    }
    int in = 10 + number % 90;
    int out = 1 + number % 7;
    answers.incrementAndGet();
    tokensIn.addAndGet(in);
    tokensOut.addAndGet(out);
    return json(
        200,
        """
        {"id":"c","model":"gpt-4o-mini","choices":[{"index":0,"finish_reason":"stop","message":
        {"role":"assistant","content":"a"}}],"usage":{"prompt_tokens":%d,"completion_tokens":%d,
        "total_tokens":%d}}"""
            .formatted(in, out, in + out));
  }

  @AfterEach
  void close() {
    server.close();
  }

  private Synth synth(int rows) {
    Synth synth = new Synth(directory).with("OPENAI_BASE_URL", server.base().toString());
    synth.file(
        "in.jsonl",
        IntStream.range(0, rows)
            .mapToObj(i -> "{\"custom_id\": \"row-" + i + "\", \"prompt\": \"question " + i + "\"}")
            .toArray(String[]::new));
    return synth;
  }

  private static Running start(Synth synth) {
    return synth.start(
        "run",
        "in.jsonl",
        "-o",
        "out.jsonl",
        "-c",
        Integer.toString(AT_ONCE),
        "--progress",
        "none");
  }

  private static JsonNode shown(Synth synth, String... command) {
    Ended ended = synth.run(command);
    assertThat(ended.exit()).as(ended.all()).isZero();
    return Json.mapper().readTree(ended.out());
  }

  private static BigDecimal price(long in, long out) {
    return new BigDecimal("0.00000015")
        .multiply(BigDecimal.valueOf(in))
        .add(new BigDecimal("0.0000006").multiply(BigDecimal.valueOf(out)));
  }

  @Test
  void recordsExactlyTheTokensAndCostThatTheServerCounted() {
    Synth synth = synth(ROWS);

    Ended ended = start(synth).end();
    JsonNode used = shown(synth, "usage", "--json").path("usage").path(0);

    assertThat(ended.exit()).as(ended.err()).isZero();
    assertThat(used.path("calls").asInt()).isEqualTo(ROWS);
    assertThat(used.path("attempts").asInt()).isEqualTo(server.seen().size());
    assertThat(used.path("input_tokens").asLong()).isEqualTo(tokensIn.get());
    assertThat(used.path("output_tokens").asLong()).isEqualTo(tokensOut.get());
    assertThat(new BigDecimal(used.path("cost_usd").asString()))
        .isEqualByComparingTo(price(tokensIn.get(), tokensOut.get()));
  }

  @Test
  void recordsEveryAnswerOfTheResultsExactlyOnceAfterAKill() throws InterruptedException {
    Synth synth = synth(KILLED_ROWS);
    for (int kill = 1; kill <= KILLS; kill++) {
      Running running = start(synth);
      while (answers.get() < kill * KILLED_ROWS / (KILLS + 1) && running.process().isAlive()) {
        Thread.onSpinWait();
      }
      running.process().destroyForcibly().waitFor();
    }

    String killed = synth.run("jobs").out();
    Ended last = start(synth).end();
    JsonNode job = shown(synth, "jobs", "--json").path("jobs").path(0);
    Map<String, JsonNode> results = results(synth);
    Settings place =
        Settings.from(
            Environment.of(
                Map.of("SYNTHLAB_DB_PATH", synth.path("output/synthlab.db").toString())));
    List<RecordedCall> calls =
        Ledger.calls(place, Optional.of(job.path("run").asString()), Integer.MAX_VALUE);

    assertThat(killed).contains("killed");
    assertThat(last.exit()).as(last.err()).isZero();
    assertThat(job.path("state").asString()).isEqualTo("done");
    assertThat(job.path("answered_rows").asInt()).isEqualTo(KILLED_ROWS);
    Map<Boolean, List<RecordedCall>> kept =
        calls.stream()
            .filter(call -> call.error().isEmpty())
            .collect(Collectors.partitioningBy(call -> isOf(call, results)));
    assertThat(kept.get(true)).extracting(call -> call.row().orElseThrow()).doesNotHaveDuplicates();
    assertThat(kept.get(true)).hasSize(KILLED_ROWS);
    assertThat(sums(kept.get(true))).isEqualTo(sums(results));
    // Answered and paid for, and the line was lost with the process.
    assertThat(kept.get(false)).hasSizeLessThanOrEqualTo(KILLS * AT_ONCE);
    assertThat(calls.stream().mapToLong(RecordedCall::inputTokens).sum())
        .isLessThanOrEqualTo(tokensIn.get());
  }

  private static boolean isOf(RecordedCall call, Map<String, JsonNode> results) {
    JsonNode line = results.get(call.row().orElseThrow());
    Instant started = Instant.parse(line.path("synthlab").path("started").asString());
    return started.truncatedTo(ChronoUnit.MILLIS).equals(call.started());
  }

  private static List<BigDecimal> sums(List<RecordedCall> calls) {
    BigDecimal cost =
        calls.stream().map(call -> call.costUsd().orElseThrow()).reduce(BigDecimal::add).get();
    return List.of(
        BigDecimal.valueOf(calls.stream().mapToLong(RecordedCall::inputTokens).sum()),
        BigDecimal.valueOf(calls.stream().mapToLong(RecordedCall::outputTokens).sum()),
        cost.stripTrailingZeros());
  }

  private static List<BigDecimal> sums(Map<String, JsonNode> results) {
    List<JsonNode> told = results.values().stream().map(line -> line.path("synthlab")).toList();
    BigDecimal cost =
        told.stream()
            .map(line -> new BigDecimal(line.path("cost_usd").asString()))
            .reduce(BigDecimal::add)
            .get();
    return List.of(
        BigDecimal.valueOf(
            told.stream().mapToLong(line -> line.path("usage").path("input").asLong()).sum()),
        BigDecimal.valueOf(
            told.stream().mapToLong(line -> line.path("usage").path("output").asLong()).sum()),
        cost.stripTrailingZeros());
  }

  private static Map<String, JsonNode> results(Synth synth) {
    Map<String, JsonNode> results = new HashMap<>();
    for (String line : synth.lines("out.jsonl")) {
      JsonNode node = Json.mapper().readTree(line);
      assertThat(results.put(node.path("custom_id").asString(), node)).isNull();
    }
    return results;
  }

  @Test
  void listsRunsAndShowsOneByAnIdPrefix() {
    Synth synth = synth(3);
    start(synth).end();
    String run = shown(synth, "jobs", "--json").path("jobs").path(0).path("run").asString();

    Ended list = synth.run("jobs");
    Ended one = synth.run("jobs", "show", run.substring(0, 6));
    JsonNode json = shown(synth, "jobs", "show", run, "--json");
    Ended none = synth.run("jobs", "show", "nothing");
    Ended table = synth.run("usage", "--by", "run", "--csv");

    assertThat(list.out()).contains(run.substring(0, 8), "done", "3/3", "$0.0", "out.jsonl");
    assertThat(one.out())
        .contains(
            run, "rows    3/3 answered, 0 failed", "calls   3/3 answered, 0 failed", "gpt-4o-mini");
    assertThat(json.path("usage").path("calls").asInt()).isEqualTo(3);
    assertThat(none.exit()).isEqualTo(2);
    assertThat(none.err()).contains("no recorded run has the id nothing", "synthlab jobs");
    assertThat(table.out().lines().toList())
        .hasSize(2)
        .satisfies(lines -> assertThat(lines.get(0)).startsWith("run,calls,failed_calls,attempts"))
        .satisfies(lines -> assertThat(lines.get(1)).startsWith(run + ",3,0,"));
  }

  @Test
  void recordsAnEarlierUnrecordedRunExactlyOnce() {
    Synth synth = synth(20);
    synth.with("SYNTHLAB_LEDGER", "off");
    start(synth).end();
    synth.with("SYNTHLAB_LEDGER", "on");

    start(synth).end();
    start(synth).end();

    JsonNode used = shown(synth, "usage", "--by", "component", "--json").path("usage").path(0);
    assertThat(used.path("name").asString()).isEqualTo("run");
    assertThat(used.path("calls").asInt()).isEqualTo(20);
    assertThat(used.path("input_tokens").asLong()).isEqualTo(tokensIn.get());
  }
}
