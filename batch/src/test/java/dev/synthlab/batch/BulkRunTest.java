package dev.synthlab.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.synthlab.call.Fault;
import dev.synthlab.call.Timer;
import dev.synthlab.json.Json;
import dev.synthlab.llm.Completion;
import dev.synthlab.llm.CompletionRequest;
import dev.synthlab.llm.FinishReason;
import dev.synthlab.llm.Outcome;
import dev.synthlab.llm.Problems;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.ContextKey;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.databind.JsonNode;

/** What a run sends, writes and says. */
class BulkRunTest {
  @TempDir Path directory;
  private Bulk bulk;

  @BeforeEach
  void prepare() {
    bulk = new Bulk(directory);
  }

  @Test
  void passesTheContextOfItsCallerToEveryRow() {
    ContextKey<String> key = ContextKey.named("whose");
    List<String> seen = Collections.synchronizedList(new ArrayList<>());
    bulk.input(Bulk.prompts(40));
    BulkOptions options =
        BulkOptions.builder(bulk.in, bulk.out).model("m").baseUrl("http://127.0.0.1:1/v1").build();
    BulkRun.RowClient caller =
        request -> {
          seen.add(String.valueOf(Context.current().get(key)));
          return bulk.script.call(request);
        };
    BulkRun run = BulkRun.of(options, caller, Timer.system(), bulk.notes::add);

    Summary summary = Context.current().with(key, "mine").wrapSupplier(run::run).get();

    assertThat(summary.answered()).isEqualTo(40);
    assertThat(seen).hasSize(40).containsOnly("mine");
  }

  @Test
  void answersEveryKindOfLine() {
    bulk.input(
        "{\"custom_id\":\"a\",\"method\":\"POST\",\"url\":\"/v1/chat/completions\",\"body\":"
            + "{\"model\":\"own\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"one\"}]}}",
        "{\"id\":\"b\",\"messages\":[{\"role\":\"user\",\"content\":\"two\"}]}",
        "{\"prompt\":\"three\"}",
        "",
        "{\"id\":7,\"prompt\":\"four\"}");

    Summary summary = bulk.run();

    assertThat(summary.end()).isEqualTo(Summary.End.DONE);
    assertThat(summary.answered()).isEqualTo(4);
    assertThat(bulk.results().keySet()).containsExactlyInAnyOrder("a", "b", "00000003", "7");
    JsonNode a = bulk.result("a");
    assertThat(a.at("/response/status_code").asInt()).isEqualTo(200);
    assertThat(a.at("/response/body/choices/0/message/content").asString()).isEqualTo("ONE");
    assertThat(a.get("error").isNull()).isTrue();
    assertThat(a.at("/synthlab/line").asInt()).isEqualTo(1);
    assertThat(a.at("/synthlab/attempts").asInt()).isEqualTo(1);
    assertThat(a.at("/synthlab/latency_ms").asInt()).isEqualTo(12);
    assertThat(a.at("/synthlab/model").asString()).isEqualTo("m-2026");
    assertThat(bulk.script.requests.getFirst().body())
        .containsEntry("model", "own")
        .doesNotContainKey("stream");
  }

  @Test
  void addsOptionsThatABodyLacksAndReplacesThemOnOverride() {
    bulk.input(
        "{\"body\":{\"model\":\"own\",\"max_completion_tokens\":9,\"messages\":["
            + "{\"role\":\"system\",\"content\":\"mine\"},{\"role\":\"user\",\"content\":\"x\"}]}}");

    bulk.run(o -> o.system("yours").maxTokens(5).temperature(0.5).parameters(Map.of("n", 1)));
    bulk.run(o -> o.system("yours").maxTokens(5).override(true).fresh(true));

    Map<String, Object> filled = bulk.script.requests.get(0).body();
    assertThat(filled)
        .containsEntry("model", "own")
        .containsEntry("max_completion_tokens", 9)
        .containsEntry("temperature", 0.5)
        .containsEntry("n", 1)
        .doesNotContainKey("max_tokens");
    assertThat(String.valueOf(filled.get("messages"))).contains("mine").doesNotContain("yours");
    Map<String, Object> overridden = bulk.script.requests.get(1).body();
    assertThat(overridden).containsEntry("model", "m").containsEntry("max_completion_tokens", 5);
    assertThat(String.valueOf(overridden.get("messages"))).contains("yours").doesNotContain("mine");
  }

