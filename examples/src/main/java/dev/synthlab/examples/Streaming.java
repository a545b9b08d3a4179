package dev.synthlab.examples;

import dev.synthlab.llm.LlmClient;
import dev.synthlab.llm.TextStream;
import java.io.PrintStream;

/** Prints an answer while it is written. */
final class Streaming {
  private Streaming() {}

  static void run(LlmClient llm, PrintStream out) {
    try (TextStream pieces = llm.stream("Tell me of the sea in two sentences.")) {
      for (String piece : pieces) {
        out.print(piece);
        out.flush();
      }
      out.println();
      out.println(pieces.finishReason() + " after " + pieces.usage().outputTokens() + " tokens");
    }
  }

  public static void main(String[] args) {
    run(LlmClient.get(), System.out);
    System.exit(0);
  }
}
