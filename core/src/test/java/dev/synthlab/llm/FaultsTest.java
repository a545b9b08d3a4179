package dev.synthlab.llm;

import static dev.synthlab.test.Replies.chat;
import static dev.synthlab.test.Replies.completion;
import static dev.synthlab.test.Replies.error;
import static dev.synthlab.test.Replies.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.synthlab.call.CallException;
import dev.synthlab.call.Fault;
import dev.synthlab.http.TransportException;
import dev.synthlab.test.Replies;
import dev.synthlab.test.ScriptedServer;
import dev.synthlab.test.ScriptedServer.Reply;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** What a single call does about bad answers, odd answers and none. */
@Timeout(60)
class FaultsTest {
  private ClientFixture rig = ClientFixture.inTurn(chat("hello"));

  @AfterEach
  void close() {
    rig.close();
  }

  private ClientFixture answering(Reply... replies) {
    rig.close();
    rig = ClientFixture.inTurn(replies);
    return rig;
  }

  private static Reply raw(String text) {
    return (socket, out) -> {
      out.write(text.getBytes(StandardCharsets.UTF_8));
      return false;
    };
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 404, 501})
  void retriesWhenTheServerAsksForARetry(int status) {
    Reply again = error(status, "odd", "once more", "x-should-retry", "true");

    assertThat(answering(again, chat("hello")).client().complete("hi")).isEqualTo("hello");
    assertThat(rig.requests()).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(ints = {408, 429, 500, 503})
  void doesNotRetryWhenTheServerForbidsIt(int status) {
    LlmClient client = answering(error(status, "odd", "no", "x-should-retry", "false")).client();

    assertThatExceptionOfType(CallException.class).isThrownBy(() -> client.complete("hi"));
    assertThat(rig.requests()).isEqualTo(1);
    assertThat(rig.pushed.pauses()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"429, retry-after, 20", "503, retry-after, 20", "503, retry-after-ms, 20000"})
  void waitsAsLongAsTheServerAsks(int status, String header, String value) {
    LlmClient client = answering(error(status, "busy", "x", header, value), chat("hello")).client();

    assertThat(client.complete("hi")).isEqualTo("hello");
    assertThat(rig.requests()).isEqualTo(2);
    assertThat(rig.pushed.pauses().stream().reduce(Duration.ZERO, Duration::plus))
        .isBetween(Duration.ofSeconds(20), Duration.ofSeconds(23));
  }

  @Test
  void reportsTheModelThatWasNotFound() {
    LlmClient client = answering(error(404, "model_not_found", "unknown")).client();

    assertThatExceptionOfType(CallException.NotFound.class)
        .isThrownBy(() -> client.ask(CompletionRequest.of("hi").withModel("gpt-nonesuch")))
        .withMessageContaining("gpt-nonesuch")
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("OPENAI_BASE_URL"));
    assertThat(rig.requests()).isEqualTo(1);
  }

  @Test
  void neverShowsUserInfoThatTheServerEchoes() {
    String pair = "ada:canary-of-the-user-info";
    String token = base64(pair);
    answering(error(401, "x", "not " + token + ", not " + base64(token)));
    LlmClient client = rig.at("//" + pair + "@" + rig.place() + "/v1").client();

    assertThatExceptionOfType(CallException.Authentication.class)
        .isThrownBy(() -> client.complete("hi"))
        .withMessageContaining("not ****, not ****");
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "404 | {'error':{'message':'The model `m-1` does not exist','code':'model_not_found'}}",
        "404 | {'error':{'code':'DeploymentNotFound','message':'The API deployment does not exist.'}}",
        "404 | {'message':'The model `m-1` does not exist.','type':'NotFoundError','code':404}",
        "404 | {'error':{'message':'model \"m-1\" not found, try pulling it first'}}",
        "404 | [{'error':{'code':404,'message':'models/m-1 is not found for API version v1main'}}]",
        "400 | {'error':{'message':'m-1 is not a valid model ID','code':400}}",
        "400 | {'object':'error','message':'Invalid model: m-1','code':'1500'}",
        "404 | {'type':'error','error':{'type':'not_found_error','message':'model: m-1'}}",
        "400 | {'error':{'message':'Invalid model name passed in model=m-1','code':'400'}}"
      })
  void recognisesAModelThatAServerDoesNotHave(int status, String body) {
    answering(Replies.json(status, body.replace('\'', '"').replace("\"m-1\" n", "'m-1' n")));
    CompletionRequest request = CompletionRequest.of("hi").withModel("m-1");

    assertThatExceptionOfType(CallException.NotFound.class)
        .isThrownBy(() -> rig.client().ask(request))
        .satisfies(e -> assertThat(e.code()).contains("model_not_found"));
    assertThat(rig.requests()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'error':{'message':'the messages of m-1 must not be empty'}}",
        "{'error':{'message':'m-1 does not support tools'}}"
      })
  void keepsOtherRefusalsAsBadRequests(String body) {
    answering(Replies.json(400, body.replace('\'', '"')));

    assertThatExceptionOfType(CallException.BadRequest.class)
        .isThrownBy(() -> rig.client().ask(CompletionRequest.of("hi").withModel("m-1")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/good"})
  void suggestsThatTheAddressMayBeIncompleteOnNotFound(String path) {
    LlmClient client = answering(error(404, "x", "404 page not found")).at(path).client();

    assertThatExceptionOfType(CallException.NotFound.class)
        .isThrownBy(() -> client.complete("hi"))
        .withMessageContaining("ends with /v1: see OPENAI_BASE_URL");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "transfer-encoding: chunked\r\n\r\nno number\r\n{}",
        "transfer-encoding: chunked\r\n\r\n5\r\n{\"cho",
        "content-length: 5\r\n\r\n{\"cho",
        "content-length: 0\r\n\r\n",
        "content-length: 32\r\n\r\n{\"error\":{\"message\":\"overloaded\"}}",
      })
  void retriesWhenABodyIsBroken(String rest) {
    Reply broken = raw("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n" + rest);

    assertThat(answering(broken, chat("hello")).client().complete("hi")).isEqualTo("hello");
    assertThat(rig.requests()).isEqualTo(2);
  }

  @Test
  void quotesOnlyTheBeginningOfAnUnreadableAnswer() {
    LlmClient client = answering(json(200, "<html>" + "busy ".repeat(5_000))).client();

    assertThatExceptionOfType(CallException.MalformedResponse.class)
        .isThrownBy(() -> client.complete("hi"))
        .withMessageContaining("<html>busy busy")
        .satisfies(
            e -> assertThat(e.getMessage().replaceAll(".*<html>", "").length()).isLessThan(240));
  }

  @Test
  void refusesAnAnswerOfFiftyMegabytes() {
    byte[] delta = " ".repeat(1 << 20).getBytes(StandardCharsets.US_ASCII);
    Reply huge =
        (socket, out) -> {
          out.write(
              ("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: "
                      + (50L << 20)
                      + "\r\n\r\n")
                  .getBytes(StandardCharsets.US_ASCII));
          for (int i = 0; i < 50; i++) {
            out.write(delta);
          }
          return true;
        };
    LlmClient client = answering(huge).client();

    assertThatExceptionOfType(CallException.ResponseTooLarge.class)
        .isThrownBy(() -> client.complete("hi"));
    assertThat(rig.requests()).isEqualTo(1);
  }

  @Test
  void refusesANumberOfTwoHundredThousandDigits() {
    String digits = "9".repeat(200_000);
    String whole = completion("hello", "stop");
    LlmClient client =
        answering(json(200, whole.replaceFirst("\"created\":1", "\"created\":" + digits))).client();
    long begin = System.nanoTime();

    assertThatExceptionOfType(CallException.MalformedResponse.class)
        .isThrownBy(() -> client.complete("hi"))
        .satisfies(e -> assertThat(e.getMessage().length()).isLessThan(1_000));
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(5));
  }

  @ParameterizedTest
  @ValueSource(strings = {"text/plain", "text/html; charset=iso-8859-1", "", "nonsense"})
  void acceptsAnAnswerOfAnyContentType(String type) {
    byte[] body = completion("héllo", "stop").getBytes(StandardCharsets.UTF_8);

    assertThat(answering(Replies.bytes(200, type, body)).client().complete("hi"))
        .isEqualTo("héllo");
    assertThat(rig.requests()).isEqualTo(1);
  }

  @Test
  void acceptsDuplicateHeaders() {
    Reply doubled =
        json(
            200,
            completion("hello", "stop"),
            "content-type",
            "text/plain",
            "x-request-id",
            "req-1",
            "x-request-id",
            "req-2",
            "retry-after",
            "1",
            "retry-after",
            "9");

    Completion answer = answering(doubled).client().ask(CompletionRequest.of("hi"));

    assertThat(answer.text()).isEqualTo("hello");
    assertThat(answer.requestId()).contains("req-1");
    assertThat(rig.requests()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"HTTP/1.0 200 OK\r\n\r\n", "HTTP/1.1 200\r\nconnection: close\r\n\r\n"})
  void acceptsAnAnswerThatEndsWithItsConnection(String head) {
    Reply old = raw(head + completion("hello", "stop"));
    LlmClient client = answering(old).client();

    assertThat(client.complete("hi")).isEqualTo("hello");
    assertThat(client.complete("hi")).isEqualTo("hello");
    assertThat(rig.requests()).isEqualTo(2);
    assertThat(rig.server.connections()).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"usage\":null",
        "\"usage\":{}",
        "\"usage\":\"none\"",
        "\"usage\":{\"prompt_tokens\":null,\"completion_tokens\":-3}",
        "\"service_tier\":{\"deep\":[1,{}]},\"x_new\":null",
      })
  void acceptsAnAnswerWithOddOrUnknownFields(String more) {
    String body =
        "{\"choices\":[{\"message\":{\"content\":\"hello\",\"audio\":null},"
            + "\"finish_reason\":\"stop\",\"logprobs\":null}],"
            + more
            + "}";

    Completion answer = answering(json(200, body)).client().ask(CompletionRequest.of("hi"));

    assertThat(answer.text()).isEqualTo("hello");
    assertThat(answer.usage().known()).isFalse();
    assertThat(answer.usage().inputTokens()).isBetween(5L, 30L);
    assertThat(answer.usage().outputTokens()).isEqualTo(2);
    assertThat(rig.requests()).isEqualTo(1);
  }

  @Test
  void returnsATruncatedPlainAnswerAndMarksIt() {
    Completion answer =
        answering(json(200, completion("once upon a", "length")))
            .client()
            .ask(CompletionRequest.of("hi"));

    assertThat(answer.text()).isEqualTo("once upon a");
    assertThat(answer.truncated()).isTrue();
    assertThat(rig.requests()).isEqualTo(1);
  }

  @Test
  void failsATruncatedJsonAnswerWithItsTextAndWithoutRetry() {
    LlmClient client = answering(json(200, completion("{\"a\":", "length"))).client();

    assertThatExceptionOfType(AnswerException.Truncated.class)
        .isThrownBy(() -> client.completeJson("as JSON"))
        .satisfies(e -> assertThat(e.partial()).isEqualTo("{\"a\":"));
    assertThat(rig.requests()).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({"301, http", "302, http", "303, https", "307, https", "308, http"})
  void sendsNothingToTheTargetOfARedirect(int status, String scheme) {
    try (ScriptedServer elsewhere = ScriptedServer.inTurn(chat("stolen"))) {
      String target = scheme + "://localhost:" + elsewhere.port() + "/v1/chat/completions";
      LlmClient client = answering(json(status, "{}", "location", target)).client();

      assertThatExceptionOfType(CallException.Redirected.class)
          .isThrownBy(() -> client.complete("hi"))
          .withMessageContaining(scheme + "://localhost");
      assertThat(elsewhere.connections()).isZero();
      assertThat(rig.requests()).isEqualTo(1);
    }
  }

  @Test
  void countsAClosedReusedConnectionAsAnAttempt() {
    Reply thenClosed =
        (socket, out) -> {
          chat("first").write(socket, out);
          return false;
        };
    LlmClient client = answering(thenClosed, chat("second")).client();
    client.complete("one");

    Completion second = client.ask(CompletionRequest.of("two"));

    assertThat(second.text()).isEqualTo("second");
    assertThat(second.report().attempts()).hasSize(2);
    Fault stale = second.report().attempts().getFirst().fault().orElseThrow();
    assertThat(stale.cause())
        .containsInstanceOf(TransportException.class)
        .map(TransportException.class::cast)
        .hasValueSatisfying(broken -> assertThat(broken.reusedConnection()).isTrue());
    assertThat(rig.pushed.pauses()).allMatch(Duration.ZERO::equals);
    assertThat(rig.server.connections()).isEqualTo(2);
  }

  @Test
  void timesOutAConnectionAttemptAfterFiveSeconds() throws IOException {
    List<Socket> waiting = new ArrayList<>();
    try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      fill(full, waiting);
      String base = "http://127.0.0.1:" + full.getLocalPort() + "/v1";
      LlmClient client =
          rig.with("OPENAI_BASE_URL", base)
              .with("SYNTHLAB_TIMEOUT", "60s")
              .with("SYNTHLAB_LLM_MAX_ATTEMPTS", "1")
              .client();
      long begin = System.nanoTime();

      assertThatExceptionOfType(CallException.ConnectionFailed.class)
          .isThrownBy(() -> client.complete("hi"))
          .withMessageContaining("127.0.0.1:" + full.getLocalPort());
      assertThat(Duration.ofNanos(System.nanoTime() - begin))
          .isBetween(Duration.ofMillis(4_500), Duration.ofSeconds(7));
    } finally {
      for (Socket socket : waiting) {
        socket.close();
      }
    }
  }

  /** Connects until the system takes no more for a server that accepts nobody. */
  private static void fill(ServerSocket full, List<Socket> waiting) {
    for (int i = 0; i < 16; i++) {
      Socket socket = new Socket();
      waiting.add(socket);
      try {
        socket.connect(new InetSocketAddress("127.0.0.1", full.getLocalPort()), 300);
      } catch (java.net.SocketTimeoutException e) {
        return;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    throw new IllegalStateException("the system takes any number of connections");
  }

  @Test
  void failsWithinMillisecondsWhileTheBreakerIsOpen() {
    LlmClient client = answering(error(503, "busy", "later")).client();
    IntStream.range(0, 20).forEach(i -> client.askOutcome(CompletionRequest.of("hi")));
    int sent = rig.requests();

    long quickest = Long.MAX_VALUE;
    for (int i = 0; i < 20; i++) {
      long begin = System.nanoTime();
      assertThatExceptionOfType(CallException.CircuitOpen.class)
          .isThrownBy(() -> client.complete("hi"))
          .satisfies(e -> assertThat(e.retryAfter()).isPresent());
      quickest = Math.min(quickest, System.nanoTime() - begin);
    }

    assertThat(Duration.ofNanos(quickest)).isLessThan(Duration.ofMillis(5));
    assertThat(rig.requests()).isEqualTo(sent);
  }

  @Test
  void endsACallAtItsDeadlineBeforeTheAttemptTimeout() {
    LlmClient client =
        answering(Replies.silence()).inRealTime().with("SYNTHLAB_CALL_DEADLINE", "300ms").client();
    long begin = System.nanoTime();

    assertThatExceptionOfType(CallException.DeadlineExceeded.class)
        .isThrownBy(() -> client.complete("hi"));
    Duration closed = rig.untilClosed();

    assertThat(Duration.ofNanos(System.nanoTime() - begin))
        .isBetween(Duration.ofMillis(300), Duration.ofMillis(1_300));
    assertThat(closed).isLessThan(Duration.ofSeconds(1));
    assertThat(rig.requests()).isEqualTo(1);
  }

  @Test
  void logsNeitherPromptsNorAnswersNorKeys() {
    String canary = "canary-prompt-4711";
    String key = "sk-faults-canary-0123456789";
    Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    Level before = root.getLevel();
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    lines.start();
    root.setLevel(Level.DEBUG);
    root.addAppender(lines);
    try {
      LlmClient client =
          answering(error(503, "busy", "later"), Replies.reset(), chat("answer-" + canary))
              .with("OPENAI_API_KEY", key)
              .client();

      client.complete(canary);
    } finally {
      root.detachAppender(lines);
      root.setLevel(before);
    }

    assertThat(lines.list)
        .isNotEmpty()
        .extracting(ILoggingEvent::getFormattedMessage)
        .noneMatch(line -> line.contains("canary"));
  }
}
