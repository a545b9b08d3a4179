package dev.synthlab.bench.langchain4j;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.service.AiServices;
import dev.synthlab.bench.langchain4j.CallSites.People;
import dev.synthlab.bench.langchain4j.CallSites.Person;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Its side of docs/comparison.md for services; the page shows the marked regions. */
final class ServiceSites {
  private ServiceSites() {}

  static ChatModel build(String key) {
    // tag::build[]
    ChatModel model =
        OpenAiChatModel.builder()
            .apiKey(key)
            .baseUrl("https://eu.example/v1")
            .modelName("gpt-4o-mini")
            .timeout(Duration.ofSeconds(20))
            .maxRetries(4)
            .build();
    // end::build[]
    return model;
  }

  static ChatModel account(String key) {
    // tag::account[]
    ChatModel tenant =
        OpenAiChatModel.builder()
            .apiKey(key)
            .baseUrl("https://eu.example/v1")
            .modelName("gpt-4o-mini")
            .timeout(Duration.ofSeconds(20))
            .maxRetries(4)
            .build();
    // end::account[]
    return tenant;
  }

  static List<Future<Person>> parallel(ChatModel model, List<String> texts)
      throws InterruptedException {
    // tag::parallel[]
    People reader = AiServices.create(People.class, model);
    List<Callable<Person>> calls =
        texts.stream().<Callable<Person>>map(text -> () -> reader.read(text)).toList();
    List<Future<Person>> people;
    try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
      people = threads.invokeAll(calls);
    }
    // end::parallel[]
    return people;
  }

  static Person test() {
    // tag::test[]
    ChatModel model =
        new ChatModel() {
          @Override
          public ChatResponse doChat(ChatRequest request) {
            return ChatResponse.builder()
                .aiMessage(AiMessage.from("{\"name\": \"Maria\", \"age\": 34}"))
                .build();
          }
        };
    Person person = CallSites.typed(model);
    // end::test[]
    return person;
  }
}
