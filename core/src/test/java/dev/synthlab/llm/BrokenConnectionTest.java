package dev.synthlab.llm;

import static dev.synthlab.test.Replies.chat;
import static dev.synthlab.test.Replies.chunk;
import static dev.synthlab.test.Replies.delta;
import static dev.synthlab.test.Replies.hangUp;
import static dev.synthlab.test.Replies.reset;
import static dev.synthlab.test.Replies.silence;
import static dev.synthlab.test.Replies.stall;
import static dev.synthlab.test.Replies.truncated;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.synthlab.call.CallException;
import dev.synthlab.call.Timer;
import dev.synthlab.call.TrafficControl;
import dev.synthlab.config.Environment;
import dev.synthlab.config.Settings;
import dev.synthlab.http.OkHttpTransport;
import dev.synthlab.test.ManualTimer;
import dev.synthlab.test.Replies;
import dev.synthlab.test.ScriptedServer;
import dev.synthlab.test.ScriptedServer.Reply;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(20)
class BrokenConnectionTest {
  private static final Duration TIMEOUT = Duration.ofMillis(400);

  private final ManualTimer timer = ManualTimer.forSockets();
  private final OkHttpTransport transport = new OkHttpTransport();
  private ScriptedServer server = ScriptedServer.inTurn(chat("unused"));

  @AfterEach
  void close() {
    server.close();
    transport.close();
  }

  private LlmClient client(Reply... replies) {
    server.close();
    server = ScriptedServer.inTurn(replies);
    return client(server.base().toString());
  }

  private LlmClient client(String base) {
    return client(base, timer);
  }

  private LlmClient client(String base, Timer time) {
    Map<String, String> env =
        Map.of(
            "OPENAI_BASE_URL",
            base,
            "SYNTHLAB_TIMEOUT",
            TIMEOUT.toMillis() + "ms",
            "SYNTHLAB_LLM_MAX_ATTEMPTS",
            "3");
    return LlmClient.builder()
        .settings(Settings.from(Environment.of(env)).llm())
        .transport(transport)
        .timer(time)
        .traffic(TrafficControl.by(time, TrafficControl.RouteLimits.DEFAULT))
        .build();
  }

  private static Reply drip() {
    return (socket, out) -> {
      out.write(
          "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n"
              .getBytes(StandardCharsets.US_ASCII));
      CountDownLatch never = new CountDownLatch(1);
      for (int i = 0; i < 1000; i++) {
        out.write(' ');
        out.flush();
        if (never.await(50, java.util.concurrent.TimeUnit.MILLISECONDS)) {
          return false;
        }
      }
      return true;
    };
  }