  @Test
  void replacesTheModelWhenTheEmbeddedOneAnswers() {
    bulk.input(
        "{\"body\":{\"model\":\"gpt\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}}");

    bulk.run(o -> o.localModel("smol"));

    assertThat(bulk.script.requests.getFirst().body()).containsEntry("model", "smol");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/v1/chat/completions",
        "/v1/chat/completions/",
        "/chat/completions",
        "chat/completions",
        "https://api.openai.com/v1/chat/completions",
        "/openai/deployments/m/chat/completions?api-version=2024-10-21"
      })
  void acceptsTheUrlOfABatchLineInEveryForm(String url) {
    bulk.input(
        "{\"custom_id\":\"a\",\"url\":\""
            + url
            + "\",\"body\":{\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}}");

    assertThat(bulk.run().end()).isEqualTo(Summary.End.DONE);
    assertThat(bulk.script.prompts()).containsExactly("x");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/v1/completions", "/v1/responses", "/v1/chat/completionsx", "files"})
  void failsTheRowOfABatchLineWithAnotherUrl(String url) {
    bulk.input("{\"custom_id\":\"a\",\"url\":\"" + url + "\",\"body\":{\"messages\":[{}]}}");

    assertThat(bulk.run().failures()).isEqualTo(Map.of("invalid_line", 1L));
    assertThat(bulk.script.prompts()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[\n{\"prompt\":\"x\"}\n]",
        "[{\"prompt\":\"x\"}, {\"prompt\":\"y\"}]",
        "\uFEFF[\n{\"prompt\":\"x\"},\n{\"prompt\":\"y\"}\n]",
        "{\n  \"prompt\": \"x\"\n}\n{\n  \"prompt\": \"y\"\n}",
        "{\"custom_id\": \"a\",\n \"prompt\": \"x\"}"
      })
  void refusesJsonThatIsNotOneObjectALineAndSaysHowToConvertIt(String text) throws IOException {
    Files.writeString(bulk.in, text);

    assertThatExceptionOfType(BatchException.class)
        .isThrownBy(() -> bulk.run())
        .withMessageContainingAll("every line must be one JSON object", "jq -c");
    assertThat(bulk.script.prompts()).isEmpty();
  }

  @Test
  void recordsAMalformedLineAsFailedAndRunsTheOthers() throws IOException {
    Files.writeString(
        bulk.in,
        """
        \uFEFF{"custom_id":"ok","prompt":"x"}\r
        {"custom_id":"torn","prompt":"x
        [1]
        {"custom_id":"e","url":"/v1/responses","body":{"messages":[{}]}}
        {"custom_id":"d","prompt":"x","prompt":"y"}
        {"custom_id":[],"prompt":"x"}
        {"custom_id":"n"}
        """);

    Summary summary = bulk.run();

    assertThat(summary.end()).isEqualTo(Summary.End.SOME_FAILED);
    assertThat(summary.failures()).isEqualTo(Map.of("invalid_line", 6L));
    assertThat(bulk.script.prompts()).containsExactly("x");
    assertThat(bulk.results().keySet())
        .containsExactlyInAnyOrder("ok", "torn", "00000003", "e", "d", "00000006", "n");
    assertThat(bulk.result("e").at("/error/code").asString()).isEqualTo("invalid_line");
    assertThat(bulk.result("e").at("/error/message").asString())
        .contains("line 4")
        .contains("/v1/responses", "/embeddings");
    assertThat(bulk.result("e").at("/synthlab/line").asInt()).isEqualTo(4);
  }

  @Test
  void stopsAtAMalformedLineBeforeTheFirstCallIfStrict() {
    bulk.input("{\"prompt\":\"x\"}", "nonsense");

    assertThatExceptionOfType(BatchException.class)
        .isThrownBy(() -> bulk.run(o -> o.strict(true)))
        .withMessageContaining("line 2")
        .matches(e -> e.kind() == BatchException.Kind.MALFORMED_LINE);

    assertThat(bulk.script.requests).isEmpty();
    assertThat(bulk.out).doesNotExist();
  }

  @Test
  void recordsALineThatIsTooLongAsFailed() throws IOException {
    String longLine = "{\"custom_id\":\"big\",\"prompt\":\"" + "x".repeat(17 << 20) + "\"}";
    bulk.input(longLine, Bulk.prompt("small", "s"));

    Summary summary = bulk.run();

    assertThat(summary.failures()).isEqualTo(Map.of("invalid_line", 1L));
    assertThat(bulk.result("big").at("/error/message").asString()).contains("16 MB");
    assertThat(bulk.result("small").get("error").isNull()).isTrue();
    assertThat(bulk.run().upToDate()).isTrue();
  }

  @Test
  void writesFailedRowsToTheOutputAndAsInputToTheErrorsFile() throws IOException {
    bulk.input(Bulk.prompt("a", "good"), "{\"prompt\":\"bad\"}", Bulk.prompt("c", "no"));
    bulk.script.fails("bad", Script.withStatus(Fault.Kind.BAD_REQUEST, 400, "too_long"));
    bulk.script.on(
        "no",
        request ->
            Script.answer("part", FinishReason.STOP, Optional.of(Problems.refused("I will not"))));

    Summary summary = bulk.run();

    assertThat(summary.end()).isEqualTo(Summary.End.SOME_FAILED);
    assertThat(summary.failures()).isEqualTo(Map.of("bad_request", 1L, "refusal", 1L));
    JsonNode bad = bulk.result("00000002");
    assertThat(bad.at("/error/code").asString()).isEqualTo("bad_request");
    assertThat(bad.at("/response/status_code").asInt()).isEqualTo(400);
    assertThat(bad.at("/response/request_id").asString()).isEqualTo("req-9");
    assertThat(bad.at("/synthlab/provider_code").asString()).isEqualTo("too_long");
    JsonNode no = bulk.result("c");
    assertThat(no.at("/error/code").asString()).isEqualTo("refusal");
    assertThat(no.at("/synthlab/partial").asString()).isEqualTo("I will not");
    assertThat(Files.readAllLines(bulk.errors()))
        .containsExactly("{\"custom_id\":\"00000002\",\"prompt\":\"bad\"}", Bulk.prompt("c", "no"));
  }

  @Test
  void refusesTheErrorsFileAsInputForTheSameOutput() {
    bulk.input(Bulk.prompt("a", "bad"));
    bulk.script.fails("bad", Fault.Kind.BAD_REQUEST);
    bulk.run();

    BulkOptions options = BulkOptions.builder(bulk.errors(), bulk.out).build();

    assertThatExceptionOfType(BatchException.class)
        .isThrownBy(
            () ->
                BulkRun.of(options, bulk.script, dev.synthlab.call.Timer.system(), note -> {})
                    .run())
        .withMessageContaining("--retry-failed");
  }

  @Test
  void retriesTransientFailuresOrAllFailures() throws IOException {
    bulk.input(Bulk.prompt("a", "good"), Bulk.prompt("b", "down"), Bulk.prompt("c", "wrong"));
    bulk.script.fails("down", Script.withStatus(Fault.Kind.SERVER_FAILED, 500, "oops"));
    bulk.script.fails("wrong", Fault.Kind.BAD_REQUEST);
    assertThat(bulk.run().failed()).isEqualTo(2);
    assertThat(bulk.run().upToDate()).isTrue();
    bulk.script.requests.clear();

    bulk.script.on("down", request -> Script.answer("up"));
    Summary transientFailure = bulk.run(o -> o.retryFailed(BulkOptions.Retry.TRANSIENT));

    assertThat(bulk.script.prompts()).containsExactly("down");
    assertThat(transientFailure.failures()).isEqualTo(Map.of("bad_request", 1L));
    assertThat(bulk.results()).hasSize(3);
    bulk.script.on("wrong", request -> Script.answer("right"));
    Summary all = bulk.run(o -> o.retryFailed(BulkOptions.Retry.ALL));
    assertThat(bulk.script.prompts()).containsExactly("down", "wrong");
    assertThat(all.end()).isEqualTo(Summary.End.DONE);
    assertThat(bulk.results()).hasSize(3);
    assertThat(bulk.errors()).doesNotExist();
  }

  @Test
  void countsTruncatedAnswersAsAnsweredUnlessStrict() {
    bulk.input(Bulk.prompt("a", "long"));
    bulk.script.on("long", request -> Script.answer("cut", FinishReason.LENGTH, Optional.empty()));

    Summary loose = bulk.run();
    Summary strict = bulk.run(o -> o.strictFinish(true).fresh(true));

    assertThat(loose.end()).isEqualTo(Summary.End.DONE);
    assertThat(loose.truncated()).isEqualTo(1);
    assertThat(strict.failures()).isEqualTo(Map.of("length", 1L));
    assertThat(bulk.result("a").at("/synthlab/partial").asString()).isEqualTo("cut");
  }

  @Test
  void stopsAtTheFirstRowIfTheServerDoesNotHaveTheModelOfAllRows() {
    bulk.input(Bulk.prompts(200));
    Fault unknown = Script.withStatus(Fault.Kind.NOT_FOUND, 404, "model_not_found");
    for (int i = 0; i < 200; i++) {
      bulk.script.fails("p" + i, unknown);
    }

    Summary summary = bulk.run(o -> o.concurrency(64));

    assertThat(summary.end()).isEqualTo(Summary.End.STOPPED_MODEL);
    assertThat(bulk.script.requests).hasSize(1);
    assertThat(bulk.lines()).isEmpty();
  }

  @Test
  void failsOnlyTheRowWhoseOwnModelTheServerDoesNotHave() {
    bulk.input(
        "{\"custom_id\":\"own\",\"body\":{\"model\":\"other\",\"messages\":["
            + "{\"role\":\"user\",\"content\":\"x\"}]}}",
        Bulk.prompt("ok", "y"));
    bulk.script.fails("x", Script.withStatus(Fault.Kind.NOT_FOUND, 404, "model_not_found"));

    Summary summary = bulk.run(o -> o.concurrency(1));

    assertThat(summary.failures()).isEqualTo(Map.of("model_not_found", 1L));
    assertThat(bulk.result("own").at("/error/code").asString()).isEqualTo("model_not_found");
    assertThat(bulk.results().keySet()).containsExactlyInAnyOrder("own", "ok");
  }

  @Test
  void sendsAWrongKeyOnceAndWritesNoLine() {
    bulk.input(Bulk.prompts(200));
    for (int i = 0; i < 200; i++) {
      bulk.script.fails("p" + i, Fault.Kind.AUTHENTICATION);
    }

    Summary summary = bulk.run(o -> o.concurrency(64));

    assertThat(summary.end()).isEqualTo(Summary.End.STOPPED_AUTH);
    assertThat(bulk.script.requests).hasSize(1);
    assertThat(bulk.lines()).isEmpty();
    assertThat(summary.open()).isEqualTo(200);
  }

  @Test
  void stopsAtTheFifthConsecutiveRefusalAfterAnAnswer() {
    bulk.input(Bulk.prompts(50));
    for (int i = 1; i < 50; i++) {
      bulk.script.fails("p" + i, Fault.Kind.QUOTA_EXCEEDED);
    }

    Summary summary = bulk.run(o -> o.concurrency(1));

    assertThat(summary.end()).isEqualTo(Summary.End.STOPPED_QUOTA);
    assertThat(bulk.script.requests).hasSize(6);
    assertThat(bulk.results().keySet()).containsExactly("r0");
  }

  @Test
  void resendsARowWhoseAuthenticationFailedTemporarily() {
    bulk.input(Bulk.prompts(4));
    AtomicInteger refusals = new AtomicInteger();
    bulk.script.on(
        "p1",
        request ->
            refusals.getAndIncrement() < 2
                ? dev.synthlab.llm.Problems.failed(Fault.of(Fault.Kind.AUTHENTICATION, "hm"))
                : Script.answer("P1"));

    Summary summary = bulk.run(o -> o.concurrency(1));

    assertThat(summary.end()).isEqualTo(Summary.End.DONE);
    assertThat(bulk.results()).hasSize(4);
  }

  @Test
  void leavesEveryRowOpenWhenTheServerCannotBeReached() {
    bulk.input(Bulk.prompts(20));
    bulk.script.fails("p0", Fault.Kind.CONNECTION_FAILED);

    Summary summary = bulk.run();

    assertThat(summary.end()).isEqualTo(Summary.End.UNREACHABLE);
    assertThat(summary.open()).isEqualTo(20);
    assertThat(bulk.run().end()).isEqualTo(Summary.End.UNREACHABLE);
  }

  @Test
  void sendsOneCallAtATimeUntilTheFirstAnswer() throws Exception {
    bulk.input(Bulk.prompts(30));
    CountDownLatch first = new CountDownLatch(1);
    CountDownLatch eight = new CountDownLatch(8);
    CountDownLatch go = new CountDownLatch(1);
    for (int i = 0; i < 30; i++) {
      String answer = "P" + i;
      CountDownLatch gate = i == 0 ? first : go;
      bulk.script.on(
          "p" + i,
          request -> {
            eight.countDown();
            await(gate);
            return Script.answer(answer);
          });
    }
    BulkRun run = bulk.begin(o -> o.concurrency(7));
    CompletableFuture<Summary> summary = CompletableFuture.supplyAsync(run::run);

    while (bulk.script.requests.isEmpty()) {
      Thread.onSpinWait();
    }
    assertThat(bulk.script.requests).hasSize(1);
    first.countDown();
    await(eight);
    int inFlight = bulk.script.requests.size();
    go.countDown();

    assertThat(inFlight).isEqualTo(8);
    assertThat(summary.get().answered()).isEqualTo(30);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void drainsCallsInFlightOnStopAndResumes() throws Exception {
    bulk.input(Bulk.prompts(40));
    CountDownLatch go = new CountDownLatch(1);
    CountDownLatch reached = new CountDownLatch(5);
    for (int i = 10; i < 40; i++) {
      String answer = "P" + i;
      bulk.script.on(
          "p" + i,
          request -> {
            reached.countDown();
            await(go);
            return Script.answer(answer);
          });
    }
    BulkRun run = bulk.begin(o -> o.concurrency(5));
    CompletableFuture<Summary> summary = CompletableFuture.supplyAsync(run::run);
    await(reached);

    run.stop("SIGTERM");
    go.countDown();

    assertThat(summary.get().end()).isEqualTo(Summary.End.INTERRUPTED);
    assertThat(summary.get().reason()).isEqualTo("SIGTERM");
    assertThat(bulk.results()).hasSize(15);
    assertThat(bulk.run().end()).isEqualTo(Summary.End.DONE);
    assertThat(bulk.results()).hasSize(40);
    assertThat(bulk.script.prompts()).doesNotHaveDuplicates();
  }

  @Test
  void cancelsCallsAfterTheGracePeriodAndWritesNoLine() throws Exception {
    bulk.input(Bulk.prompts(3));
    CountDownLatch stuck = new CountDownLatch(1);
    bulk.script.on("p1", request -> untilInterrupted(stuck));
    BulkRun run = bulk.begin(o -> o.concurrency(1).grace(Duration.ofMillis(50)));
    CompletableFuture<Summary> summary = CompletableFuture.supplyAsync(run::run);
    await(stuck);

    run.stop("SIGINT");

    assertThat(summary.get().end()).isEqualTo(Summary.End.INTERRUPTED);
    assertThat(bulk.results().keySet()).containsExactly("r0");
  }

  private static dev.synthlab.llm.Outcome<dev.synthlab.llm.Completion> untilInterrupted(
      CountDownLatch begun) {
    begun.countDown();
    await(new CountDownLatch(1));
    return dev.synthlab.llm.Problems.failed(Fault.of(Fault.Kind.CANCELLED, "interrupted"));
  }

  @Test
  void stopsWhenNoAnswerComesWithinTheStallTime() {
    bulk.input(Bulk.prompts(3));
    bulk.script.on("p1", request -> untilInterrupted(new CountDownLatch(1)));

    Summary summary = bulk.run(o -> o.concurrency(1).stall(Duration.ofMillis(200)));

    assertThat(summary.end()).isEqualTo(Summary.End.STALLED);
    assertThat(summary.open()).isEqualTo(2);
  }

  @Test
  void stopsAtTheDeadlineOfTheRun() {
    bulk.input(Bulk.prompts(3));
    bulk.script.on("p1", request -> untilInterrupted(new CountDownLatch(1)));

    Summary summary =
        bulk.run(o -> o.concurrency(1).deadline(Duration.ofMillis(100)).grace(Duration.ZERO));

    assertThat(summary.end()).isEqualTo(Summary.End.DEADLINE);
  }

  @Test
  void rethrowsAnExceptionOfTheClientAndEndsTheRun() {
    bulk.input(Bulk.prompts(3));
    bulk.script.on(
        "p1",
        request -> {
          throw new IllegalStateException("no key");
        });

    assertThatExceptionOfType(IllegalStateException.class)
        .isThrownBy(() -> bulk.run(o -> o.concurrency(1)))
        .withMessage("no key");

    assertThat(bulk.results().keySet()).containsExactly("r0");
  }

  @Test
  void writesHostileTextAsOneValidLine() throws IOException {
    String hostile = "a\u0000b\u2028c\u2029d\u0085e\uD800f\r\ng\u001B[31m\"\\ \uDE00 \uD83D\uDE00";
    bulk.input(Bulk.prompt("../../synthlab-traversal", "h"));
    bulk.script.on("h", request -> Script.answer(hostile));

    bulk.run();

    byte[] bytes = Files.readAllBytes(bulk.out);
    String text = new String(bytes, StandardCharsets.UTF_8);
    assertThat(text.lines()).hasSize(1);
    assertThat(text).doesNotContain("\u2028", "\u2029", "\u0085", "\u0000", "\u001B");
    String read =
        bulk.result("../../synthlab-traversal")
            .at("/response/body/choices/0/message/content")
            .asString();
    assertThat(read)
        .isEqualTo("a\u0000b\u2028c\u2029d\u0085e\uFFFDf\r\ng\u001B[31m\"\\ \uFFFD \uD83D\uDE00");
    assertThat(directory.resolve("../synthlab-traversal")).doesNotExist();
  }

  @Test
  void recognisesIdsOfAnyFormOnTheNextRun() {
    bulk.input(
        "{\"custom_id\":\"\\ud800 lone\",\"prompt\":\"a\"}",
        "{\"custom_id\":\"tab\\tquote\\\"\",\"prompt\":\"b\"}",
        "{\"custom_id\":\"\\u00e9\\ud83d\\ude00\",\"prompt\":\"c\"}",
        "{\"custom\\u005fid\":\"escaped key\",\"prompt\":\"d\"}",
        "{\"id\":1.50,\"prompt\":\"e\"}",
        "{\"custom_id\":\"\",\"prompt\":\"f\"}");

    bulk.run();

    assertThat(bulk.results().keySet())
        .containsExactlyInAnyOrder(
            "\uFFFD lone", "tab\tquote\"", "é\uD83D\uDE00", "escaped key", "1.50", "");
    assertThat(bulk.run().upToDate()).isTrue();
    assertThat(bulk.script.requests).hasSize(6);
  }

  @Test
  void copiesTheOtherInputColumnsIntoFlatLines() {
    bulk.input(
        "{\"id\":\"a\",\"prompt\":\"x\",\"city\":\"Oslo\",\"n\":1.10,\"error\":\"mine\"}",
        "{\"id\":\"b\",\"prompt\":\"bad\",\"city\":\"Rome\"}");
    bulk.script.fails("bad", Fault.Kind.BAD_REQUEST);

    bulk.run(o -> o.format(BulkOptions.Format.JSONL));

    JsonNode a = bulk.result("a");
    assertThat(a.get("output").asString()).isEqualTo("X");
    assertThat(a.get("error").isNull()).isTrue();
    assertThat(a.get("city").asString()).isEqualTo("Oslo");
    assertThat(bulk.out).content().contains("\"n\":1.10,");
    assertThat(a.has("prompt")).isFalse();
    JsonNode b = bulk.result("b");
    assertThat(b.get("output").isNull()).isTrue();
    assertThat(b.at("/error/code").asString()).isEqualTo("bad_request");
    assertThat(bulk.run(o -> o.format(BulkOptions.Format.JSONL)).upToDate()).isTrue();
  }

  @Test
  void continuesWithAHigherLimit() {
    bulk.input(Bulk.prompts(10));

    Summary few = bulk.run(o -> o.limit(3));
    Summary more = bulk.run(o -> o.limit(5));

    assertThat(few.total()).isEqualTo(3);
    assertThat(few.end()).isEqualTo(Summary.End.DONE);
    assertThat(more.ended()).isEqualTo(2);
    assertThat(bulk.run().ended()).isEqualTo(5);
  }

  @Test
  void sortsTheOutputInInputOrder() throws IOException {
    bulk.input(Bulk.prompts(50));
    bulk.run(o -> o.limit(1));
    Files.writeString(bulk.in, Bulk.prompt("first", "f") + "\n" + Files.readString(bulk.in));

    bulk.run(o -> o.concurrency(8).ordered(true));

    List<String> ids =
        bulk.lines().stream().map(line -> line.path("custom_id").asString()).toList();
    assertThat(ids).startsWith("first", "r0", "r1").endsWith("r49").hasSize(51);
  }

  @Test
  void toleratesAsManyFailuresAsAllowed() {
    bulk.input(Bulk.prompts(10));
    bulk.script.fails("p3", Fault.Kind.BAD_REQUEST);

    assertThat(bulk.run(o -> o.failureTolerance(FailureTolerance.parse("0.1"))).end())
        .isEqualTo(Summary.End.DONE);
    assertThat(bulk.run(o -> o.failureTolerance(FailureTolerance.parse("0.09"))).end())
        .isEqualTo(Summary.End.SOME_FAILED);
    assertThat(bulk.run(o -> o.failureTolerance(FailureTolerance.parse("1"))).end())
        .isEqualTo(Summary.End.DONE);
  }

  @Test
  void readsAndWritesStreams() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    String in = Bulk.prompt("a", "x") + "\n" + Bulk.prompt("b", "y") + "\n";
    BulkOptions options =
        BulkOptions.builder(
                new BulkOptions.Source.Stream(
                    new ByteArrayInputStream(in.getBytes(StandardCharsets.UTF_8))),
                new BulkOptions.Target.Stream(out))
            .format(BulkOptions.Format.JSONL)
            .build();

    Summary summary =
        BulkRun.of(options, bulk.script, dev.synthlab.call.Timer.system(), bulk.notes::add).run();

    assertThat(summary.answered()).isEqualTo(2);
    List<String> outputs =
        out.toString(StandardCharsets.UTF_8)
            .lines()
            .map(line -> Json.mapper().readTree(line).path("output").asString())
            .toList();
    assertThat(outputs).containsExactlyInAnyOrder("X", "Y");
    assertThat(bulk.notes).anyMatch(note -> note.contains("cannot be resumed"));
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void removesWidePermissionsFromExistingFiles() throws IOException {
    bulk.input(Bulk.prompts(3));
    bulk.script.fails("p1", Fault.Kind.BAD_REQUEST);
    bulk.run(o -> o.limit(2));
    List<Path> files =
        List.of(
            bulk.out,
            bulk.errors(),
            bulk.beside("out.jsonl.job.json"),
            bulk.beside(".out.jsonl.lock"));
    for (Path file : files) {
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-rw-"));
    }

    bulk.run();

    for (Path file : files) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
          .as(file.toString())
          .isEqualTo("rw-------");
    }
  }

  @Test
  void refusesLinksInPlaceOfItsOtherFiles() throws IOException {
    bulk.input(Bulk.prompt("a", "x"));
    Path victim = Files.writeString(directory.resolve("victim"), "precious");
    Path missing = directory.resolve("missing");

    for (String name :
        List.of(
            ".out.jsonl.lock",
            "out.jsonl.job.json",
            "out.jsonl.errors.jsonl",
            "out.jsonl.bad",
            ".out.jsonl.stdin")) {
      for (Path target : List.of(victim, missing)) {
        Path link = Files.createSymbolicLink(bulk.beside(name), target);
        assertThatExceptionOfType(BatchException.class)
            .as(name)
            .isThrownBy(bulk::run)
            .withMessageContaining("cannot write " + link + ": it is a symbolic link");
        Files.delete(link);
      }
      Path hard = Files.createLink(bulk.beside(name), victim);
      assertThatExceptionOfType(BatchException.class)
          .as(name)
          .isThrownBy(bulk::run)
          .withMessageContaining("cannot write " + hard + ": it has 2 names");
      Files.delete(hard);
    }

    assertThat(victim).hasContent("precious");
    assertThat(missing).doesNotExist();
    assertThat(bulk.script.requests).isEmpty();
  }

  @Test
  void replacesALinkNamedLikeATemporaryFile() throws IOException {
    bulk.input(Bulk.prompt("a", "bad"));
    bulk.script.fails("bad", Fault.Kind.BAD_REQUEST);
    Path victim = Files.writeString(directory.resolve("victim"), "precious");
    for (String name :
        List.of(
            ".out.jsonl.tmp",
            ".out.jsonl.job.json.tmp",
            ".out.jsonl.errors.jsonl.tmp",
            "..out.jsonl.stdin.tmp")) {
      Files.createSymbolicLink(bulk.beside(name), victim);
    }

    bulk.run();

    assertThat(victim).hasContent("precious");
    assertThat(bulk.errors()).isRegularFile();
  }

  @Test
  void makesEveryFileReadableByItsOwnerOnly() throws IOException {
    bulk.input(Bulk.prompt("a", "bad"));
    bulk.script.fails("bad", Fault.Kind.BAD_REQUEST);

    bulk.run();

    for (Path file :
        List.of(
            bulk.out,
            bulk.errors(),
            bulk.beside("out.jsonl.job.json"),
            bulk.beside(".out.jsonl.lock"))) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
          .as(file.toString())
          .isEqualTo("rw-------");
    }
  }

  @Test
  void recordsARowThatCannotBecomeARequestAsFailedAndRunsTheOthers() {
    bulk.input(Bulk.prompt("a", "one"), Bulk.prompt("deep", "deep"), Bulk.prompt("b", "two"));
    bulk.script.on(
        "deep",
        request -> {
          throw new StreamConstraintsException("Document nesting depth (1001) exceeds");
        });

    Summary summary = bulk.run();

    assertThat(summary.end()).isEqualTo(Summary.End.SOME_FAILED);
    assertThat(summary.answered()).isEqualTo(2);
    assertThat(bulk.result("deep").at("/error/code").asString()).isEqualTo("invalid_line");
    assertThat(bulk.result("deep").at("/error/message").asString()).contains("line 2", "depth");
    assertThat(summary.transientFailures()).isZero();
  }

  @Test
  void recordsTheTextOfAnAnswerThatCannotBeWritten() {
    Row.Ready row = new Row.Ready(new Row.Key(0, "a", 1, 7), Map.of(), Map.of());
    OutputLine lines = new OutputLine(BulkOptions.Format.OPENAI, "run");

    byte[] line =
        lines.unwritable(
            row,
            ((Outcome.Answered<Completion>) Script.answer("paid")).value(),
            new IllegalStateException("why"));

    JsonNode told = Json.mapper().readTree(line);
    assertThat(told.at("/error/code").asString()).isEqualTo("answer_unwritable");
    assertThat(told.at("/synthlab/partial").asString()).isEqualTo("paid");
    assertThat(told.at("/synthlab/hash").asString()).isNotEmpty();
  }

  @Test
  void cancelsWaitingCallsImmediatelyOnStop() throws Exception {
    bulk.input(Bulk.prompts(1));
    CountDownLatch waits = new CountDownLatch(1);
    BulkRun.RowClient held =
        new BulkRun.RowClient() {
          @Override
          public Outcome<Completion> call(CompletionRequest request) {
            waits.countDown();
            try {
              new CountDownLatch(1).await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
            return Problems.failed(Fault.of(Fault.Kind.CANCELLED, "ended"));
          }

          @Override
          public void interruptIfWaiting(Thread thread) {
            thread.interrupt();
          }
        };
    BulkOptions options = BulkOptions.builder(bulk.in, bulk.out).grace(Duration.ofDays(1)).build();
    BulkRun run = BulkRun.of(options, held, dev.synthlab.call.Timer.system(), bulk.notes::add);
    CompletableFuture<Summary> ended = CompletableFuture.supplyAsync(run::run);
    waits.await();

    run.stop("enough");

    Summary summary = ended.get(30, TimeUnit.SECONDS);
    assertThat(summary.end()).isEqualTo(Summary.End.INTERRUPTED);
    assertThat(summary.open()).isEqualTo(1);
  }

  @Test
  void stopsWhileReadingAStreamAndLeavesTheOldCopyUnchanged() throws Exception {
    CountDownLatch read = new CountDownLatch(1);
    InputStream silent =
        new InputStream() {
          @Override
          public int read() throws IOException {
            read.countDown();
            try {
              new CountDownLatch(1).await();
            } catch (InterruptedException e) {
              throw new InterruptedIOException();
            }
            return -1;
          }
        };
    Path old = Files.writeString(bulk.beside(".out.jsonl.stdin"), "the old rows");
    BulkOptions options =
        BulkOptions.builder(
                new BulkOptions.Source.Stream(silent), new BulkOptions.Target.File(bulk.out))
            .build();
    BulkRun run =
        BulkRun.of(options, bulk.script, dev.synthlab.call.Timer.system(), bulk.notes::add);
    CompletableFuture<Summary> ended = CompletableFuture.supplyAsync(run::run);
    read.await();

    run.stop("enough");

    Summary summary = ended.get(30, TimeUnit.SECONDS);
    assertThat(summary.end()).isEqualTo(Summary.End.INTERRUPTED);
    assertThat(summary.reason()).contains("enough", "nothing was sent");
    assertThat(bulk.script.requests).isEmpty();
    assertThat(old).hasContent("the old rows");
  }

  @Test
  void refusesAnAuxiliaryFileOfTheOutputAsInput() throws IOException {
    for (String name :
        List.of(".out.jsonl.stdin", "out.jsonl.job.json", ".out.jsonl.lock", ".out.jsonl.tmp")) {
      Path own = Files.writeString(bulk.beside(name), Bulk.prompt("a", "x"));
      BulkOptions options = BulkOptions.builder(own, bulk.out).build();
      BulkRun run =
          BulkRun.of(options, bulk.script, dev.synthlab.call.Timer.system(), bulk.notes::add);

      assertThatExceptionOfType(BatchException.class)
          .as(name)
          .isThrownBy(run::run)
          .matches(refused -> refused.kind() == BatchException.Kind.OUTPUT_IS_INPUT)
          .withMessageContaining("copy the file");

      assertThat(own).exists();
      Files.delete(own);
    }
  }

  @Test
  void stopsAtTheFirstFailureOfAClosedStream() {
    bulk.input(Bulk.prompts(50));
    OutputStream closed =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException("Broken pipe");
          }
        };
    BulkOptions options =
        BulkOptions.builder(
                new BulkOptions.Source.File(bulk.in), new BulkOptions.Target.Stream(closed))
            .build();

    Summary summary =
        BulkRun.of(options, bulk.script, dev.synthlab.call.Timer.system(), bulk.notes::add).run();

    assertThat(summary.end()).isEqualTo(Summary.End.OUTPUT_CLOSED);
    assertThat(summary.unsaved()).isEqualTo(1);
    assertThat(bulk.script.requests).hasSize(1);
  }
}
