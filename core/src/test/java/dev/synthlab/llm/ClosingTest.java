package dev.synthlab.llm;

import static dev.synthlab.test.Replies.chat;
import static dev.synthlab.test.Replies.error;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.synthlab.Synthlab;
import dev.synthlab.call.CallException;
import dev.synthlab.call.CallReport;
import dev.synthlab.config.Secret;
import dev.synthlab.config.Settings;
import dev.synthlab.test.Replies;
import dev.synthlab.test.ScriptedServer;
import dev.synthlab.test.ScriptedServer.Reply;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The end of a client, over real sockets. */
@Timeout(60)
class ClosingTest {
  private static final Secret KEY = Secret.of("sk-closing-0123456789");
  private static final Duration LONG = Duration.ofSeconds(30);

  private final CountDownLatch release = new CountDownLatch(1);
  private final List<CallReport> reports = new CopyOnWriteArrayList<>();
  private ScriptedServer server = ScriptedServer.inTurn(chat("hello"));

  @AfterEach
  void close() {
    release.countDown();
    server.close();
  }

  private LlmClient client(ScriptedServer to) {
    server.close();
    server = to;
    return LlmClient.builder()
        .apiKey(KEY)
        .baseUrl(to.base().toString())
        .addObserver(reports::add)
        .build();
  }

  /** Answers when the test says so. */
  private Reply held(String text) {
    return (socket, out) -> {
      release.await();
      return chat(text).write(socket, out);
    };
  }

  private static void awaitRequests(ScriptedServer server, int count) {
    while (server.seen().size() < count) {
      Thread.onSpinWait();
    }
  }

  @Test
  void cancelsCallsInFlightAndSendsNothingAfterwards() {
    LlmClient client = client(ScriptedServer.inTurn(Replies.silence()));
    List<CompletableFuture<Outcome<Completion>>> calls =
        Stream.generate(() -> client.async(llm -> llm.askOutcome(CompletionRequest.of("hi"))))
            .limit(50)
            .toList();
    awaitRequests(server, 50);

    client.close();

    assertThat(calls)
        .allSatisfy(
            call ->
                assertThatExceptionOfType(CallException.Cancelled.class)
                    .isThrownBy(() -> call.join().get())
                    .withMessageContaining("its LlmClient was closed"));
    assertThat(server.seen()).hasSize(50);
    assertThat(reports).hasSize(50);
  }

  @Test
  void cancelsACallOfAPlatformThreadAndLeavesNoInterrupt() throws Exception {
    LlmClient client = client(ScriptedServer.inTurn(Replies.silence()));
    ExecutorService pool = Executors.newSingleThreadExecutor();
    try {
      var call =
          pool.submit(
              () -> {
                Outcome<Completion> outcome = client.askOutcome(CompletionRequest.of("hi"));
                return outcome instanceof Outcome.Failed<Completion> failed
                    && failed.exception() instanceof CallException.Cancelled
                    && !Thread.currentThread().isInterrupted();
              });
      awaitRequests(server, 1);

      client.close();

      assertThat(call.get(10, TimeUnit.SECONDS)).isTrue();
    } finally {
      pool.shutdownNow();
    }
  }

  @Test
  void cancelsTheWaitBeforeTheNextAttempt() {
    LlmClient client = client(ScriptedServer.inTurn(error(429, "slow", "x", "retry-after", "30")));
    var call = client.async(llm -> llm.askOutcome(CompletionRequest.of("hi")));
    awaitRequests(server, 1);
    while (reports.isEmpty() && !call.isDone()) {
      client.close();
    }

    assertThatExceptionOfType(CallException.Cancelled.class).isThrownBy(() -> call.join().get());
    assertThat(server.seen()).hasSize(1);
  }

