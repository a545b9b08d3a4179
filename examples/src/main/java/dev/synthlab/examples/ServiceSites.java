package dev.synthlab.examples;

import dev.synthlab.config.Secret;
import dev.synthlab.examples.CallSites.Person;
import dev.synthlab.llm.CompletionRequest;
import dev.synthlab.llm.LlmClient;
import dev.synthlab.llm.Outcome;
import dev.synthlab.llm.TypedCompletion;
import java.time.Duration;
import java.util.List;

/**
 * The code of this library in docs/comparison.md for services; the page shows the tagged regions.
 */
final class ServiceSites {
  private ServiceSites() {}

  static LlmClient build(Secret key) {
    // tag::build[]
    LlmClient llm =
        LlmClient.builder()
            .apiKey(key)
            .baseUrl("https://eu.example/v1")
            .model("gpt-4o-mini")
            .timeout(Duration.ofSeconds(20))
            .maxAttempts(5)
            .build();
    // end::build[]
    return llm;
  }

  static LlmClient account(LlmClient llm, Secret key) {
    // tag::account[]
    LlmClient tenant = llm.toBuilder().apiKey(key).keyName("tenant-b").build();
    // end::account[]
    return tenant;
  }

  static List<Outcome<TypedCompletion<Person>>> parallel(LlmClient llm, List<String> texts) {
    // tag::parallel[]
    List<CompletionRequest> requests = texts.stream().map(CompletionRequest::of).toList();
    List<Outcome<TypedCompletion<Person>>> people = llm.askAll(requests, Person.class);
    // end::parallel[]
    return people;
  }

  static boolean close(LlmClient llm) {
    // tag::close[]
    boolean allEnded = llm.shutdown(Duration.ofSeconds(20));
    // end::close[]
    return allEnded;
  }
}