  private static Reply fault(String name) {
    return switch (name) {
      case "reset" -> reset();
      case "hang up" -> hangUp();
      case "silence" -> silence();
      case "stall" -> stall("{\"choices\":");
      case "truncated" -> truncated("{\"choices\":");
      case "drip" -> drip();
      case "not http" ->
          (socket, out) -> {
            out.write("220 smtp ready\r\n".getBytes(StandardCharsets.US_ASCII));
            return false;
          };
      case "corrupt gzip" ->
          Replies.bytes(200, "application/json", new byte[] {1, 2, 3}, "content-encoding", "gzip");
      default -> throw new IllegalArgumentException(name);
    };
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "reset",
        "hang up",
        "silence",
        "stall",
        "truncated",
        "drip",
        "not http",
        "corrupt gzip"
      })
  void retriesAndReturnsTheAnswer(String name) {
    String text = client(fault(name), chat("hello")).complete("hi");

    assertThat(text).isEqualTo("hello");
    assertThat(server.seen()).hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"silence", "stall", "drip"})
  void limitsEveryAttemptByItsTotalTime(String name) {
    LlmClient client = client(fault(name));
    long begin = System.nanoTime();

    assertThatExceptionOfType(CallException.DeadlineExceeded.class)
        .isThrownBy(() -> client.complete("hi"));

    Duration took = Duration.ofNanos(System.nanoTime() - begin);
    assertThat(took).isBetween(TIMEOUT.multipliedBy(3), TIMEOUT.multipliedBy(3).plusSeconds(2));
    assertThat(server.seen()).hasSize(3);
  }

  @Test
  void failsAStreamThatFallsSilent() {
    Reply silentAfterText =
        (socket, out) -> {
          out.write(
              "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
                  .getBytes(StandardCharsets.US_ASCII));
          chunk(out, "data: " + delta("Once") + "\n\n");
          return Replies.awaitClose(socket);
        };
    LlmClient client = client(silentAfterText);

    try (TextStream stream = client.stream("hi")) {
      assertThatExceptionOfType(CallException.StreamInterrupted.class)
          .isThrownBy(() -> stream.forEach(delta -> {}))
          .withMessageContaining("silent")
          .satisfies(e -> assertThat(e.partial()).contains("Once"));
    }
  }

  @Test
  void failsAStreamThatIsTooSlow() {
    Reply dripping =
        (socket, out) -> {
          out.write(
              "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
                  .getBytes(StandardCharsets.US_ASCII));
          chunk(out, "data: " + delta("Once") + "\n\n");
          CountDownLatch never = new CountDownLatch(1);
          for (int i = 0; i < 200; i++) {
            chunk(out, ":");
            if (never.await(150, java.util.concurrent.TimeUnit.MILLISECONDS)) {
              return false;
            }
          }
          return true;
        };
    server.close();
    server = ScriptedServer.inTurn(dripping);
    LlmClient client = client(server.base().toString(), Timer.system());

    try (TextStream stream = client.stream("hi")) {
      assertThatExceptionOfType(CallException.StreamInterrupted.class)
          .isThrownBy(() -> stream.forEach(delta -> {}))
          .satisfies(e -> assertThat(e.partial()).contains("Once"));
    }
  }

  @Test
  void reportsHostAndPortIfTheConnectionIsRefused() throws IOException {
    int port;
    try (ServerSocket once = new ServerSocket(0)) {
      port = once.getLocalPort();
    }
    LlmClient client = client("http://127.0.0.1:" + port + "/v1");

    assertThatExceptionOfType(CallException.ConnectionFailed.class)
        .isThrownBy(() -> client.complete("hi"))
        .withMessageContaining("127.0.0.1:" + port)
        .satisfies(e -> assertThat(e.attempts()).hasSize(3));
  }

  @Test
  void reportsAHostThatDoesNotExist() {
    LlmClient client = client("http://no-such-host.invalid/v1");

    assertThatExceptionOfType(CallException.ConnectionFailed.class)
        .isThrownBy(() -> client.complete("hi"))
        .withMessageContaining("no-such-host.invalid");
  }

  @Test
  void retriesAtOnceWhenAnIdleConnectionWasClosed() {
    Reply chatAndClose =
        (socket, out) -> {
          chat("first").write(socket, out);
          return false; // the header said nothing of it
        };
    LlmClient client = client(chatAndClose, chat("second"));
    client.complete("one");

    String text = client.complete("two");

    assertThat(text).isEqualTo("second");
    assertThat(timer.pauses()).allMatch(Duration.ZERO::equals);
  }

  @Test
  void closesTheSocketWithinASecondOfAnInterrupt() throws InterruptedException {
    LlmClient client = client(silence());
    Thread caller =
        Thread.ofPlatform()
            .start(
                () -> {
                  Outcome<Completion> ignored = client.askOutcome(CompletionRequest.of("hi"));
                });
    while (server.seen().isEmpty()) {
      Thread.onSpinWait();
    }

    long begin = System.nanoTime();
    caller.interrupt();
    while (server.openConnections() > 0) {
      Thread.onSpinWait();
    }

    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(1));
  }

  @Test
  void closesTheSocketWhenAStreamIsClosedEarly() {
    Reply endless =
        (socket, out) -> {
          out.write(
              "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
                  .getBytes(StandardCharsets.US_ASCII));
          chunk(out, "data: " + delta("Once") + "\n\n");
          return Replies.awaitClose(socket);
        };
    LlmClient client = client(endless);
    TextStream stream = client.stream("hi");
    assertThat(stream.iterator().next()).isEqualTo("Once");

    long begin = System.nanoTime();
    stream.close();
    while (server.openConnections() > 0) {
      Thread.onSpinWait();
    }

    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(1));
  }

  @Test
  void refusesAnAnswerThatIsTooLarge() throws IOException {
    ByteArrayOutputStream bomb = new ByteArrayOutputStream();
    try (GZIPOutputStream zip = new GZIPOutputStream(bomb)) {
      byte[] zeros = new byte[1024 * 1024];
      for (int i = 0; i < 50; i++) {
        zip.write(zeros);
      }
    }
    LlmClient client =
        client(
            Replies.bytes(200, "application/json", bomb.toByteArray(), "content-encoding", "gzip"));

    assertThatExceptionOfType(CallException.ResponseTooLarge.class)
        .isThrownBy(() -> client.complete("hi"));
    assertThat(server.seen()).hasSize(1);
  }

  @Test
  void refusesJsonThatIsNestedTooDeep() {
    LlmClient client =
        client(
            Replies.json(200, "{\"choices\":" + "[".repeat(200_000) + "]".repeat(200_000) + "}"));

    assertThatExceptionOfType(CallException.MalformedResponse.class)
        .isThrownBy(() -> client.complete("hi"));
  }

  @Test
  void followsNoRedirect() {
    ScriptedServer elsewhere = ScriptedServer.inTurn(chat("stolen"));
    LlmClient client =
        client(Replies.json(307, "{}", "location", elsewhere.base() + "/chat/completions"));

    assertThatExceptionOfType(CallException.Redirected.class)
        .isThrownBy(() -> client.complete("hi"))
        .withMessageContaining("http://127.0.0.1");
    assertThat(elsewhere.seen()).isEmpty();
    elsewhere.close();
  }
}
