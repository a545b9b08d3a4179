package dev.synthlab.llm;

import static dev.synthlab.test.Replies.chat;
import static dev.synthlab.test.Replies.delta;
import static dev.synthlab.test.Replies.events;
import static dev.synthlab.test.Replies.finish;
import static dev.synthlab.test.Replies.json;
import static dev.synthlab.test.Replies.quoted;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.synthlab.call.CallException;
import dev.synthlab.json.Json;
import dev.synthlab.test.ScriptedServer.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** Servers that lack strict schemas, or JSON mode, or both. */
class FormatFallbackTest {
  private static final String ANN = "{\"name\":\"Ann\",\"age\":31}";
  private final List<ClientFixture> rigs = new ArrayList<>();

  record Person(String name, int age) {}

  @AfterEach
  void close() {
    rigs.forEach(ClientFixture::close);
  }

  private ClientFixture rig(ClientFixture rig) {
    rigs.add(rig);
    return rig;
  }

  private static JsonNode sent(ClientFixture rig, int request) {
    return Json.mapper().readTree(rig.server.seen().get(request).body());
  }

  private static String format(ClientFixture rig, int request) {
    return sent(rig, request).path("response_format").path("type").asString("none");
  }

  private static List<String> formats(ClientFixture rig) {
    return java.util.stream.IntStream.range(0, rig.requests())
        .mapToObj(i -> format(rig, i))
        .toList();
  }

  /** What servers say that do not know JSON schemas. */
  static List<String> lackingSchemas() {
    return List.of(
        // OpenAI, models before August 2024
        error(
            "Invalid parameter: 'response_format' of type 'json_schema' is not supported with this"
                + " model. Learn more about supported models at the Structured Outputs guide."),
        // vLLM
        "{\"object\":\"error\",\"message\":"
            + quoted(
                "[{'type': 'literal_error', 'loc': ('body', 'response_format', 'type'), 'msg':"
                    + " \"Input should be 'text' or 'json_object'\", 'input': 'json_schema'}]")
            + ",\"type\":\"BadRequestError\",\"param\":null,\"code\":400}",
        // Ollama
        error(
            "json: cannot unmarshal object into Go struct field"
                + " ChatCompletionRequest.response_format of type string"),
        // llama.cpp
        "{\"error\":{\"code\":400,\"message\":"
            + quoted(
                "response_format type must be one of \"text\" or \"json_object\", but got:"
                    + " json_schema")
            + ",\"type\":\"invalid_request_error\"}}",
        // Groq
        error("This model does not support response format `json_schema`."),
        // DeepSeek
        error("This response_format type is unavailable now"),
        // FastAPI servers
        "{\"detail\":[{\"type\":\"extra_forbidden\",\"loc\":[\"body\",\"response_format\","
            + "\"json_schema\"],\"msg\":\"Extra inputs are not permitted\"}]}");
  }

  private static String error(String message) {
    return "{\"error\":{\"message\":"
        + quoted(message)
        + ",\"type\":\"invalid_request_error\",\"param\":null,\"code\":null}}";
  }

  @ParameterizedTest
  @MethodSource("lackingSchemas")
  void usesJsonModeAndInstructionsIfTheServerLacksSchemas(String refusal) {
    ClientFixture rig = rig(ClientFixture.inTurn(json(400, refusal), chat(ANN)));
    LlmClient client = rig.client();

    TypedCompletion<Person> first =
        client.ask(CompletionRequest.of("q").withSystem("Be brief."), Person.class);
    client.complete("again", Person.class);

    assertThat(first.value()).isEqualTo(new Person("Ann", 31));
    assertThat(first.rounds()).isEqualTo(1);
    assertThat(first.completion().report().attempts()).hasSize(2);
    assertThat(formats(rig)).containsExactly("json_schema", "json_object", "json_object");
    assertThat(sent(rig, 1).path("messages").get(0).path("content").stringValue())
        .startsWith("Be brief.\n\nAnswer with one JSON object")
        .contains("\"required\":[\"name\",\"age\"]");
    assertThat(sent(rig, 2).path("messages")).hasSize(2);
  }

