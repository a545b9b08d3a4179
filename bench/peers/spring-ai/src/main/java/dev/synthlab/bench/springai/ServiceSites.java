package dev.synthlab.bench.springai;

import dev.synthlab.bench.springai.CallSites.Person;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.springframework.ai.chat.client.ChatClient;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.model.ChatModel;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.model.Generation;
import org.springframework.ai.openai.OpenAiChatModel;
import org.springframework.ai.openai.OpenAiChatOptions;

/** Its side of docs/comparison.md for services; the page shows the marked regions. */
final class ServiceSites {
  private ServiceSites() {}

  static ChatClient build(String key) {
    // tag::build[]
    OpenAiChatModel model =
        OpenAiChatModel.builder()
            .options(
                OpenAiChatOptions.builder()
                    .apiKey(key)
                    .baseUrl("https://eu.example/v1")
                    .model("gpt-4o-mini")
                    .timeout(Duration.ofSeconds(20))
                    .maxRetries(4)
                    .build())
            .build();
    ChatClient client = ChatClient.create(model);
    // end::build[]
    return client;
  }

  static ChatClient account(OpenAiChatModel model, String key) {
    // tag::account[]
    OpenAiChatOptions options = model.getOptions().mutate().apiKey(key).build();
    ChatClient tenant = ChatClient.create(OpenAiChatModel.builder().options(options).build());
    // end::account[]
    return tenant;
  }

  static List<Future<@Nullable Person>> parallel(ChatClient client, List<String> texts)
      throws InterruptedException {
    // tag::parallel[]
    List<Callable<@Nullable Person>> calls =
        texts.stream()
            .<Callable<@Nullable Person>>map(
                text -> () -> client.prompt(text).call().entity(Person.class))
            .toList();
    List<Future<@Nullable Person>> people;
    try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
      people = threads.invokeAll(calls);
    }
    // end::parallel[]
    return people;
  }

  static @Nullable Person test() {
    // tag::test[]
    AssistantMessage answer = new AssistantMessage("{\"name\": \"Maria\", \"age\": 34}");
    ChatModel model = prompt -> new ChatResponse(List.of(new Generation(answer)));
    Person person = CallSites.typed(ChatClient.create(model));
    // end::test[]
    return person;
  }
}
