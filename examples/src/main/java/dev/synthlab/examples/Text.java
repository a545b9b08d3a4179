package dev.synthlab.examples;

import dev.synthlab.llm.LlmClient;
import java.io.PrintStream;

/** Completes a prompt with a text. */
final class Text {
  private Text() {}

  static void run(LlmClient llm, PrintStream out) {
    out.println(llm.complete("What is the capital of Norway?"));
  }

  public static void main(String[] args) {
    run(LlmClient.get(), System.out);
  }
}
