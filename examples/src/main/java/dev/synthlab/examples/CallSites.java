package dev.synthlab.examples;

import dev.synthlab.json.Description;
import dev.synthlab.llm.LlmClient;
import dev.synthlab.llm.TextStream;
import dev.synthlab.llm.Tool;
import java.io.PrintStream;
import java.util.Map;

/** The code of this library in docs/comparison.md, which shows the tagged regions. */
final class CallSites {
  // tag::types[]
  record Person(String name, int age) {}

  record Weather(@Description("its English name") String city) {}

  // end::types[]

  private CallSites() {}

  static LlmClient client() {
    // tag::client[]
    LlmClient llm = LlmClient.get();
    // end::client[]
    return llm;
  }

  static String text(LlmClient llm) {
    // tag::text[]
    String text = llm.complete("Why is the sky blue?");
    // end::text[]
    return text;
  }

  static Map<String, Object> json(LlmClient llm) {
    // tag::json[]
    Map<String, Object> json = llm.completeJson("Three fruits as JSON: {\"fruits\": []}");
    // end::json[]
    return json;
  }

  static Person typed(LlmClient llm) {
    // tag::typed[]
    Person person = llm.complete("Maria is 34.", Person.class);
    // end::typed[]
    return person;
  }

  static void stream(LlmClient llm, PrintStream out) {
    // tag::stream[]
    try (TextStream deltas = llm.stream("Tell me a story.")) {
      deltas.forEach(out::print);
    }
    // end::stream[]
  }

  static String tools(LlmClient llm) {
    // tag::tools[]
    Tool weather =
        Tool.of("weather", "The weather of a city.", Weather.class, it -> "rain in " + it.city());
    String answer = llm.complete("Do I need an umbrella in Oslo?", weather);
    // end::tools[]
    return answer;
  }
}
