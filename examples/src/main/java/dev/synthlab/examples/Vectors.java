package dev.synthlab.examples;

import dev.synthlab.llm.Embeddings;
import dev.synthlab.llm.LlmClient;
import java.io.PrintStream;
import java.util.List;

/** Embeds texts and compares their vectors. */
final class Vectors {
  private Vectors() {}

  static void run(LlmClient llm, PrintStream out) {
    List<float[]> vectors =
        llm.embed(
                List.of(
                    "A cat sits on the mat.",
                    "A kitten is resting on a rug.",
                    "The stock market fell sharply today."))
            .vectors();
    out.printf("cat and kitten: %.2f%n", Embeddings.cosine(vectors.get(0), vectors.get(1)));
    out.printf("cat and stocks: %.2f%n", Embeddings.cosine(vectors.get(0), vectors.get(2)));
  }

  public static void main(String[] args) {
    run(LlmClient.get(), System.out);
  }
}
