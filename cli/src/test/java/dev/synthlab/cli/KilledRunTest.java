package dev.synthlab.cli;

import static dev.synthlab.test.Replies.chat;
import static org.assertj.core.api.Assertions.assertThat;

import dev.synthlab.cli.Synth.Ended;
import dev.synthlab.cli.Synth.Running;
import dev.synthlab.json.Json;
import dev.synthlab.test.ScriptedServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Real processes, killed for real, against a server that counts. */
@Timeout(300)
class KilledRunTest {
  private static final int ROWS = 2_000;
  private static final int AT_ONCE = 64;
  private static final int KILLED = 128 + 9;

  @TempDir private Path directory = Path.of("");

  private final Random random = new Random(20261122);
  private final Map<String, AtomicInteger> paid = new ConcurrentHashMap<>();
  private final AtomicInteger answered = new AtomicInteger();
  private final ScriptedServer server =
      ScriptedServer.start(
          (request, number) -> {
            String prompt =
                Json.mapper()
                    .readTree(request.body())
                    .path("messages")
                    .path(0)
                    .path("content")
                    .asString();
            paid.computeIfAbsent(prompt, p -> new AtomicInteger()).incrementAndGet();
            new CountDownLatch(1).await(delay(number), TimeUnit.MILLISECONDS);
            answered.incrementAndGet();
            return chat("answer to " + prompt);
          });

  private static long delay(int number) {
    return 5 + Math.floorMod(number * 7919L, 45);
  }

  @AfterEach
  void close() {
    server.close();
  }

  private Synth synth() {
    Synth synth = new Synth(directory).with("OPENAI_BASE_URL", server.base().toString());
    synth.file(
        "in.jsonl",
        IntStream.range(0, ROWS)
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

  private void awaitAnswers(int more, Process process) {
    int goal = answered.get() + more;
    while (answered.get() < goal && process.isAlive()) {
      Thread.onSpinWait();
    }
  }

  private void assertOneRightLineEach(Synth synth) {
    Map<String, String> answers = new HashMap<>();
    for (String line : synth.lines("out.jsonl")) {
      JsonNode node = Json.mapper().readTree(line);
      String text =
          node.path("response")
              .path("body")
              .path("choices")
              .path(0)
              .path("message")
              .path("content")
              .asString();
      assertThat(answers.put(node.path("custom_id").asString(), text)).isNull();
    }
    assertThat(answers).hasSize(ROWS);
    answers.forEach(
        (id, text) -> assertThat(text).isEqualTo("answer to question " + id.substring(4)));
  }

  @Test
  void answersEveryRowOnceDespiteRepeatedKills() throws InterruptedException {
    Synth synth = synth();
    int kills = 10;
    int hit = 0;
    for (int kill = 0; kill < kills; kill++) {
      Running running = start(synth);
      if (kill % 3 == 0) {
        // In the first second: while it starts, reads the input, or goes over what is done.
        running.process().waitFor(150 + random.nextInt(700), TimeUnit.MILLISECONDS);
      } else {
        awaitAnswers(30 + random.nextInt(200), running.process());
      }
      hit += running.process().destroyForcibly().waitFor() == KILLED ? 1 : 0;
    }

    Ended last = start(synth).end();
    int sent = server.seen().size();
    Ended again = start(synth).end();

    assertThat(hit).as("kills that met a run").isGreaterThanOrEqualTo(kills / 2);
    assertThat(last.exit()).as(last.err()).isZero();
    assertOneRightLineEach(synth);
    int twice = paid.values().stream().mapToInt(count -> count.get() - 1).sum();
    assertThat(twice).isLessThanOrEqualTo(kills * AT_ONCE);
    assertThat(again.exit()).isZero();
    assertThat(again.err()).contains("nothing to do");
    assertThat(server.seen()).hasSize(sent);
  }

  @Test
  void paysForNoRowTwiceAfterAStop() throws InterruptedException {
    Synth synth = synth();
    for (int i = 0; i < 3; i++) {
      Running running = start(synth);
      awaitAnswers(100 + random.nextInt(200), running.process());

      running.process().destroy();
      Ended stopped = running.end();

      assertThat(stopped.exit()).isEqualTo(143);
      assertThat(stopped.err()).contains("the same command resumes the run");
    }

    Ended last = start(synth).end();

    assertThat(last.exit()).isZero();
    assertOneRightLineEach(synth);
    assertThat(paid.values()).allMatch(count -> count.get() == 1);
  }

  @Test
  void stopsAtTheDeadline() {
    Synth synth = synth();
    long begin = System.nanoTime();

    Ended ended = synth.run("run", "in.jsonl", "-o", "out.jsonl", "-c", "2", "--deadline", "2s");

    assertThat(ended.exit()).isEqualTo(5);
    assertThat(ended.err()).contains("the same command resumes the run");
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(20));
    assertThat(synth.lines("out.jsonl")).isNotEmpty();
  }
}
