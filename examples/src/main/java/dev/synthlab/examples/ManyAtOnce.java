package dev.synthlab.examples;

import dev.synthlab.llm.Completion;
import dev.synthlab.llm.CompletionRequest;
import dev.synthlab.llm.LlmClient;
import dev.synthlab.llm.Outcome;
import dev.synthlab.llm.ParallelOptions;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;

/** Completes many prompts in parallel and reports each answer when it arrives. */
final class ManyAtOnce {
  private ManyAtOnce() {}

  static void run(LlmClient llm, PrintStream out) {
    List<String> cities = List.of("Oslo", "Rome", "Lima");
    List<CompletionRequest> questions =
        cities.stream()
            .map(city -> CompletionRequest.of("Of which country is " + city + " the capital?"))
            .toList();
    ParallelOptions options = ParallelOptions.DEFAULT.withDeadline(Duration.ofMinutes(2));
    List<Outcome<Completion>> outcomes =
        llm.askAll(
            questions, options, (index, outcome) -> out.println("ended: " + cities.get(index)));
    for (Outcome<Completion> outcome : outcomes) {
      switch (outcome) {
        case Outcome.Answered<Completion> answer -> out.println(answer.value().text());
        case Outcome.Rejected<Completion> rejected ->
            out.println("rejected: " + rejected.exception().getMessage());
        case Outcome.Failed<Completion> failure ->
            out.println("failed: " + failure.exception().getMessage());
      }
    }
  }

  public static void main(String[] args) {
    run(LlmClient.get(), System.out);
  }
}
