package dev.synthlab.llm;

import static dev.synthlab.test.Replies.chat;
import static dev.synthlab.test.Replies.completion;
import static dev.synthlab.test.Replies.error;
import static dev.synthlab.test.Replies.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.synthlab.call.CallException;
import dev.synthlab.json.Constraints;
import dev.synthlab.json.Json;
import dev.synthlab.json.JsonSchema;
import dev.synthlab.json.TypedSamples;
import dev.synthlab.test.ScriptedServer.Reply;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class TypedOutputTest {
  private ClientFixture rig = ClientFixture.inTurn(chat("unused"));

  record Person(String name, @Constraints(min = 0) int age) {}

  record Page<T>(List<T> rows) {}

  @AfterEach
  void close() {
    rig.close();
  }

  private LlmClient client(Reply... replies) {
    rig.close();
    rig = ClientFixture.inTurn(replies);
    return rig.client();
  }

  private JsonNode sent(int request) {
    return Json.mapper().readTree(rig.server.seen().get(request).body());
  }

  @Test
  void sendsTheStrictSchemaOfTheTypeAndReadsTheRecord() {
    LlmClient client = client(chat("{\"name\":\"Ann\",\"age\":31}"));

    Person person = client.complete("Ann is 31.", Person.class);

    assertThat(person).isEqualTo(new Person("Ann", 31));
    assertThat(sent(0).path("response_format"))
        .isEqualTo(
            Json.mapper()
                .readTree(
                    """
                    {"type": "json_schema", "json_schema": {"name": "Person", "strict": true,
                     "schema": {"type": "object",
                      "properties": {"name": {"type": "string"},
                                     "age": {"type": "integer", "minimum": 0}},
                      "required": ["name", "age"], "additionalProperties": false}}}
                    """));
  }

  @Test
  void readsNonRecordTypesWithOrWithoutTheWrapper() {
    assertThat(client(chat("{\"value\": \"BAD\"}")).complete("q", TypedSamples.Mood.class))
        .isEqualTo(TypedSamples.Mood.BAD);
    assertThat(client(chat("42")).complete("q", int.class)).isEqualTo(42);
    assertThat(client(chat("{\"items\": [1, 2]}")).complete("q", int[].class))
        .containsExactly(1, 2);
    assertThat(
            client(chat("{'type': 'Circle', 'radius': 2}")).complete("q", TypedSamples.Form.class))
        .isEqualTo(new TypedSamples.Circle(2));
  }

  @Test
  void readsJsonSurroundedByProseInOneRequest() {
    LlmClient client =
        client(chat("<think>hm</think>Sure!\n```json\n{name: 'Ann', age: 31,}\n```"));

    TypedCompletion<Person> answer = client.ask(CompletionRequest.of("q"), Person.class);

    assertThat(answer.value()).isEqualTo(new Person("Ann", 31));
    assertThat(answer.rounds()).isEqualTo(1);
    assertThat(rig.requests()).isEqualTo(1);
  }

  @Test
  void sendsTheAnswerAndItsViolationsBackForRepair() {
    LlmClient client =
        client(chat("{\"name\":\"Ann\",\"age\":-1}"), chat("{\"name\":\"Ann\",\"age\":1}"));

    TypedCompletion<Person> answer = client.ask(CompletionRequest.of("Ann?"), Person.class);

    assertThat(answer.value()).isEqualTo(new Person("Ann", 1));
    assertThat(answer.rounds()).isEqualTo(2);
    assertThat(answer.totalUsage()).isEqualTo(new Usage(14, 10, 0, 0, true));
    assertThat(answer.completion().earlier()).hasSize(1);
    JsonNode messages = sent(1).path("messages");
    assertThat(messages.get(0).path("content").stringValue()).isEqualTo("Ann?");
    assertThat(messages.get(1).path("role").stringValue()).isEqualTo("assistant");
    assertThat(messages.get(1).path("content").stringValue())
        .isEqualTo("{\"name\":\"Ann\",\"age\":-1}");
    assertThat(messages.get(2).path("content").stringValue())
        .contains("- $.age must be at least 0, was -1");
    assertThat(sent(1).path("response_format")).isEqualTo(sent(0).path("response_format"));
  }

  @Test
  void reportsEveryRoundIfTheRepairFails() {
    LlmClient client = client(chat("Ann is 31."), chat("{\"name\": \"Ann\"}"));

    assertThatExceptionOfType(StructuredOutputException.class)
        .isThrownBy(() -> client.complete("q", Person.class))
        .withMessage("the answer of round 2 is not the Person that was asked for: $.age is missing")
        .satisfies(
            e -> {
              assertThat(e.rawText()).isEqualTo("{\"name\": \"Ann\"}");
              assertThat(e.violations()).containsExactly("$.age is missing");
              assertThat(e.rounds())
                  .extracting(Completion::text)
                  .containsExactly("Ann is 31.", "{\"name\": \"Ann\"}");
              assertThat(e.reports()).allMatch(report -> report.attempts().size() == 1);
              assertThat(e.totalUsage()).isEqualTo(new Usage(14, 10, 0, 0, true));
              assertThat(e.code()).isEqualTo("structured_output");
            });
    assertThat(rig.requests()).isEqualTo(2);
  }

  @Test
  void appliesOneDeadlineToBothRounds() {
    rig.close();
    rig =
        ClientFixture.of(
            (request, number) -> {
              rig.pushed.push(Duration.ofSeconds(number == 1 ? 50 : 11));
              return number == 1 ? chat("no") : error(500, "e", "down");
            });
    rig.with("SYNTHLAB_TIMEOUT", "60s");
    CompletionRequest request = CompletionRequest.of("q").withDeadline(Duration.ofSeconds(60));

    assertThatExceptionOfType(StructuredOutputException.class)
        .isThrownBy(() -> rig.client().complete(request, Person.class))
        .withCauseInstanceOf(CallException.DeadlineExceeded.class)
        .satisfies(e -> assertThat(e.rawText()).isEqualTo("no"));
    assertThat(rig.requests()).isEqualTo(2);
  }

  @Test
  void requestsNoRepairOfATruncatedOrRefusedAnswer() {
    LlmClient cut = client(json(200, completion("{\"name\":\"A", "length")));
    assertThatExceptionOfType(AnswerException.Truncated.class)
        .isThrownBy(() -> cut.complete("q", Person.class));
    assertThat(rig.requests()).isEqualTo(1);

    String refusal =
        completion("", "stop").replace("\"content\":\"\"", "\"content\":null,\"refusal\":\"no\"");
    LlmClient refused = client(json(200, refusal));
    assertThatExceptionOfType(AnswerException.Refused.class)
        .isThrownBy(() -> refused.complete("q", Person.class));
    assertThat(rig.requests()).isEqualTo(1);
  }

  @Test
  void repairsTheAnswerToARawChatCompletionsBody() {
    LlmClient client = client(chat("none"), chat("{\"name\":\"Ann\",\"age\":1}"));
    CompletionRequest body =
        CompletionRequest.ofBody(
            Map.of("messages", List.of(Map.of("role", "user", "content", "q")), "seed", 1));

    assertThat(client.complete(body, Person.class)).isEqualTo(new Person("Ann", 1));

    assertThat(sent(1).path("messages")).hasSize(3);
    assertThat(sent(1).path("seed").intValue()).isEqualTo(1);
  }

  @Test
  void refusesATypeThatNoModelCanFillBeforeAnyRequest() {
    LlmClient client = client(chat("unused"));

    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() -> client.complete("q", Page.class))
        .withMessageContaining("Page.rows is of the open type T");
    assertThat(rig.requests()).isZero();
  }

  @Test
  void validatesJsonAgainstTheSchemaOfTheRequest() {
    JsonSchema schema =
        JsonSchema.parse(
            """
            {"type": "object", "required": ["name"],
             "properties": {"name": {"type": "string", "minLength": 2}, "age": {"type": "integer"}}}
            """);
    LlmClient client =
        client(chat("{\"name\":\"A\",\"age\":null}"), chat("{\"name\":\"Ann\",\"age\":null}"));

    TypedCompletion<Map<String, Object>> answer =
        client.askJson(CompletionRequest.of("q").withFormat(new ResponseFormat.Schema(schema)));

    assertThat(answer.value()).isEqualTo(Map.of("name", "Ann"));
    assertThat(answer.rounds()).isEqualTo(2);
    assertThat(sent(0).at("/response_format/json_schema/strict").booleanValue()).isTrue();
    assertThat(sent(0).at("/response_format/json_schema/schema/properties/age/type").toString())
        .isEqualTo("[\"integer\",\"null\"]");
    assertThat(sent(1).path("messages").get(2).path("content").stringValue())
        .contains("$.name must have 2 characters or more, has 1");
  }

  @Test
  void sendsASchemaUnchangedIfStrictModeCannotExpressIt() {
    JsonSchema schema = JsonSchema.parse("{\"type\": \"object\", \"minProperties\": 1}");

    client(chat("{\"a\": 1.5}"))
        .completeJson(CompletionRequest.of("q").withFormat(new ResponseFormat.Schema(schema)));

    assertThat(sent(0).at("/response_format/json_schema/strict").booleanValue()).isFalse();
    assertThat(sent(0).at("/response_format/json_schema/schema/minProperties").intValue())
        .isEqualTo(1);
  }

  @Test
  void mentionsJsonInThePromptAsJsonModeRequires() {
    Map<String, Object> answer = client(chat("{\"a\": 1.5}")).completeJson("List fruits");

    assertThat(answer).isEqualTo(Map.of("a", 1.5));
    assertThat(sent(0).path("messages").get(0).path("content").stringValue()).contains("JSON");
    assertThat(Optional.of(sent(0).at("/response_format/type").stringValue()))
        .contains("json_object");
  }
}
