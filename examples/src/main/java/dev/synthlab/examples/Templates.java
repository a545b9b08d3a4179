package dev.synthlab.examples;

import dev.synthlab.llm.LlmClient;
import dev.synthlab.llm.PromptTemplate;
import java.io.PrintStream;
import java.util.Map;

/** Fills the variables of a prompt template. */
final class Templates {
  private Templates() {}

  static void run(LlmClient llm, PrintStream out) {
    PromptTemplate prompt =
        PromptTemplate.of("Say in one sentence what {{who.name}} thinks: {{review}}");
    String filled =
        prompt.fill(Map.of("who", Map.of("name", "Maria"), "review", "Too many clicks!"));
    out.println(filled);
    out.println(llm.complete(filled));
  }

  public static void main(String[] args) {
    run(LlmClient.get(), System.out);
  }
}
