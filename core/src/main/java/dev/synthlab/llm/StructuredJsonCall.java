package dev.synthlab.llm;

import dev.synthlab.call.CallException;
import dev.synthlab.call.Outcome;
import dev.synthlab.json.Json;
import dev.synthlab.spans.Telemetry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** One call for a JSON object that returns failures as values. For one call. */
final class StructuredJsonCall implements StructuredCall.Ask {
  private final StructuredCall.Ask ask;
  private final List<Completion> answers = new ArrayList<>();
  private Optional<Outcome.Failed<Completion>> failed = Optional.empty();

  StructuredJsonCall(StructuredCall.Ask ask) {
    this.ask = ask;
  }

  /** The answer with the JSON object as its text, an answer with a problem, or the failure. */
  Outcome<Completion> of(CompletionRequest request) {
    try {
      TypedCompletion<Map<String, Object>> typed = StructuredCall.json(request).run(this);
      String json = Json.mapper().writeValueAsString(typed.value());
      Completion answer = typed.completion().withText(json);
      return new Outcome.Answered<>(answer, answer.report());
    } catch (CallException e) {
      return failed.orElseThrow(() -> e);
    } catch (AnswerException e) {
      Completion last = answers.getLast();
      Completion answer = last.after(answers.subList(0, answers.size() - 1)).with(e);
      return new Outcome.Answered<>(answer, answer.report());
    }
  }

  @Override
  public Telemetry telemetry() {
    return ask.telemetry();
  }

  @Override
  public Outcome<Completion> outcome(CompletionRequest request, Predicate<String> usable) {
    Outcome<Completion> outcome = ask.outcome(request, usable);
    switch (outcome) {
      case Outcome.Answered<Completion> ok -> answers.add(ok.value());
      case Outcome.Failed<Completion> none -> failed = Optional.of(none);
    }
    return outcome;
  }
}