  @Test
  void endsAnOpenStreamAsCancelled() {
    Reply beginning =
        (socket, out) -> {
          out.write(
              "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
                  .getBytes(StandardCharsets.US_ASCII));
          Replies.chunk(out, "data: " + Replies.delta("Once") + "\n\n");
          return Replies.awaitClose(socket);
        };
    LlmClient client = client(ScriptedServer.inTurn(beginning));
    TextStream stream = client.stream("hi");
    Iterator<String> texts = stream.iterator();
    assertThat(texts.next()).isEqualTo("Once");

    client.close();

    assertThatExceptionOfType(CallException.Cancelled.class).isThrownBy(texts::hasNext);
    assertThat(reports).singleElement().satisfies(report -> assertThat(report.fault()).isPresent());
    assertThat(server.seen()).hasSize(1);
  }

  @Test
  void makesNoCallAfterItsEnd() {
    LlmClient client = client(ScriptedServer.inTurn(chat("hello")));
    client.close();
    client.close();

    assertThatIllegalStateException()
        .isThrownBy(() -> client.complete("hi"))
        .withMessageContaining("closed");
    assertThatIllegalStateException().isThrownBy(() -> client.stream("hi"));
    assertThatIllegalStateException().isThrownBy(() -> client.embed("hi"));
    assertThatIllegalStateException().isThrownBy(() -> client.complete("hi", Integer.class));
    assertThatExceptionOfType(CallException.Cancelled.class)
        .isThrownBy(() -> client.askOutcome(CompletionRequest.of("hi")).get());
    assertThat(client.askAll(List.of(CompletionRequest.of("a"), CompletionRequest.of("b"))))
        .allSatisfy(outcome -> assertThat(outcome).isInstanceOf(Outcome.Failed.class));
    assertThat(server.seen()).isEmpty();
  }

  @Test
  void waitsForCallsInFlightAsLongAsTheGrace() {
    LlmClient client = client(ScriptedServer.inTurn(held("whole")));
    var call = client.askAsync(CompletionRequest.of("hi"));
    awaitRequests(server, 1);
    var end =
        CompletableFuture.supplyAsync(() -> client.shutdown(LONG), Thread::startVirtualThread);
    awaitClosing(client);

    release.countDown();

    assertThat(end.join()).isTrue();
    assertThat(call.join().text()).isEqualTo("whole");
  }

  @Test
  void cancelsWhatIsInFlightAfterTheGrace() {
    LlmClient client = client(ScriptedServer.inTurn(Replies.silence()));
    var call = client.async(llm -> llm.askOutcome(CompletionRequest.of("hi")));
    awaitRequests(server, 1);

    assertThat(client.shutdown(Duration.ofMillis(50))).isFalse();

    assertThatExceptionOfType(CallException.Cancelled.class).isThrownBy(() -> call.join().get());
  }

  @Test
  void finishesRetriesWithinTheGrace() {
    LlmClient client =
        client(ScriptedServer.inTurn(heldError(), error(500, "x", "x"), chat("third time")));
    var call = client.askAsync(CompletionRequest.of("hi"));
    awaitRequests(server, 1);
    var end =
        CompletableFuture.supplyAsync(() -> client.shutdown(LONG), Thread::startVirtualThread);
    awaitClosing(client);

    release.countDown();

    assertThat(call.join().text()).isEqualTo("third time");
    assertThat(end.join()).isTrue();
  }

  private Reply heldError() {
    return (socket, out) -> {
      release.await();
      return error(500, "x", "x").write(socket, out);
    };
  }

  @Test
  void finishesRoundsOfToolsAndTheirOwnCallsWithinTheGrace() {
    String toolCall =
        "{\"choices\":[{\"message\":{\"role\":\"assistant\",\"tool_calls\":[{\"id\":\"1\",\"type\":"
            + "\"function\",\"function\":{\"name\":\"look\",\"arguments\":\"{}\"}}]},"
            + "\"finish_reason\":\"tool_calls\"}]}";
    LlmClient client =
        client(
            ScriptedServer.inTurn(Replies.json(200, toolCall), chat("from the tool"), chat("all")));
    CountDownLatch inTool = new CountDownLatch(1);
    Tool look =
        Tool.of(
            "look",
            Look.class,
            arguments -> {
              inTool.countDown();
              awaitClosing(client);
              return client.complete("a call of the tool");
            });
    var call = client.askAsync(CompletionRequest.of("hi").withTools(look));
    awaitLatch(inTool);

    assertThat(client.shutdown(LONG)).isTrue();

    assertThat(call.join().text()).isEqualTo("all");
    assertThat(server.seen()).hasSize(3);
  }

