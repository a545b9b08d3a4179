package dev.synthlab.batch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthlab.llm.AnswerException;
import dev.synthlab.llm.Completion;
import dev.synthlab.llm.FinishReason;
import dev.synthlab.llm.Problems;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

class ProblemRecordsTest {
  @TempDir private Path directory;

  private static final Completion TEXT = AnswerException.truncated("the text so far").completion();

  static Stream<Function<Completion, AnswerException>> problems() {
    return Problems.ofEveryKind("the text so far").stream();
  }

  @ParameterizedTest
  @MethodSource("problems")
  void recordsTheTextAndTheErrorCodeOfAnUnusableAnswer(
      Function<Completion, AnswerException> reason) {
    Bulk bulk = new Bulk(directory).input(Bulk.prompt("a", "hi"));
    bulk.script.on(
        "hi", request -> Script.answer("the text so far", FinishReason.STOP, Optional.of(reason)));

    Summary summary = bulk.run();

    AnswerException problem = reason.apply(TEXT);
    JsonNode line = bulk.result("a");
    assertThat(line.at("/error/code").asString()).isEqualTo(problem.code());
    assertThat(line.at("/error/message").asString()).isEqualTo(problem.getMessage());
    assertThat(line.at("/synthlab/partial").asString()).isEqualTo("the text so far");
    assertThat(summary.failures()).containsOnlyKeys(problem.code());
  }
}
