package dev.synthlab.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.openai.client.OpenAIClient;
import com.openai.core.http.StreamResponse;
import com.openai.errors.BadRequestException;
import com.openai.errors.InternalServerException;
import com.openai.errors.OpenAIInvalidDataException;
import com.openai.errors.OpenAIIoException;
import com.openai.errors.RateLimitException;
import com.openai.errors.UnauthorizedException;
import com.openai.models.chat.completions.ChatCompletionChunk;
import dev.synthlab.call.CallException;
import dev.synthlab.test.Replies;
import dev.synthlab.test.ScriptedServer;
import dev.synthlab.test.ScriptedServer.Reply;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What goes wrong, as a user of the library sees it, with the requests counted at the server. */
@Timeout(20)
class CarriedFaultsTest {
  private static String ask(OpenAIClient client) {
    return Calls.text(client.chat().completions().create(Calls.question()));
  }

  private static String read(OpenAIClient client) {
    StringBuilder text = new StringBuilder();
    try (StreamResponse<ChatCompletionChunk> chunks =
        client.chat().completions().createStreaming(Calls.question())) {
      chunks.stream()
          .flatMap(chunk -> chunk.choices().stream())
          .forEach(choice -> choice.delta().content().ifPresent(text::append));
    }
    return text.toString();
  }

  @Test
  void waitForTheTimeThatTheServerNamesAndAreAnswered() {
    try (ScriptedServer server =
            ScriptedServer.inTurn(
                Replies.error(429, "rate_limit_exceeded", "slow down", "retry-after-ms", "80"),
                Replies.chat("Oslo"));
        Lab lab = Lab.of(server)) {
      var raw = lab.client.chat().completions().withRawResponse().create(Calls.question());

      assertThat(Calls.text(raw.parse())).isEqualTo("Oslo");
      assertThat(server.seen()).hasSize(2);
      assertThat(raw.headers().values("x-synthlab-attempts")).containsExactly("2");
      assertThat(raw.headers().values("x-synthlab-call-id")).hasSize(1);
      assertThat(Long.parseLong(raw.headers().values("x-synthlab-waited-ms").getFirst()))
          .isGreaterThanOrEqualTo(80);
    }
  }

  @Test
  void pauseTheCallsOfTheLabAndOfTheLibraryTogether() {
    try (ScriptedServer server =
            ScriptedServer.inTurn(
                Replies.error(429, "rate_limit_exceeded", "slow down", "retry-after", "900"));
        Lab lab = Lab.of(server)) {
      Throwable library = catchThrowable(() -> ask(lab.client));
      Throwable own = catchThrowable(() -> lab.synthlab.llm().complete("Hi"));

      assertThat(library).isInstanceOf(RateLimitException.class);
      assertThat(own).isInstanceOf(CallException.RateLimited.class).hasMessageContaining("paused");
      assertThat(server.seen()).hasSize(1);
    }
  }

  @Test
  void neverShowAKeyThatTheServerEchoes() {
    try (ScriptedServer server =
            ScriptedServer.inTurn(
                Replies.error(401, "invalid_api_key", "Wrong key: " + Lab.KEY, "x-echo", Lab.KEY));
        Lab lab = Lab.of(server)) {
      UnauthorizedException thrown = (UnauthorizedException) catchThrowable(() -> ask(lab.client));

      assertThat(Calls.said(thrown)).contains("Wrong key").doesNotContain(Lab.KEY);
      assertThat(thrown.body().toString()).doesNotContain(Lab.KEY);
      assertThat(thrown.headers().toString()).doesNotContain(Lab.KEY);
      assertThat(thrown.headers().values("x-synthlab-attempts")).containsExactly("1");
      assertThat(server.seen()).hasSize(1);
    }
  }

  @Test
  void neverShowTheKeyOfAnotherAccount() {
    String other = Lab.KEY.replace("C4rried", "T3nants");
    try (ScriptedServer server =
            ScriptedServer.start(
                (request, number) ->
                    Replies.error(401, "invalid_api_key", request.header("authorization")));
        Lab lab = Lab.of(server)) {
      OpenAIClient tenant = lab.client.withOptions(options -> options.apiKey(other));

      Throwable thrown = catchThrowable(() -> ask(tenant));

      assertThat(thrown).isInstanceOf(UnauthorizedException.class);
      assertThat(Calls.said(thrown)).doesNotContain(other);
      assertThat(lab.reports.element().route().keyName()).startsWith("key-");
      assertThat(server.seen().getFirst().header("authorization")).endsWith(other);
    }
  }

  @Test
  void neverShowAKeyInAnEventThatIsAnError() {
    String error = "{\"error\":{\"message\":\"key " + Lab.KEY + "\",\"code\":\"odd\"}}";
    try (ScriptedServer server = ScriptedServer.inTurn(Replies.events(Replies.delta("Os"), error));
        Lab lab = Lab.of(server)) {
      Throwable thrown = catchThrowable(() -> read(lab.client));

      assertThat(Calls.said(thrown)).contains("key ").doesNotContain(Lab.KEY);
      assertThat(server.seen()).hasSize(1);
    }
  }

