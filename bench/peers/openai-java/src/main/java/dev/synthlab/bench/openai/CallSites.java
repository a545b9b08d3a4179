package dev.synthlab.bench.openai;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.http.StreamResponse;
import com.openai.models.ResponseFormatJsonObject;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionMessage;
import com.openai.models.chat.completions.ChatCompletionMessageToolCall;
import com.openai.models.chat.completions.ChatCompletionToolMessageParam;
import java.io.PrintStream;
import java.util.Map;

/** Its side of docs/comparison.md, which shows the marked regions. */
final class CallSites {
  // tag::types[]
  record Person(String name, int age) {}

  @JsonClassDescription("The weather of a city.")
  record Weather(@JsonPropertyDescription("its English name") String city) {}

  // end::types[]

  private CallSites() {}

  static OpenAIClient client() {
    // tag::client[]
    OpenAIClient client = OpenAIOkHttpClient.fromEnv();
    // end::client[]
    return client;
  }

  static String text(OpenAIClient client) {
    // tag::text[]
    ChatCompletionCreateParams question =
        ChatCompletionCreateParams.builder()
            .model("gpt-4o-mini")
            .addUserMessage("Why is the sky blue?")
            .build();
    String text =
        client.chat().completions().create(question).choices().getFirst().message().content().get();
    // end::text[]
    return text;
  }

  static Map<String, Object> json(OpenAIClient client) throws JsonProcessingException {
    // tag::json[]
    ChatCompletionCreateParams question =
        ChatCompletionCreateParams.builder()
            .model("gpt-4o-mini")
            .addUserMessage("Three fruits as JSON: {\"fruits\": []}")
            .responseFormat(ResponseFormatJsonObject.builder().build())
            .build();
    String text =
        client.chat().completions().create(question).choices().getFirst().message().content().get();
    Map<String, Object> json = new ObjectMapper().readValue(text, new TypeReference<>() {});
    // end::json[]
    return json;
  }

  static Person typed(OpenAIClient client) {
    // tag::typed[]
    var question =
        ChatCompletionCreateParams.builder()
            .model("gpt-4o-mini")
            .addUserMessage("Maria is 34.")
            .responseFormat(Person.class)
            .build();
    Person person =
        client.chat().completions().create(question).choices().getFirst().message().content().get();
    // end::typed[]
    return person;
  }

  static void stream(OpenAIClient client, PrintStream out) {
    // tag::stream[]
    ChatCompletionCreateParams question =
        ChatCompletionCreateParams.builder()
            .model("gpt-4o-mini")
            .addUserMessage("Tell me a story.")
            .build();
    try (StreamResponse<ChatCompletionChunk> chunks =
        client.chat().completions().createStreaming(question)) {
      chunks.stream()
          .flatMap(chunk -> chunk.choices().stream())
          .flatMap(choice -> choice.delta().content().stream())
          .forEach(out::print);
    }
    // end::stream[]
  }

  static String tools(OpenAIClient client) {
    // tag::tools[]
    ChatCompletionCreateParams.Builder question =
        ChatCompletionCreateParams.builder()
            .model("gpt-4o-mini")
            .addTool(Weather.class)
            .addUserMessage("Do I need an umbrella in Oslo?");
    ChatCompletionMessage answer;
    while (true) {
      answer = client.chat().completions().create(question.build()).choices().getFirst().message();
      if (answer.toolCalls().isEmpty()) {
        break;
      }
      question.addMessage(answer);
      for (ChatCompletionMessageToolCall call : answer.toolCalls().get()) {
        Weather asked = call.asFunction().function().arguments(Weather.class);
        question.addMessage(
            ChatCompletionToolMessageParam.builder()
                .toolCallId(call.asFunction().id())
                .content("rain in " + asked.city())
                .build());
      }
    }
    String text = answer.content().get();
    // end::tools[]
    return text;
  }
}
