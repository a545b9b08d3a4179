package dev.synthlab.llm;

import static dev.synthlab.test.Replies.chunk;
import static dev.synthlab.test.Replies.delta;
import static dev.synthlab.test.Replies.error;
import static dev.synthlab.test.Replies.events;
import static dev.synthlab.test.Replies.finish;
import static dev.synthlab.test.Replies.usage;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.synthlab.call.CallException;
import dev.synthlab.test.Replies;
import dev.synthlab.test.ScriptedServer.Reply;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of streams that are odd, cut, silent or bring an error. */
@Timeout(30)
class StreamFaultsTest {
  private static final String HEAD =
      "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";
  private static final Duration SILENCE = Duration.ofMillis(400);

  private ClientFixture rig = ClientFixture.inTurn(Replies.silence());

  @AfterEach
  void close() {
    rig.close();
  }

  private LlmClient client(Reply... replies) {
    rig.close();
    rig = ClientFixture.inTurn(replies).with("SYNTHLAB_TIMEOUT", SILENCE.toMillis() + "ms");
    return rig.client();
  }

  private static Reply good() {
    return events(delta("Hel"), delta("lo"), finish("stop"), usage(), "[DONE]");
  }

  private static String text(LlmClient client) {
    StringBuilder text = new StringBuilder();
    try (TextStream stream = client.stream("hi")) {
      stream.forEach(text::append);
    }
    return text.toString();
  }

