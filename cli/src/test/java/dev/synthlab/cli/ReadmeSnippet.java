package dev.synthlab.cli;

import dev.synthlab.llm.Completion;
import dev.synthlab.llm.CompletionRequest;
import dev.synthlab.llm.LlmClient;
import dev.synthlab.llm.Outcome;
import dev.synthlab.llm.TextStream;
import dev.synthlab.llm.Tool;
import java.util.List;
import java.util.Map;

/** The Java of the README. */
final class ReadmeSnippet {
  private ReadmeSnippet() {}

  record Person(String name, int age) {}

  record Place(String city) {}

  @SuppressWarnings("unused")
  static void run() {
    LlmClient llm = LlmClient.get();
    String text = llm.complete("Why is the sky blue?");
    Map<String, Object> json = llm.completeJson("Three fruits as JSON: {\"fruits\": []}");
    Completion full =
        llm.ask(CompletionRequest.of("Hi").withModel("gpt-4o-mini").withMaxTokens(50));
    try (TextStream stream = llm.stream("Tell me a story")) {
      stream.forEach(System.out::print);
    }
    Person rex = llm.complete("Rex is three years old.", Person.class);
    List<Person> team = llm.completeList("Ann is 31, Bob is 45.", Person.class);
    Outcome<Completion> outcome = llm.askOutcome("Hi");
    String sky =
        llm.complete(
            "Weather in Oslo?", Tool.of("weather", Place.class, at -> "rain in " + at.city()));
  }
}
