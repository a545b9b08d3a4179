package dev.synthlab.llm;

import static dev.synthlab.test.Replies.bytes;
import static dev.synthlab.test.Replies.chat;
import static dev.synthlab.test.Replies.delta;
import static dev.synthlab.test.Replies.finish;
import static dev.synthlab.test.Replies.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.synthlab.call.CallException;
import dev.synthlab.test.Replies;
import dev.synthlab.test.ScriptedServer.Reply;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Errors in the body of a response with status 200, in each form and for each verb. */
@Timeout(30)
class ErrorInBodyTest {
  private static final List<Consumer<LlmClient>> VERBS =
      List.of(
          client -> client.complete("hi"),
          client -> client.stream("hi").forEach(delta -> {}),
          client -> InternalCalls.of(client).completion(CompletionRequest.of("hi"), true).get(),
          client -> client.completeJson("as JSON"),
          client -> client.embed("hi"),
          client -> client.generateImage("a fox"));

  private ClientFixture rig = ClientFixture.inTurn(chat("unused"));

  @AfterEach
  void close() {
    rig.close();
  }

  private LlmClient client(Reply... replies) {
    rig.close();
    rig = ClientFixture.inTurn(replies);
    return rig.client();
  }

  private static final List<String> BODIES =
      List.of(
          "{\"error\":{\"code\":402,\"message\":\"no credits\"}}",
          "{\"error\":{\"code\":\"insufficient_quota\",\"message\":\"no credits\"}}",
          "{\"error\":{\"type\":\"insufficient_quota\",\"code\":null,\"message\":\"no credits\"}}",
          "{\"error\":[{\"code\":\"402\",\"message\":\"no credits\"}]}",
          "{\"errors\":[{\"status\":402,\"message\":\"no credits\"}]}",
          "{\"error\":{\"error\":{\"code\":402,\"message\":\"no credits\"}}}",
          "[{\"error\":{\"code\":402,\"message\":\"no credits\"}}]",
          "{\"object\":\"error\",\"code\":402,\"message\":\"no credits\"}",
          "{\"type\":\"error\",\"error\":{\"code\":402,\"message\":\"no credits\"}}",
          "{\"code\":402,\"message\":\"no credits\"}");

  @ParameterizedTest
  @FieldSource("BODIES")
  void countsAnErrorInEachFormAsItsStatus(String body) {
    for (Consumer<LlmClient> verb : VERBS) {
      assertThatExceptionOfType(CallException.QuotaExceeded.class)
          .isThrownBy(() -> verb.accept(client(json(200, body))))
          .withMessageContaining("no credits");
      assertThat(rig.requests()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "401, Authentication, 1",
    "400, BadRequest, 1",
    "404, NotFound, 1",
    "429, RateLimited, 5",
    "502, ServerFailed, 5",
  })
  void retriesAnErrorInABodyAsOftenAsItsStatus(String code, String type, int requests) {
    String body = "{\"error\":{\"code\":" + code + ",\"message\":\"no\"}}";

    for (Consumer<LlmClient> verb : VERBS) {
      assertThatExceptionOfType(CallException.class)
          .isThrownBy(() -> verb.accept(client(json(200, body))))
          .satisfies(e -> assertThat(e.getClass().getSimpleName()).isEqualTo(type));
      assertThat(rig.requests()).isEqualTo(requests);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"error\":\"not today\"}",
        "{\"error\":[\"not today\"]}",
        "{\"detail\":\"not today\"}"
      })
  void retriesAnErrorWithoutACodeAndShowsItsMessage(String body) {
    for (Consumer<LlmClient> verb : VERBS) {
      boolean isImage = verb == VERBS.getLast(); // each request for one may be paid
      assertThatExceptionOfType(CallException.MalformedResponse.class)
          .isThrownBy(() -> verb.accept(client(json(200, body))))
          .withMessageContaining("not today");
      assertThat(rig.requests()).isEqualTo(isImage ? 1 : 3);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"null", "\"\"", "{}", "[]", "{\"code\":null,\"message\":\"\"}", "false"})
  void ignoresAnErrorFieldThatStatesNoError(String error) {
    String body = Replies.completion("Paris", "stop");
    String more = "{\"error\":" + error + ",\"errors\":" + error + ",";

    assertThat(client(json(200, body.replaceFirst("\\{", more))).complete("hi")).isEqualTo("Paris");
    String vector = more + "\"data\":[{\"index\":0,\"embedding\":[0.5]}]}";
    assertThat(client(json(200, vector)).embed("hi")).containsExactly(0.5f);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "event: error\ndata: {\"code\":402,\"message\":\"no credits\"}",
        "event: error\ndata: {\"error\":{\"code\":402,\"message\":\"no credits\"}}",
        "event: oops\ndata: {\"error\":{\"code\":402,\"message\":\"no credits\"}}",
        "data: [{\"error\":{\"code\":402,\"message\":\"no credits\"}}]",
        "data: {\"object\":\"error\",\"code\":402,\"message\":\"no credits\"}",
        "data: {\"choices\":[{\"error\":{\"code\":402,\"message\":\"no credits\"}}]}",
      })
  void findsAnErrorInAnEventOfAnyName(String event) {
    Reply reply =
        bytes(200, "text/event-stream", (event + "\n\n").getBytes(StandardCharsets.UTF_8));

    for (Consumer<LlmClient> verb : VERBS.subList(0, 4)) {
      assertThatExceptionOfType(CallException.QuotaExceeded.class)
          .isThrownBy(() -> verb.accept(client(reply)))
          .withMessageContaining("no credits");
      assertThat(rig.requests()).isEqualTo(1);
    }
  }

  @Test
  void showsTheMessageOfAnErrorEventThatIsNotJson() {
    String stream =
        "data: "
            + delta("Par")
            + "\n\nevent: error\ndata: out of memory\n\ndata: "
            + finish("stop");
    Reply reply = bytes(200, "text/event-stream", stream.getBytes(StandardCharsets.UTF_8));

    assertThatExceptionOfType(CallException.MalformedResponse.class)
        .isThrownBy(() -> VERBS.get(2).accept(client(reply)))
        .withMessageContaining("out of memory");
    assertThatExceptionOfType(CallException.StreamInterrupted.class)
        .isThrownBy(() -> VERBS.get(1).accept(client(reply)))
        .withMessageContaining("out of memory")
        .satisfies(e -> assertThat(e.partial()).contains("Par"));
  }

  @Test
  void losesNoRowOfABulkRunToARateLimitInABody() {
    Reply limited = json(200, "{\"error\":{\"code\":429,\"message\":\"slow down\"}}");
    rig.close();
    rig =
        ClientFixture.inTurn(limited, limited, limited, chat("Paris"))
            .asBulk()
            .with("SYNTHLAB_LLM_MAX_ATTEMPTS", "2");

    assertThat(rig.client().complete("hi")).isEqualTo("Paris");
    assertThat(rig.requests()).isEqualTo(4);
  }
}