  @Test
  void failWithTheLastResponseAfterAllAttempts() {
    try (ScriptedServer server =
            ScriptedServer.inTurn(Replies.error(500, "server_error", "out of order"));
        Lab lab = Lab.of(server, "SYNTHLAB_LLM_MAX_ATTEMPTS", "3")) {
      InternalServerException thrown =
          (InternalServerException) catchThrowable(() -> ask(lab.client));

      assertThat(thrown).hasMessageContaining("out of order");
      assertThat(thrown.headers().values("x-synthlab-attempts")).containsExactly("3");
      assertThat(server.seen()).hasSize(3);
    }
  }

  @Test
  void areNotMultipliedByTheRetriesOfTheLibrary() {
    try (ScriptedServer server =
            ScriptedServer.inTurn(Replies.error(500, "server_error", "out of order"));
        Lab lab = Lab.of(server, "SYNTHLAB_LLM_MAX_ATTEMPTS", "3")) {
      OpenAIClient retrying = lab.client.withOptions(options -> options.maxRetries(4));

      assertThatExceptionOfType(InternalServerException.class).isThrownBy(() -> ask(retrying));

      assertThat(server.seen()).hasSize(3);
    }
  }

  @Test
  void sendAnInvalidRequestOnce() {
    try (ScriptedServer server =
            ScriptedServer.inTurn(Replies.error(400, "invalid_request_error", "no such thing"));
        Lab lab = Lab.of(server)) {
      assertThatExceptionOfType(BadRequestException.class)
          .isThrownBy(() -> ask(lab.client))
          .withMessageContaining("no such thing");

      assertThat(server.seen()).hasSize(1);
    }
  }

