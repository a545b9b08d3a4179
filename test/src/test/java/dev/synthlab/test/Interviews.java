package dev.synthlab.test;

import dev.synthlab.call.CallException;
import dev.synthlab.llm.AnswerException;
import dev.synthlab.llm.CompletionRequest;
import dev.synthlab.llm.Embeddings;
import dev.synthlab.llm.LlmClient;
import dev.synthlab.llm.TextStream;
import dev.synthlab.llm.Tool;
import java.util.List;
import java.util.function.Consumer;

/** A small service that calls models; its tests are on the page docs/testing.md. */
record Interviews(LlmClient llm) {
  record Score(int points, String reason) {}

  record Question(String topic) {}

  // tag::service[]
  String summary(String interview) {
    try {
      return llm.complete("Summarise: " + interview);
    } catch (AnswerException.Refused e) {
      return "(refused)";
    } catch (CallException.Authentication | CallException.QuotaExceeded e) {
      throw new IllegalStateException("the account cannot be used", e);
    } catch (CallException e) {
      return "(later)";
    }
  }

  Score score(String interview) {
    return llm.complete("Score: " + interview, Score.class);
  }

  // end::service[]

  void read(String interview, Consumer<String> screen) {
    try (TextStream stream = llm.stream("Retell: " + interview)) {
      stream.forEach(screen);
    } catch (CallException.StreamInterrupted e) {
      screen.accept(" (interrupted)");
    }
  }

  String answer(String question, Tool... tools) {
    return llm.complete(question, tools);
  }

  List<String> titles(List<String> interviews) {
    return llm
        .askAll(interviews.stream().map(each -> CompletionRequest.of("Title: " + each)).toList())
        .stream()
        .map(outcome -> outcome.get().text())
        .toList();
  }

  double likeness(String one, String other) {
    Embeddings both = llm.embed(List.of(one, other));
    return Embeddings.cosine(both.vectors().get(0), both.vectors().get(1));
  }

  byte[] portrait(String person) {
    return llm.generateImage("Portrait of " + person);
  }
}