  /** A tool takes no arguments. */
  record Look() {}

  private static void awaitLatch(CountDownLatch latch) {
    try {
      assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Waits until a new call is refused; the thread may be within a call. */
  private static void awaitClosing(LlmClient client) {
    CompletableFuture.runAsync(
            () -> {
              while (true) {
                try {
                  client.calls().active().requireOpen();
                  Thread.onSpinWait();
                } catch (IllegalStateException closing) {
                  return;
                }
              }
            },
            Thread::startVirtualThread)
        .join();
  }

  @Test
  void canBeClosedByAnObserverOfItsOwnCalls() {
    server.close();
    server = ScriptedServer.inTurn(chat("hello"));
    AtomicReference<LlmClient> self = new AtomicReference<>();
    LlmClient client =
        LlmClient.builder()
            .apiKey(KEY)
            .baseUrl(server.base().toString())
            .addObserver(report -> self.get().close())
            .build();
    self.set(client);

    assertThat(client.complete("hi")).isEqualTo("hello");
    assertThatIllegalStateException().isThrownBy(() -> client.complete("hi"));
  }

  @Test
  void leavesTheCallsAndConnectionsOfClientsMadeFromIt() {
    LlmClient first = client(ScriptedServer.inTurn(chat("hello")));
    LlmClient second = first.toBuilder().model("other").build();
    first.close();

    assertThat(second.complete("hi")).isEqualTo("hello");

    second.close();
    assertThatIllegalStateException().isThrownBy(() -> second.complete("hi"));
    assertThatIllegalStateException().isThrownBy(() -> first.toBuilder().build());
  }

  @Test
  void isBorrowedFromASynthlabWhoseEndEndsItsCalls() {
    ScriptedServer silent = ScriptedServer.inTurn(chat("hello"), Replies.silence());
    server.close();
    server = silent;
    Settings settings = Settings.builder().apiKey(KEY).baseUrl(silent.base().toString()).build();
    Synthlab lab = Synthlab.builder().settings(settings).addObserver(reports::add).build();
    lab.llm().close();
    assertThat(lab.llm().complete("hi")).isEqualTo("hello");
    var call = lab.llm().async(llm -> llm.askOutcome(CompletionRequest.of("hi")));
    awaitRequests(silent, 2);

    lab.close();

    assertThatExceptionOfType(CallException.Cancelled.class).isThrownBy(() -> call.join().get());
    assertThatIllegalStateException().isThrownBy(() -> lab.llm().complete("hi"));
    assertThat(silent.seen()).hasSize(2);
    assertThat(reports).hasSize(2);
  }

  @Test
  void leavesNoThreadAndNoConnectionAfterManyClients() {
    ScriptedServer to = ScriptedServer.inTurn(chat("hello"));
    server.close();
    server = to;
    for (int i = 0; i < 1_000; i++) {
      try (LlmClient client =
          LlmClient.builder().apiKey(KEY).baseUrl(to.base().toString()).build()) {
        if (i % 100 == 0) {
          client.complete("hi");
        }
      }
    }

    assertThat(Thread.getAllStackTraces().keySet())
        .filteredOn(thread -> !thread.isDaemon() && thread.getName().contains("OkHttp"))
        .isEmpty();
    assertThat(Thread.getAllStackTraces().keySet())
        .filteredOn(thread -> thread.getName().contains("OkHttp"))
        .hasSizeLessThan(5);
  }
}
