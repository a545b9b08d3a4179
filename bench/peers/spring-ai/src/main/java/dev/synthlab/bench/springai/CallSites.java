package dev.synthlab.bench.springai;

import java.io.PrintStream;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.ai.chat.client.ChatClient;
import org.springframework.ai.converter.MapOutputConverter;
import org.springframework.ai.openai.OpenAiChatModel;
import org.springframework.ai.openai.OpenAiChatOptions;
import org.springframework.ai.tool.annotation.Tool;
import org.springframework.ai.tool.annotation.ToolParam;

/** Its side of docs/comparison.md, which shows the marked regions. */
final class CallSites {
  // tag::types[]
  record Person(String name, int age) {}

  static class Weather {
    @Tool(description = "The weather of a city.")
    String weather(@ToolParam(description = "its English name") String city) {
      return "rain in " + city;
    }
  }

  // end::types[]

  private CallSites() {}

  static ChatClient client() {
    // tag::client[]
    ChatClient client =
        ChatClient.create(
            OpenAiChatModel.builder()
                .options(
                    OpenAiChatOptions.builder()
                        .apiKey(System.getenv("OPENAI_API_KEY"))
                        .model("gpt-4o-mini")
                        .build())
                .build());
    // end::client[]
    return client;
  }

  static @Nullable String text(ChatClient client) {
    // tag::text[]
    String text = client.prompt("Why is the sky blue?").call().content();
    // end::text[]
    return text;
  }

  static @Nullable Map<String, Object> json(ChatClient client) {
    // tag::json[]
    Map<String, Object> json =
        client
            .prompt("Three fruits as JSON: {\"fruits\": []}")
            .call()
            .entity(new MapOutputConverter());
    // end::json[]
    return json;
  }

  static @Nullable Person typed(ChatClient client) {
    // tag::typed[]
    Person person = client.prompt("Maria is 34.").call().entity(Person.class);
    // end::typed[]
    return person;
  }

  static void stream(ChatClient client, PrintStream out) {
    // tag::stream[]
    client.prompt("Tell me a story.").stream().content().doOnNext(out::print).blockLast();
    // end::stream[]
  }

  static @Nullable String tools(ChatClient client) {
    // tag::tools[]
    String answer =
        client.prompt("Do I need an umbrella in Oslo?").tools(new Weather()).call().content();
    // end::tools[]
    return answer;
  }
}
