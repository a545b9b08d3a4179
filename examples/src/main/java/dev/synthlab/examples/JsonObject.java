package dev.synthlab.examples;

import dev.synthlab.llm.CompletionRequest;
import dev.synthlab.llm.LlmClient;
import java.io.PrintStream;
import java.util.Map;

/** Completes a prompt with one JSON object. */
final class JsonObject {
  private JsonObject() {}

  static void run(LlmClient llm, PrintStream out) {
    String prompt = "Rex is a dog, 3 years old. Answer in JSON with the keys name and age.";
    Map<String, Object> rex = llm.completeJson(CompletionRequest.of(prompt).withTemperature(0));
    out.println(rex.get("name") + ", " + rex.get("age"));
  }

  public static void main(String[] args) {
    run(LlmClient.get(), System.out);
  }
}
