package dev.synthlab.examples;

import dev.synthlab.llm.LlmClient;
import java.io.PrintStream;
import java.util.concurrent.CompletableFuture;

/** Makes two calls in parallel and waits for both. */
final class InTheBackground {
  private InTheBackground() {}

  static void run(LlmClient llm, PrintStream out) {
    CompletableFuture<String> capital = llm.async(it -> it.complete("The capital of Norway?"));
    CompletableFuture<String> river = llm.async(it -> it.complete("The longest river of Norway?"));
    out.println(capital.thenCombine(river, (one, other) -> one + " " + other).join());
  }

  public static void main(String[] args) {
    run(LlmClient.get(), System.out);
  }
}
