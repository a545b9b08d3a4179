package dev.synthlab.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.openai.core.RequestOptions;
import com.openai.core.http.AsyncStreamResponse;
import com.openai.core.http.HttpClient;
import com.openai.core.http.HttpMethod;
import com.openai.core.http.HttpRequest;
import com.openai.core.http.StreamResponse;
import com.openai.models.chat.completions.ChatCompletionChunk;
import dev.synthlab.test.Replies;
import dev.synthlab.test.ScriptedServer;
import dev.synthlab.test.ScriptedServer.Reply;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whoever cancels or closes, the socket is closed and nothing stays held. */
@Timeout(20)
class CarriedCancellationTest {

  /** A stream that has begun and does not end before the client closes the connection. */
  private static Reply openStream() {
    return (socket, out) -> {
      begin(out);
      return Replies.awaitClose(socket);
    };
  }

  private static void begin(OutputStream out) throws IOException {
    String head =
        "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";
    out.write(head.getBytes(StandardCharsets.US_ASCII));
    Replies.chunk(out, "data: " + Replies.delta("Os") + "\n\n");
  }

  private static HttpRequest request(Lab lab) {
    return HttpRequest.builder()
        .method(HttpMethod.GET)
        .baseUrl(lab.synthlab.settings().llm().baseUrl().toString())
        .addPathSegments("files", "file-1", "content")
        .build();
  }

  private static HttpClient http(Lab lab) {
    return SynthlabOpenAi.options(lab.synthlab).build().httpClient();
  }

  @Test
  void closesTheSocketIfTheFutureIsCancelled() throws Exception {
    CountDownLatch arrived = new CountDownLatch(1);
    try (ScriptedServer server =
            ScriptedServer.start(
                (request, number) -> {
                  arrived.countDown();
                  return Replies.silence();
                });
        Lab lab = Lab.of(server)) {
      CompletableFuture<?> answer = http(lab).executeAsync(request(lab), RequestOptions.none());
      arrived.await();

      answer.cancel(true);

      CarriedTransfersTest.awaitClientCloses(server);
      assertThat(server.seen()).hasSize(1);
    }
  }

  @Test
  void closesTheSocketIfTheFutureOfAServiceIsCancelled() throws Exception {
    CountDownLatch arrived = new CountDownLatch(1);
    try (ScriptedServer server =
            ScriptedServer.start(
                (request, number) -> {
                  arrived.countDown();
                  return Replies.silence();
                });
        Lab lab = Lab.of(server)) {
      CompletableFuture<?> answer =
          lab.client.async().chat().completions().create(Calls.question());
      arrived.await();

      answer.cancel(true);

      CarriedTransfersTest.awaitClientCloses(server);
      assertThat(server.seen()).hasSize(1);
    }
  }

  @Test
  void closesTheSocketOfAResponseThatNobodyGetsAnyMore() throws Exception {
    CountDownLatch waiting = new CountDownLatch(1);
    try (ScriptedServer server =
            ScriptedServer.start(
                (request, number) -> {
                  waiting.await();
                  return openStream();
                });
        Lab lab = Lab.of(server)) {
      CountDownLatch begun = new CountDownLatch(1);
      CountDownLatch cancelled = new CountDownLatch(1);
      CompletableFuture<Void> reading =
          http(lab)
              .executeAsync(request(lab), RequestOptions.none())
              .thenAccept(
                  open -> {
                    begun.countDown();
                    catchThrowable(cancelled::await);
                  });
      waiting.countDown();
      begun.await();

      reading.cancel(true);
      cancelled.countDown();

      CarriedTransfersTest.awaitClientCloses(server);
    }
  }

  @Test
  void closesTheSocketIfAStreamIsClosed() {
    try (ScriptedServer server = ScriptedServer.inTurn(openStream());
        Lab lab = Lab.of(server)) {
      StreamResponse<ChatCompletionChunk> chunks =
          lab.client.chat().completions().createStreaming(Calls.question());
      Iterator<ChatCompletionChunk> each = chunks.stream().iterator();
      each.next();

      chunks.close();

      CarriedTransfersTest.awaitClientCloses(server);
      assertThat(lab.synthlab.traffic().state().inFlight()).isZero();
      assertThat(lab.span("chat gpt-4o-mini").getEvents())
          .anyMatch(event -> event.getName().equals("closed before its end"));
    }
  }

  @Test
  void closesTheSocketIfAnAsynchronousStreamIsClosed() throws Exception {
    try (ScriptedServer server = ScriptedServer.inTurn(openStream());
        Lab lab = Lab.of(server)) {
      CountDownLatch first = new CountDownLatch(1);
      AsyncStreamResponse<ChatCompletionChunk> chunks =
          lab.client.async().chat().completions().createStreaming(Calls.question());
      chunks.subscribe(chunk -> first.countDown());
      first.await();

      chunks.close();

      CarriedTransfersTest.awaitClientCloses(server);
    }
  }

  @Test
  void holdsNothingAfterAStreamWasReadToItsEndAndNotClosed() {
    try (ScriptedServer server =
            ScriptedServer.inTurn(
                Replies.events(Replies.delta("Oslo"), Replies.finish("stop"), "[DONE]"));
        Lab lab = Lab.of(server)) {
      StreamResponse<ChatCompletionChunk> chunks =
          lab.client.chat().completions().createStreaming(Calls.question());

      assertThat(chunks.stream().count()).isEqualTo(2);

      assertThat(lab.synthlab.traffic().state().inFlight()).isZero();
      assertThat(lab.reports).hasSize(1);
    }
  }

  @Test
  void endsWithTheLab() {
    try (ScriptedServer server = ScriptedServer.inTurn(openStream());
        Lab lab = Lab.of(server)) {
      StreamResponse<ChatCompletionChunk> chunks =
          lab.client.chat().completions().createStreaming(Calls.question());

      lab.synthlab.close();

      CarriedTransfersTest.awaitClientCloses(server);
      assertThat(catchThrowable(() -> chunks.stream().count())).isNotNull();
      assertThat(catchThrowable(() -> lab.client.chat().completions().create(Calls.question())))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("closed");
    }
  }
}
