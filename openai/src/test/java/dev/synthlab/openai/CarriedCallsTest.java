package dev.synthlab.openai;

import static org.assertj.core.api.Assertions.assertThat;

import com.openai.core.http.StreamResponse;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionMessage;
import com.openai.models.chat.completions.ChatCompletionMessageToolCall;
import com.openai.models.chat.completions.ChatCompletionToolMessageParam;
import com.openai.models.embeddings.EmbeddingCreateParams;
import com.openai.models.images.ImageGenerateParams;
import com.openai.models.moderations.ModerationCreateParams;
import com.openai.models.responses.ResponseStatus;
import com.openai.models.responses.ResponseStreamEvent;
import dev.synthlab.test.Replies;
import dev.synthlab.test.ScriptedServer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The calls of the library, by its own types, over the call loop. */
@Timeout(20)
class CarriedCallsTest {
  record Person(String name, int age) {}

  record Weather(String city) {}

  private static final String TOOL_CALL =
      """
      {"id":"c","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,\
      "finish_reason":"tool_calls","logprobs":null,"message":{"role":"assistant","content":null,\
      "refusal":null,"tool_calls":[{"id":"call_1","type":"function","function":{"name":"Weather",\
      "arguments":"{\\"city\\":\\"Oslo\\"}"}}]}}]}""";

  @Test
  void returnTheTextOfAChatCompletion() {
    try (ScriptedServer server = ScriptedServer.inTurn(Replies.chat("Oslo"));
        Lab lab = Lab.of(server)) {
      String text = Calls.text(lab.client.chat().completions().create(Calls.question()));

      assertThat(text).isEqualTo("Oslo");
      assertThat(server.seen().getFirst().path()).isEqualTo("/v1/chat/completions");
      assertThat(server.seen().getFirst().header("authorization")).isEqualTo("Bearer " + Lab.KEY);
      assertThat(server.seen().getFirst().header("content-type")).isEqualTo("application/json");
    }
  }

  @Test
  void returnTheTextAsynchronously() {
    try (ScriptedServer server = ScriptedServer.inTurn(Replies.chat("Oslo"));
        Lab lab = Lab.of(server)) {
      CompletableFuture<String> text =
          lab.client.async().chat().completions().create(Calls.question()).thenApply(Calls::text);

      assertThat(text.join()).isEqualTo("Oslo");
    }
  }

  @Test
  void streamTheDeltas() {
    try (ScriptedServer server =
            ScriptedServer.inTurn(
                Replies.events(
                    Replies.delta("Os"), Replies.delta("lo"), Replies.finish("stop"), "[DONE]"));
        Lab lab = Lab.of(server);
        StreamResponse<ChatCompletionChunk> chunks =
            lab.client.chat().completions().createStreaming(Calls.question())) {
      String text =
          chunks.stream()
              .flatMap(chunk -> chunk.choices().stream())
              .flatMap(choice -> choice.delta().content().stream())
              .collect(Collectors.joining("|"));

      assertThat(text).isEqualTo("Os|lo");
    }
  }

  @Test
  void streamTheDeltasAsynchronously() {
    try (ScriptedServer server =
            ScriptedServer.inTurn(
                Replies.events(
                    Replies.delta("Os"), Replies.delta("lo"), Replies.finish("stop"), "[DONE]"));
        Lab lab = Lab.of(server)) {
      List<String> deltas = new CopyOnWriteArrayList<>();

      lab.client
          .async()
          .chat()
          .completions()
          .createStreaming(Calls.question())
          .subscribe(
              chunk -> chunk.choices().forEach(c -> c.delta().content().ifPresent(deltas::add)))
          .onCompleteFuture()
          .join();

      assertThat(deltas).containsExactly("Os", "lo");
    }
  }

  @Test
  void returnAValueOfAType() {
    try (ScriptedServer server =
            ScriptedServer.inTurn(Replies.chat("{\"name\":\"Maria\",\"age\":34}"));
        Lab lab = Lab.of(server)) {
      var question =
          ChatCompletionCreateParams.builder()
              .model("gpt-4o-mini")
              .addUserMessage("Maria is 34.")
              .responseFormat(Person.class)
              .build();

      Person person =
          lab.client
              .chat()
              .completions()
              .create(question)
              .choices()
              .getFirst()
              .message()
              .content()
              .orElseThrow();

      assertThat(person).isEqualTo(new Person("Maria", 34));
      assertThat(server.seen().getFirst().body()).contains("json_schema");
    }
  }

  @Test
  void callTools() {
    try (ScriptedServer server =
            ScriptedServer.inTurn(Replies.json(200, TOOL_CALL), Replies.chat("yes"));
        Lab lab = Lab.of(server)) {
      ChatCompletionCreateParams.Builder question =
          ChatCompletionCreateParams.builder()
              .model("gpt-4o-mini")
              .addTool(Weather.class)
              .addUserMessage("Do I need an umbrella in Oslo?");

      ChatCompletionMessage first = message(lab, question);
      ChatCompletionMessageToolCall call = first.toolCalls().orElseThrow().getFirst();
      Weather asked = call.asFunction().function().arguments(Weather.class);
      question.addMessage(first);
      question.addMessage(
          ChatCompletionToolMessageParam.builder()
              .toolCallId(call.asFunction().id())
              .content("rain in " + asked.city())
              .build());
      ChatCompletionMessage last = message(lab, question);

      assertThat(last.content()).contains("yes");
      assertThat(server.seen().getLast().body()).contains("rain in Oslo");
    }
  }