  /** The bytes of a stream, so many in each chunk. */
  private static Reply bytes(String stream, int size) {
    return (socket, out) -> {
      out.write(HEAD.getBytes(StandardCharsets.US_ASCII));
      byte[] all = stream.getBytes(StandardCharsets.UTF_8);
      for (int i = 0; i < all.length; i += size) {
        int length = Math.min(size, all.length - i);
        out.write((Integer.toHexString(length) + "\r\n").getBytes(StandardCharsets.US_ASCII));
        out.write(all, i, length);
        out.write("\r\n".getBytes(StandardCharsets.US_ASCII));
        out.flush();
      }
      out.write("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      return true;
    };
  }

  private static Reply begun(String stream, boolean silentThen) {
    return (socket, out) -> {
      out.write(HEAD.getBytes(StandardCharsets.US_ASCII));
      chunk(out, stream);
      return silentThen && Replies.awaitClose(socket);
    };
  }

  @ParameterizedTest
  @CsvSource({
    "LF, 4096",
    "CRLF, 4096",
    "CR, 4096",
    "LF, 1",
    "CRLF, 1",
    "CRLF, 3",
  })
  void acceptsEveryFormatThatTheSseStandardAllows(String ends, int size) {
    String stream =
        ":hello\nid: 1\nretry: 10\ndata: %s\n\n: comment\n\nid: 2\ndata:%s\n\ndata: %s\n\n"
            .formatted(delta("zwölf \u20ac "), delta("\ud83d\ude00"), finish("stop"));
    String end = ends.equals("CRLF") ? "\r\n" : ends.equals("CR") ? "\r" : "\n";

    assertThat(text(client(bytes(stream.replace("\n", end), size)))).isEqualTo("zwölf € 😀");
    assertThat(rig.requests()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void requiresNoDoneAfterAFinishReason(boolean handedOn) {
    LlmClient client = client(events(delta("Hello"), finish("stop")));

    String text =
        handedOn
            ? text(client)
            : InternalCalls.of(client).completion(CompletionRequest.of("hi"), true).get().text();

    assertThat(text).isEqualTo("Hello");
    assertThat(rig.requests()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"cut", "silent", "reset", "empty", "done only", "no finish"})
  void retriesAStreamThatBreaksBeforeItsFirstText(String how) {
    String role = "data: {\"choices\":[{\"delta\":{\"role\":\"assistant\"}}]}\n\n";
    Reply broken =
        switch (how) {
          case "cut" -> begun(role, false);
          case "silent" -> begun(role, true);
          case "reset" -> Replies.reset();
          case "empty" -> events();
          case "done only" -> events("[DONE]");
          default -> events("{\"choices\":[{\"delta\":{\"role\":\"assistant\"}}]}", "[DONE]");
        };
    LlmClient client = client(broken, good());
    long begin = System.nanoTime();

    assertThat(text(client)).isEqualTo("Hello");

    assertThat(rig.requests()).isEqualTo(2);
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(SILENCE.plusSeconds(2));
  }

  @ParameterizedTest
  @ValueSource(strings = {"cut", "silent", "error", "no finish"})
  void retriesABrokenStreamOfABulkRunAtAnyPoint(String how) {
    String once = "data: " + delta("Once") + "\n\n";
    Reply broken =
        switch (how) {
          case "cut" -> begun(once, false);
          case "silent" -> begun(once, true);
          case "error" -> events(delta("Once"), "{\"error\":{\"message\":\"died\"}}");
          default -> events(delta("Once"));
        };

    Completion answer =
        InternalCalls.of(client(broken, good())).completion(CompletionRequest.of("hi"), true).get();

    assertThat(answer.text()).isEqualTo("Hello");
    assertThat(rig.requests()).isEqualTo(2);
  }

  @Test
  void reportsTextAndUsageOfAStreamThatFallsSilent() {
    String counted =
        delta("Once")
            .replaceFirst("\\}$", ",\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":1}}");
    LlmClient client = client(begun("data: " + counted + "\n\n", true));
    List<String> deltas = new ArrayList<>();
    long begin = System.nanoTime();

    try (TextStream stream = client.stream("hi")) {
      assertThatExceptionOfType(CallException.StreamInterrupted.class)
          .isThrownBy(() -> stream.forEach(deltas::add))
          .satisfies(e -> assertThat(e.partial()).contains("Once"))
          .satisfies(e -> assertThat(e.report().spend().inputTokens()).isEqualTo(7))
          .satisfies(e -> assertThat(e.report().spend().outputTokens()).isEqualTo(1));
    }

    assertThat(deltas).containsExactly("Once");
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(SILENCE.plusSeconds(1));
    assertThat(rig.requests()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void failsWhenAStreamContainsOnlyErrors(boolean handedOn) {
    LlmClient client = client(events("{\"error\":{\"message\":\"the engine died\"}}"));

    assertThatExceptionOfType(CallException.MalformedResponse.class)
        .isThrownBy(
            () -> {
              if (handedOn) {
                text(client);
              } else {
                InternalCalls.of(client).completion(CompletionRequest.of("hi"), true).get();
              }
            })
        .withMessageContaining("the engine died");
    assertThat(rig.requests()).isEqualTo(3);
  }

  @ParameterizedTest
  @CsvSource({
    "true, '\"insufficient_quota\"', QuotaExceeded, 1",
    "false, '\"insufficient_quota\"', QuotaExceeded, 1",
    "true, 401, Authentication, 1",
    "false, 400, BadRequest, 1",
    "true, 503, ServerFailed, 5",
    "false, 429, RateLimited, 5",
  })
  void classifiesAnErrorInAStreamByItsCode(
      boolean handedOn, String code, String type, int requests) {
    LlmClient client = client(events("{\"error\":{\"message\":\"no\",\"code\":" + code + "}}"));

    assertThatExceptionOfType(CallException.class)
        .isThrownBy(
            () -> {
              if (handedOn) {
                text(client);
              } else {
                InternalCalls.of(client).completion(CompletionRequest.of("hi"), true).get();
              }
            })
        .satisfies(e -> assertThat(e.getClass().getSimpleName()).isEqualTo(type));
    assertThat(rig.requests()).isEqualTo(requests);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void refusesAnEventThatIsTooLarge(boolean handedOn) {
    String huge = "data: " + "x".repeat(1 << 20);
    Reply endless =
        (socket, out) -> {
          out.write(HEAD.getBytes(StandardCharsets.US_ASCII));
          for (int i = 0; i < 20; i++) {
            chunk(out, i == 0 ? huge : huge.substring(6));
          }
          return false;
        };
    client(endless);
    LlmClient client = rig.with("SYNTHLAB_TIMEOUT", "20s").client();

    assertThatExceptionOfType(CallException.ResponseTooLarge.class)
        .isThrownBy(
            () -> {
              if (handedOn) {
                text(client);
              } else {
                InternalCalls.of(client).completion(CompletionRequest.of("hi"), true).get();
              }
            });
    assertThat(rig.requests()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void refusesATextThatIsTooLargeAndReportsThePartialText(boolean handedOn) {
    String delta = "data: " + delta("ü".repeat(1 << 19)) + "\n\n";
    Reply endless =
        (socket, out) -> {
          out.write(HEAD.getBytes(StandardCharsets.US_ASCII));
          for (int i = 0; i < 40; i++) {
            chunk(out, delta);
          }
          return false;
        };
    client(endless);
    LlmClient client = rig.with("SYNTHLAB_TIMEOUT", "20s").client();

    assertThatExceptionOfType(CallException.ResponseTooLarge.class)
        .isThrownBy(
            () -> {
              if (handedOn) {
                text(client);
              } else {
                InternalCalls.of(client).completion(CompletionRequest.of("hi"), true).get();
              }
            })
        .withMessageContaining("larger than 16777216 bytes")
        .satisfies(e -> assertThat(e.partial().orElse("")).hasSize(17 << 19));
    assertThat(rig.requests()).isEqualTo(1);
  }

  @Test
  void waitsForRetryAfterBeforeAStream() {
    assertThat(text(client(error(429, "slow", "down", "retry-after", "20"), good())))
        .isEqualTo("Hello");
    assertThat(rig.pushed.pauses().stream().reduce(Duration.ZERO, Duration::plus))
        .isBetween(Duration.ofSeconds(20), Duration.ofSeconds(23));
  }
}
