package dev.synthlab.llm;

import static dev.synthlab.test.Replies.chunk;
import static dev.synthlab.test.Replies.delta;
import static org.assertj.core.api.Assertions.assertThat;

import dev.synthlab.call.CallException;
import dev.synthlab.test.Replies;
import dev.synthlab.test.ScriptedServer.Reply;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whoever no longer wants an answer closes its socket: the server hears of it within a second. */
@Timeout(20)
class CancelTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  private static Reply firstTextThenSilence() {
    return (socket, out) -> {
      out.write(
          ("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n"
                  + "transfer-encoding: chunked\r\n\r\n")
              .getBytes(StandardCharsets.US_ASCII));
      chunk(out, "data: " + delta("Once") + "\n\n");
      return Replies.awaitClose(socket);
    };
  }

  private static Reply reply(String name) {
    return name.equals("headers") ? Replies.silence() : Replies.stall("{\"choices\":");
  }

  private static Thread.Builder threads(String kind) {
    return kind.equals("virtual") ? Thread.ofVirtual() : Thread.ofPlatform();
  }

  @ParameterizedTest
  @CsvSource({"virtual, headers", "virtual, body", "platform, headers", "platform, body"})
  void closesTheSocketWhenTheThreadIsInterrupted(String kind, String during) throws Exception {
    try (ClientFixture rig = ClientFixture.inTurn(reply(during))) {
      LlmClient client = rig.client();
      CompletableFuture<Outcome<Completion>> outcome = new CompletableFuture<>();
      Thread caller =
          threads(kind)
              .start(() -> outcome.complete(client.askOutcome(CompletionRequest.of("hi"))));
      rig.awaitRequests(1);

      caller.interrupt();

      assertThat(rig.untilClosed()).isLessThan(SECOND);
      assertThat(((Outcome.Failed<Completion>) outcome.get()).exception())
          .isInstanceOf(CallException.Cancelled.class);
      assertThat(rig.requests()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"headers", "body"})
  void closesTheSocketWhenTheFutureIsCancelled(String during) {
    try (ClientFixture rig = ClientFixture.inTurn(reply(during))) {
      CompletableFuture<Completion> future = rig.client().askAsync(CompletionRequest.of("hi"));
      rig.awaitRequests(1);

      future.cancel(true);

      assertThat(rig.untilClosed()).isLessThan(SECOND);
      assertThat(future).isCancelled();
      assertThat(rig.requests()).isEqualTo(1);
    }
  }

  @Test
  void closesTheSocketWhenAStreamIsClosed() {
    try (ClientFixture rig = ClientFixture.inTurn(firstTextThenSilence())) {
      TextStream stream = rig.client().stream("hi");
      assertThat(stream.iterator().next()).isEqualTo("Once");

      stream.close();

      assertThat(rig.untilClosed()).isLessThan(SECOND);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"virtual", "platform"})
  void closesTheSocketWhenAnotherThreadClosesAStreamThatIsBeingRead(String kind) throws Exception {
    try (ClientFixture rig = ClientFixture.inTurn(firstTextThenSilence())) {
      TextStream stream = rig.client().stream("hi");
      CountDownLatch reading = new CountDownLatch(1);
      CompletableFuture<Throwable> end = new CompletableFuture<>();
      threads(kind)
          .start(
              () -> {
                try {
                  stream.forEach(delta -> reading.countDown());
                  end.complete(new AssertionError("the stream has no end"));
                } catch (CallException e) {
                  end.complete(e);
                }
              });
      reading.await();

      stream.close();

      assertThat(rig.untilClosed()).isLessThan(SECOND);
      assertThat(end.get()).isInstanceOf(CallException.StreamInterrupted.class);
    }
  }
}