  private static ChatCompletionMessage message(
      Lab lab, ChatCompletionCreateParams.Builder question) {
    return lab.client.chat().completions().create(question.build()).choices().getFirst().message();
  }

  @Test
  void returnAResponseObject() {
    try (ScriptedServer server = ScriptedServer.inTurn(Replies.json(200, Calls.RESPONSE));
        Lab lab = Lab.of(server)) {
      var response = lab.client.responses().create(Calls.response());

      String text =
          response.output().stream()
              .flatMap(item -> item.message().stream())
              .flatMap(message -> message.content().stream())
              .flatMap(content -> content.outputText().stream())
              .map(each -> each.text())
              .collect(Collectors.joining());
      assertThat(text).isEqualTo("Oslo");
      assertThat(server.seen().getFirst().path()).isEqualTo("/v1/responses");
    }
  }

  @Test
  void streamTheEventsOfAResponse() {
    try (ScriptedServer server = ScriptedServer.inTurn(responseEvents());
        Lab lab = Lab.of(server);
        StreamResponse<ResponseStreamEvent> events =
            lab.client.responses().createStreaming(Calls.response())) {
      String text =
          events.stream()
              .flatMap(event -> event.outputTextDelta().stream())
              .map(delta -> delta.delta())
              .collect(Collectors.joining("|"));

      assertThat(text).isEqualTo("Os|lo");
    }
  }

  static ScriptedServer.Reply responseEvents() {
    return Replies.events(
        "{\"type\":\"response.created\",\"sequence_number\":0,\"response\":" + Calls.RESPONSE + "}",
        textDelta(1, "Os"),
        textDelta(2, "lo"),
        "{\"type\":\"response.completed\",\"sequence_number\":3,\"response\":"
            + Calls.RESPONSE
            + "}");
  }

  private static String textDelta(int number, String text) {
    return """
        {"type":"response.output_text.delta","sequence_number":%d,"item_id":"msg_1",\
        "output_index":0,"content_index":0,"logprobs":[],"delta":"%s"}"""
        .formatted(number, text);
  }

  @Test
  void pollAResponseInTheBackground() {
    String queued =
        Calls.RESPONSE
            .replace("\"status\":\"completed\",\"error\"", "\"status\":\"queued\",\"error\"")
            .replaceFirst("\"output\":\\[.*?\\]}],", "\"output\":[],");
    try (ScriptedServer server =
            ScriptedServer.inTurn(
                Replies.json(200, queued),
                Replies.json(200, queued),
                Replies.json(200, Calls.RESPONSE));
        Lab lab = Lab.of(server)) {
      var response =
          lab.client.responses().create(Calls.response().toBuilder().background(true).build());
      while (response.status().orElseThrow().equals(ResponseStatus.QUEUED)) {
        response = lab.client.responses().retrieve(response.id());
      }

      assertThat(response.output()).hasSize(1);
      assertThat(server.seen().getLast().path()).isEqualTo("/v1/responses/resp_1");
      assertThat(server.seen()).hasSize(3);
    }
  }

  @Test
  void generateImagesAndModerate() {
    String image = "{\"created\":1,\"data\":[{\"b64_json\":\"AAAA\"}]}";
    String moderation = "{\"id\":\"modr-1\",\"model\":\"m\",\"results\":[]}";
    try (ScriptedServer server =
            ScriptedServer.inTurn(Replies.json(200, image), Replies.json(200, moderation));
        Lab lab = Lab.of(server)) {
      var images =
          lab.client
              .images()
              .generate(
                  ImageGenerateParams.builder().model("gpt-image-1").prompt("a fjord").build());
      var moderated =
          lab.client.moderations().create(ModerationCreateParams.builder().input("Hi").build());

      assertThat(images.data().orElseThrow().getFirst().b64Json()).contains("AAAA");
      assertThat(moderated.results()).isEmpty();
      assertThat(server.seen())
          .extracting(ScriptedServer.Seen::path)
          .containsExactly("/v1/images/generations", "/v1/moderations");
    }
  }

  @Test
  void returnEmbeddings() {
    String json =
        """
        {"object":"list","model":"text-embedding-3-small","data":[{"object":"embedding","index":0,\
        "embedding":[0.5,0.25]}],"usage":{"prompt_tokens":4,"total_tokens":4}}""";
    try (ScriptedServer server = ScriptedServer.inTurn(Replies.json(200, json));
        Lab lab = Lab.of(server)) {
      var question =
          EmbeddingCreateParams.builder().model("text-embedding-3-small").input("Oslo").build();

      List<Float> vector = lab.client.embeddings().create(question).data().getFirst().embedding();

      assertThat(vector).containsExactly(0.5f, 0.25f);
    }
  }

  @Test
  void closingTheClientClosesNothingOfTheLab() {
    try (ScriptedServer server = ScriptedServer.inTurn(Replies.chat("Oslo"));
        Lab lab = Lab.of(server)) {
      lab.client.close();

      assertThat(lab.synthlab.llm().complete("The capital of Norway?")).isEqualTo("Oslo");
      assertThat(
              Calls.text(
                  SynthlabOpenAi.over(lab.synthlab).chat().completions().create(Calls.question())))
          .isEqualTo("Oslo");
    }
  }
}
