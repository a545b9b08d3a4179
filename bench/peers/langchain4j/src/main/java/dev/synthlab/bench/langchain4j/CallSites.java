package dev.synthlab.bench.langchain4j;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.langchain4j.agent.tool.P;
import dev.langchain4j.agent.tool.Tool;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.LambdaStreamingResponseHandler;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ResponseFormat;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import dev.langchain4j.service.AiServices;
import java.io.PrintStream;
import java.util.Map;

/** Its side of docs/comparison.md, which shows the marked regions. */
final class CallSites {
  // tag::types[]
  record Person(String name, int age) {}

  interface People {
    Person read(String text);
  }

  interface Assistant {
    String answer(String question);
  }

  static class Weather {
    @Tool("The weather of a city.")
    String weather(@P("its English name") String city) {
      return "rain in " + city;
    }
  }

  // end::types[]

  private CallSites() {}

  static ChatModel client() {
    // tag::client[]
    ChatModel model =
        OpenAiChatModel.builder()
            .apiKey(System.getenv("OPENAI_API_KEY"))
            .modelName("gpt-4o-mini")
            .build();
    // end::client[]
    return model;
  }

  static StreamingChatModel streamingClient() {
    // tag::streaming-client[]
    StreamingChatModel streaming =
        OpenAiStreamingChatModel.builder()
            .apiKey(System.getenv("OPENAI_API_KEY"))
            .modelName("gpt-4o-mini")
            .build();
    // end::streaming-client[]
    return streaming;
  }

  static String text(ChatModel model) {
    // tag::text[]
    String text = model.chat("Why is the sky blue?");
    // end::text[]
    return text;
  }

  static Map<String, Object> json(ChatModel model) throws JsonProcessingException {
    // tag::json[]
    ChatRequest question =
        ChatRequest.builder()
            .messages(UserMessage.from("Three fruits as JSON: {\"fruits\": []}"))
            .responseFormat(ResponseFormat.JSON)
            .build();
    String text = model.chat(question).aiMessage().text();
    Map<String, Object> json = new ObjectMapper().readValue(text, new TypeReference<>() {});
    // end::json[]
    return json;
  }

  static Person typed(ChatModel model) {
    // tag::typed[]
    Person person = AiServices.create(People.class, model).read("Maria is 34.");
    // end::typed[]
    return person;
  }

  static void stream(StreamingChatModel streaming, PrintStream out) throws InterruptedException {
    // tag::stream[]
    LambdaStreamingResponseHandler.onPartialResponseBlocking(
        streaming, "Tell me a story.", out::print);
    // end::stream[]
  }

  static String tools(ChatModel model) {
    // tag::tools[]
    Assistant assistant =
        AiServices.builder(Assistant.class).chatModel(model).tools(new Weather()).build();
    String answer = assistant.answer("Do I need an umbrella in Oslo?");
    // end::tools[]
    return answer;
  }
}