  @Test
  void haveOurExceptionAsTheCauseIfTheConnectionIsRefused() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    try (Lab lab = Lab.at("http://127.0.0.1:" + port + "/v1", "SYNTHLAB_LLM_MAX_ATTEMPTS", "2")) {
      assertThatExceptionOfType(OpenAIIoException.class)
          .isThrownBy(() -> ask(lab.client))
          .withMessageContaining("127.0.0.1:" + port)
          .withCauseInstanceOf(CallException.ConnectionFailed.class);
      assertThat(catchThrowable(() -> lab.client.async().models().list().join()))
          .isInstanceOf(CompletionException.class)
          .hasCauseInstanceOf(OpenAIIoException.class);
    }
  }

  @Test
  void haveOurExceptionAsTheCauseIfTheBreakerIsOpen() {
    try (ScriptedServer server =
            ScriptedServer.inTurn(Replies.error(500, "server_error", "out of order"));
        Lab lab = Lab.of(server, "SYNTHLAB_LLM_MAX_ATTEMPTS", "1")) {
      List<Throwable> thrown =
          Stream.generate(() -> catchThrowable(() -> ask(lab.client))).limit(60).toList();

      assertThat(thrown.getLast())
          .isInstanceOf(OpenAIIoException.class)
          .hasCauseInstanceOf(CallException.CircuitOpen.class);
      assertThat(server.seen()).hasSizeLessThan(60);
    }
  }

  @Test
  void sendNothingThatTheBudgetDoesNotAllow() {
    try (ScriptedServer server = ScriptedServer.inTurn(Replies.chat("Oslo"));
        Lab lab = Lab.of(server, "SYNTHLAB_BUDGET_USD", "0.000001")) {
      assertThatExceptionOfType(OpenAIIoException.class)
          .isThrownBy(() -> ask(lab.client))
          .withCauseInstanceOf(CallException.BudgetExceeded.class);

      assertThat(server.seen()).isEmpty();
    }
  }

  @Test
  void endAtTheTimeoutOfTheLibrary() {
    try (ScriptedServer server = ScriptedServer.inTurn(Replies.silence());
        Lab lab = Lab.of(server, "SYNTHLAB_LLM_MAX_ATTEMPTS", "2")) {
      OpenAIClient hurried =
          lab.client.withOptions(options -> options.timeout(Duration.ofMillis(200)));

      assertThatExceptionOfType(OpenAIIoException.class)
          .isThrownBy(() -> ask(hurried))
          .withCauseInstanceOf(CallException.DeadlineExceeded.class);

      assertThat(server.seen()).hasSize(2);
    }
  }

  @Test
  void areNotCutByTheTimesOfTheLab() {
    try (ScriptedServer server =
            ScriptedServer.start(
                (request, number) ->
                    (socket, out) -> {
                      socket.setSoTimeout(1_200); // longer than timeout and deadline of the lab
                      try {
                        socket.getInputStream().read();
                      } catch (java.net.SocketTimeoutException late) {
                        return Replies.chat("Oslo").write(socket, out);
                      }
                      return false;
                    });
        Lab lab = Lab.of(server, "SYNTHLAB_TIMEOUT", "300ms", "SYNTHLAB_CALL_DEADLINE", "500ms")) {
      assertThat(ask(lab.client)).isEqualTo("Oslo");
      assertThat(server.seen()).hasSize(1);
    }
  }

  static List<Reply> unusable() {
    return List.of(
        Replies.truncated(Calls.counted("cut")),
        Replies.hangUp(),
        Replies.reset(),
        Replies.bytes(200, "text/html", "<html>".getBytes(StandardCharsets.UTF_8)),
        Replies.json(200, "{\"id\":\"c\",\"object\":\"chat.completion\",\"choices\":[]}"),
        Replies.json(200, "{\"error\":{\"message\":\"busy\",\"code\":\"server_error\"}}"));
  }

  @ParameterizedTest
  @MethodSource("unusable")
  void areAnsweredAfterAnUnusableResponse(Reply first) {
    try (ScriptedServer server = ScriptedServer.inTurn(first, Replies.chat("Oslo"));
        Lab lab = Lab.of(server)) {
      assertThat(ask(lab.client)).isEqualTo("Oslo");
      assertThat(server.seen()).hasSize(2);
    }
  }

  @Test
  void haveTheTypeOfTheLibraryIfNoResponseCanBeRead() {
    try (ScriptedServer server = ScriptedServer.inTurn(Replies.json(200, "[1"));
        Lab lab = Lab.of(server)) {
      assertThatExceptionOfType(OpenAIInvalidDataException.class)
          .isThrownBy(() -> ask(lab.client))
          .withCauseInstanceOf(CallException.MalformedResponse.class);

      assertThat(server.seen()).hasSize(3);
    }
  }

  @Test
  void haveTheStatusThatAnErrorInABodyStandsFor() {
    String error = "{\"error\":{\"message\":\"no entry\",\"code\":\"invalid_api_key\"}}";
    try (ScriptedServer server = ScriptedServer.inTurn(Replies.json(200, error));
        Lab lab = Lab.of(server)) {
      assertThatExceptionOfType(UnauthorizedException.class)
          .isThrownBy(() -> ask(lab.client))
          .withMessageContaining("no entry");

      assertThat(server.seen()).hasSize(1);
    }
  }

  static List<Reply> brokenBeforeTheFirstText() {
    return List.of(
        Replies.error(503, "overloaded", "later"),
        cut("{\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"}}]}"),
        cut(),
        Replies.events("{\"error\":{\"message\":\"busy\",\"code\":\"server_error\"}}"),
        Replies.events());
  }

  /** Events, and then the end of the connection. */
  private static Reply cut(String... data) {
    return (socket, out) -> {
      Replies.events(data).write(socket, new CutOutput(out));
      out.flush();
      return false;
    };
  }

  /** An output that leaves out the last chunk of a chunked body. */
  private static final class CutOutput extends java.io.FilterOutputStream {
    CutOutput(java.io.OutputStream out) {
      super(out);
    }

    @Override
    public void write(byte[] bytes) throws java.io.IOException {
      if (!new String(bytes, StandardCharsets.US_ASCII).equals("0\r\n\r\n")) {
        out.write(bytes);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("brokenBeforeTheFirstText")
  void startAStreamAgainThatBreaksBeforeItsFirstText(Reply first) {
    Reply good = Replies.events(Replies.delta("Oslo"), Replies.finish("stop"), "[DONE]");
    try (ScriptedServer server = ScriptedServer.inTurn(first, good);
        Lab lab = Lab.of(server)) {
      assertThat(read(lab.client)).isEqualTo("Oslo");
      assertThat(server.seen()).hasSize(2);
    }
  }

  @Test
  void haveOurExceptionAsTheCauseIfAStreamBreaksAfterItsFirstText() {
    try (ScriptedServer server = ScriptedServer.inTurn(cut(Replies.delta("Os")));
        Lab lab = Lab.of(server)) {
      Throwable thrown = catchThrowable(() -> read(lab.client));

      assertThat(thrown).isInstanceOf(OpenAIIoException.class);
      assertThat(thrown).rootCause().isNotNull();
      assertThat(causes(thrown))
          .anySatisfy(
              cause -> {
                assertThat(cause).isInstanceOf(CallException.StreamInterrupted.class);
                assertThat(((CallException) cause).partial()).contains("Os");
              });
      assertThat(server.seen()).hasSize(1);
      assertThat(lab.reports.element().fault()).isPresent();
    }
  }

  @Test
  void areNoAnswerIfAStreamEndsWithoutSayingSo() {
    try (ScriptedServer server = ScriptedServer.inTurn(Replies.events(Replies.delta("Os")));
        Lab lab = Lab.of(server)) {
      assertThat(catchThrowable(() -> read(lab.client))).isInstanceOf(OpenAIIoException.class);
    }
  }

  private static List<Throwable> causes(Throwable thrown) {
    return Stream.<Throwable>iterate(thrown, each -> each != null, Throwable::getCause).toList();
  }
}
