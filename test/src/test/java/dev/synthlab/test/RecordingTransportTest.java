package dev.synthlab.test;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.synthlab.call.CallException;
import dev.synthlab.call.TrafficControl;
import dev.synthlab.config.Environment;
import dev.synthlab.config.Settings;
import dev.synthlab.http.Body;
import dev.synthlab.http.Headers;
import dev.synthlab.http.Request;
import dev.synthlab.http.Response;
import dev.synthlab.http.Transport;
import dev.synthlab.llm.CompletionRequest;
import dev.synthlab.llm.LlmClient;
import dev.synthlab.llm.Message;
import dev.synthlab.llm.TextStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(20)
class RecordingTransportTest {
  private static final String KEY = "sk-test-0123456789abcdef0123";

  @TempDir Path directory;
  private Path file;

  @BeforeEach
  void inADirectoryOfItsOwn() {
    file = directory.resolve("recordings/talk.jsonl");
  }

  private static LlmClient client(Transport transport, String base) {
    ManualTimer timer = ManualTimer.forSockets();
    Settings settings =
        Settings.from(Environment.of(Map.of("OPENAI_BASE_URL", base, "OPENAI_API_KEY", KEY)));
    return LlmClient.builder()
        .settings(settings.llm())
        .owning(transport)
        .timer(timer)
        .traffic(TrafficControl.by(timer, TrafficControl.RouteLimits.DEFAULT))
        .build();
  }

  private static List<String> parts(LlmClient client) {
    List<String> parts = new ArrayList<>();
    try (TextStream stream = client.stream("Count")) {
      stream.forEach(parts::add);
    }
    return parts;
  }

  private void record() throws IOException {
    try (ScriptedServer server =
            ScriptedServer.inTurn(
                Replies.error(429, "rate_limit_exceeded", "slow down", "retry-after", "1"),
                Replies.chat("Grüße, " + KEY),
                Replies.events(
                    Replies.delta("öne "),
                    Replies.delta("two"),
                    Replies.finish("stop"),
                    Replies.usage(),
                    "[DONE]"),
                Replies.hangUp(),
                Replies.chat("after the break"));
        LlmClient client = client(RecordingTransport.recording(file), server.base().toString())) {
      assertThat(client.complete("Hello")).startsWith("Grüße");
      assertThat(parts(client)).containsExactly("öne ", "two");
      assertThat(client.complete("Hello again")).isEqualTo("after the break");
    }
  }

  private LlmClient replayed() throws IOException {
    return client(RecordingTransport.replaying(file), "http://no-network.invalid/v1");
  }

  @Test
  void replaysWhatItRecorded() throws IOException {
    record();

    try (LlmClient client = replayed()) {
      assertThat(client.complete("Hello")).isEqualTo("Grüße, ****");
      assertThat(parts(client)).containsExactly("öne ", "two");
      assertThat(client.complete("Hello again")).isEqualTo("after the break");
    }
  }

  @Test
  void recordsNoKeysAndNoHostOneLinePerRequest() throws IOException {
    record();

    List<String> lines = Files.readAllLines(file);

    assertThat(lines).hasSize(5);
    assertThat(String.join("\n", lines))
        .doesNotContain(KEY)
        .doesNotContainIgnoringCase("authorization")
        .doesNotContain("127.0.0.1");
    assertThat(lines.getFirst())
        .startsWith(
            "{\"request\":{\"method\":\"POST\",\"path\":\"/v1/chat/completions\",\"body\":{")
        .contains("\"status\":429,\"headers\":{\"content-type\":\"application/json\",");
  }

  @Test
  void replaysConcurrentRequestsInAnyOrder() throws IOException {
    record();

    try (LlmClient client = replayed()) {
      assertThat(client.complete("Hello again")).isEqualTo("after the break");
      assertThat(client.complete("Hello")).isEqualTo("Grüße, ****");
      assertThat(parts(client)).hasSize(2);
    }
  }

