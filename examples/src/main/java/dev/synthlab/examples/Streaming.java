package dev.synthlab.examples;

import dev.synthlab.llm.LlmClient;
import dev.synthlab.llm.TextStream;
import java.io.PrintStream;

/** Prints an answer while the model writes it. */
final class Streaming {
  private Streaming() {}

  static void run(LlmClient llm, PrintStream out) {
    try (TextStream deltas = llm.stream("Tell me of the sea in two sentences.")) {
      for (String piece : deltas) {
        out.print(piece);
        out.flush();
      }
      out.println();
      out.println(deltas.finishReason() + " after " + deltas.usage().outputTokens() + " tokens");
    }
  }

  public static void main(String[] args) {
    run(LlmClient.get(), System.out);
  }
}