  @Test
  void usesJsonModeIfTheCatalogueSaysThatTheModelLacksSchemas() {
    ClientFixture rig = rig(ClientFixture.inTurn(chat(ANN)));

    rig.client().complete(CompletionRequest.of("q").withModel("gpt-4"), Person.class);

    assertThat(formats(rig)).containsExactly("json_object");
  }

  @Test
  void usesInstructionsAloneIfTheServerLacksSchemasAndJsonMode() {
    Reply refusal = json(400, error("Unknown parameter: 'response_format'."));
    ClientFixture rig =
        rig(
            ClientFixture.of(
                (request, number) ->
                    request.body().contains("response_format") ? refusal : chat(ANN)));
    LlmClient client = rig.client();

    assertThat(client.complete("q", Person.class)).isEqualTo(new Person("Ann", 31));
    assertThat(client.complete("q", Person.class)).isEqualTo(new Person("Ann", 31));
    assertThat(client.completeJson("as JSON")).containsEntry("name", "Ann");

    assertThat(formats(rig)).containsExactly("json_schema", "json_object", "none", "none", "none");
  }

  @Test
  void continuesToUseSchemasIfOnlyJsonModeIsMissing() {
    // LM Studio
    Reply refusal =
        json(400, "{\"error\":\"'response_format.type' must be 'json_schema' or 'text'\"}");
    ClientFixture rig =
        rig(
            ClientFixture.of(
                (request, n) -> request.body().contains("json_object") ? refusal : chat(ANN)));
    LlmClient client = rig.client();

    client.completeJson("as JSON");
    client.complete("q", Person.class);
    client.completeJson("as JSON");

    assertThat(formats(rig)).containsExactly("json_object", "none", "json_schema", "none");
  }

  /** What servers say that know schemas, but not this one. */
  static List<String> refusingTheSchema() {
    return List.of(
        error("Invalid schema for response_format 'Person': In context=(), no."),
        error("JSON schema conversion failed:\nUnrecognized schema: {}"),
        error("The provided JSON schema contains features not supported by xgrammar."));
  }

  @ParameterizedTest
  @MethodSource("refusingTheSchema")
  void doesNotRememberTheRefusalOfOneSchema(String refusal) {
    ClientFixture rig = rig(ClientFixture.inTurn(json(400, refusal), chat(ANN)));
    LlmClient client = rig.client();

    client.complete("q", Person.class);
    client.complete("q", Person.class);

    assertThat(formats(rig)).containsExactly("json_schema", "json_object", "json_schema");
  }

  @Test
  void leavesTheFormatOfARawBodyUnchanged() {
    ClientFixture rig = rig(ClientFixture.inTurn(json(400, lackingSchemas().getFirst())));
    CompletionRequest body =
        CompletionRequest.ofBody(
            Map.of(
                "messages",
                List.of(Map.of("role", "user", "content", "q")),
                "response_format",
                Map.of("type", "json_schema")));

    assertThatExceptionOfType(CallException.BadRequest.class)
        .isThrownBy(() -> rig.client().ask(body));
    assertThat(rig.requests()).isEqualTo(1);
  }

  @Test
  void doesNotFallBackOnOtherFaults() {
    ClientFixture rig = rig(ClientFixture.inTurn(json(400, error("Unknown model."))));

    assertThatExceptionOfType(CallException.BadRequest.class)
        .isThrownBy(() -> rig.client().complete("q", Person.class));
    assertThat(rig.requests()).isEqualTo(1);
  }

  @Test
  void fallsBackForStreams() {
    ClientFixture rig =
        rig(
            ClientFixture.inTurn(
                json(400, lackingSchemas().getFirst()),
                events(delta("[" + ANN + "]"), finish("stop"), "[DONE]")));

    try (ElementStream<Person> people = rig.client().streamList("q", Person.class)) {
      assertThat(people).containsExactly(new Person("Ann", 31));
    }
    assertThat(formats(rig)).containsExactly("json_schema", "json_object");
  }
}