  @Test
  void failsOnAChangedRequestWithTheDifference() throws IOException {
    record();
    LlmClient client = replayed();
    CompletionRequest changed =
        CompletionRequest.of(Message.system("Be brief."), Message.user("Hello"))
            .withTemperature(0.5);

    String message =
        """
        The request differs from the next one in talk.jsonl (- recorded, + sent):
          POST /v1/chat/completions
          {
            "model" : "gpt-4o-mini",
            "messages" : [ {
        +     "role" : "system",
        +     "content" : "Be brief."
        +   }, {
              "role" : "user",
              "content" : "Hello"
        -   } ]
        +   } ],
        +   "temperature" : 0.5
          }
        Record the conversation again if the change is intended.\
        """;
    assertThatThrownBy(() -> client.ask(changed))
        .isInstanceOf(AssertionError.class)
        .hasMessage(message);
    assertThatThrownBy(client::close).isInstanceOf(AssertionError.class).hasMessage(message);
  }

  @Test
  void failsOnRequestsAfterTheEnd() throws IOException {
    Files.createDirectories(directory.resolve("recordings"));
    Files.writeString(file, "");

    assertThatThrownBy(() -> replayed().complete("Hello"))
        .isInstanceOf(AssertionError.class)
        .hasMessageStartingWith(
            "All requests in talk.jsonl have been replayed; it has no response to:\n"
                + "POST /v1/chat/completions\n{\n");
  }

  @Test
  void tellsUnusedRecordingsWhenItCloses() throws IOException {
    record();
    LlmClient client = replayed();
    client.complete("Hello");

    assertThatThrownBy(client::close)
        .isInstanceOf(AssertionError.class)
        .hasMessageStartingWith("Not replayed from talk.jsonl:\nPOST /v1/chat/completions\n")
        .hasMessageContaining("\"content\" : \"Count\"")
        .hasMessageContaining("\"content\" : \"Hello again\"")
        .hasMessageNotContaining("\"content\" : \"Hello\"");
  }

  @Test
  void replaysStreamsThatBreak() throws IOException {
    try (ScriptedServer server =
            ScriptedServer.start(
                (request, number) ->
                    (socket, out) -> {
                      out.write(
                          ("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n"
                                  + "transfer-encoding: chunked\r\n\r\n")
                              .getBytes(UTF_8));
                      Replies.chunk(out, "data: " + Replies.delta("begun") + "\n\n");
                      return false;
                    });
        LlmClient client = client(RecordingTransport.recording(file), server.base().toString())) {
      assertThatExceptionOfType(CallException.StreamInterrupted.class)
          .isThrownBy(() -> parts(client));
    }

    try (LlmClient client = replayed()) {
      assertThatExceptionOfType(CallException.StreamInterrupted.class)
          .isThrownBy(() -> parts(client));
    }
  }

  @Test
  void keepsBytesThatAreNoText() throws Exception {
    byte[] bytes = {(byte) 0x89, 'P', 0, (byte) 0xC3};
    Request request =
        new Request("GET", URI.create("http://u:p@h.invalid/a?key=b"), Headers.NONE, Body.empty());
    Transport real =
        (sent, within) -> new Response(200, Headers.NONE, new ByteArrayInputStream(bytes));
    try (RecordingTransport recording = RecordingTransport.recording(file, real);
        InputStream body = recording.send(request, Duration.ofSeconds(1)).body()) {
      assertThat(body.readAllBytes()).isEqualTo(bytes);
    }

    assertThat(Files.readString(file)).doesNotContain("h.invalid").doesNotContain("key");
    try (RecordingTransport replay = RecordingTransport.replaying(file)) {
      assertThat(replay.send(request, Duration.ofSeconds(1)).body().readAllBytes())
          .isEqualTo(bytes);
    }
  }

  @Test
  void namesTheLineThatIsNoRecording() throws IOException {
    record();
    Files.writeString(file, Files.readString(file) + "{}\n");

    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> RecordingTransport.replaying(file))
        .withMessage("line 6 of " + file + " is no recorded exchange");
  }
}
