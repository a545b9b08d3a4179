package dev.synthlab.examples;

import dev.synthlab.llm.Completion;
import dev.synthlab.llm.CompletionRequest;
import dev.synthlab.llm.LlmClient;
import dev.synthlab.llm.Model;
import dev.synthlab.llm.ModelCatalogue;
import java.io.PrintStream;
import java.math.BigDecimal;

/** Looks up a model and prints the maximum and the actual cost of a call. */
final class ModelsAndCost {
  private ModelsAndCost() {}

  static void run(LlmClient llm, PrintStream out) {
    Model model = ModelCatalogue.bundled().find("gpt-4o-mini").orElseThrow();
    out.println(model.name() + " reads " + model.contextWindow().orElse(0) + " tokens");
    out.println("sees pictures: " + model.can(Model.Ability.VISION));

    CompletionRequest request = CompletionRequest.of("The capital of Norway?").withMaxTokens(100);
    out.println("at most: " + llm.maxCostUsd(request).map(BigDecimal::toPlainString).orElse("?"));
    Completion answer = llm.ask(request);
    out.println("paid: " + answer.costUsd().map(BigDecimal::toPlainString).orElse("unpriced"));
  }

  public static void main(String[] args) {
    run(LlmClient.get(), System.out);
  }
}
