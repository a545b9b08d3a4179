package dev.synthlab.examples;

import static dev.synthlab.test.Failure.badRequest;
import static dev.synthlab.test.RequestMatcher.anyRequest;
import static dev.synthlab.test.RequestMatcher.promptContains;
import static org.assertj.core.api.Assertions.assertThat;

import dev.synthlab.examples.InterviewStudy.Findings;
import dev.synthlab.examples.InterviewStudy.Interview;
import dev.synthlab.examples.InterviewStudy.Mood;
import dev.synthlab.examples.InterviewStudy.Persona;
import dev.synthlab.examples.InterviewStudy.Report;
import dev.synthlab.examples.InterviewStudy.Theme;
import dev.synthlab.llm.Part;
import dev.synthlab.test.FakeLlm;
import dev.synthlab.test.LlmRequest;
import dev.synthlab.test.ManualTimer;
import dev.synthlab.test.RequestMatcher;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class InterviewStudyTest {
  private static final Persona MARIA = new Persona("Maria", "a nurse");
  private static final Persona TOMAS = new Persona("Tomas", "a teacher");
  private static final Persona AIKO = new Persona("Aiko", "a student");
  private static final Report REPORT =
      new Report("They left over the price.", new Findings(Mood.BAD, List.of(Theme.PRICE)));

  @TempDir private Path directory = Path.of("");

  private final FakeLlm llm = FakeLlm.create(ManualTimer.stopped()).allowUnused();
  private final InterviewStudy study = new InterviewStudy(llm.client());

  @AfterEach
  void close() {
    llm.close();
  }

  @BeforeEach
  void answers() {
    llm.when(
            new RequestMatcher(
                "a message has an image",
                request ->
                    request.messages().stream()
                        .flatMap(message -> message.parts().stream())
                        .anyMatch(Part.Image.class::isInstance)))
        .answers("A red button.");
    llm.when(new RequestMatcher("the answer is a stream", LlmRequest::streamed))
        .streams("The ", "price.");
    llm.when(new RequestMatcher("there is a schema", request -> request.schema().isPresent()))
        .answers(REPORT.findings());
    llm.when(promptContains("Report on it.")).answers("They left over the price.");
    llm.when(promptContains("You are Tomas")).fails(badRequest("No Tomas."));
    llm.when(promptContains("You are Aiko")).answers("Too dear.");
    llm.when(anyRequest()).draws(ProgramsTest.PNG);
  }

  @Test
  void storesEachInterviewBeforeTheOthersEnd() throws IOException {
    Path file = directory.resolve("interviews.jsonl");
    llm.when(promptContains("You are Maria")).hangs().answers("Too dear.");

    List<Interview> all =
        study.interviews(
            "Why?",
            List.of(MARIA, AIKO),
            each -> {
              InterviewStudy.keep(file, each);
              if (each.equals(new Interview.Held(AIKO, "Too dear."))) {
                passTheTimeoutOfMaria();
              }
            });

    assertThat(all)
        .containsExactly(
            new Interview.Held(MARIA, "Too dear."), new Interview.Held(AIKO, "Too dear."));
    assertThat(Files.readAllLines(file))
        .containsExactly(
            "{\"who\":{\"name\":\"Aiko\",\"background\":\"a student\"},\"answer\":\"Too dear.\"}",
            "{\"who\":{\"name\":\"Maria\",\"background\":\"a nurse\"},\"answer\":\"Too dear.\"}");
  }

  /** Lets the attempt for Maria time out, and the wait before the next one end. */
  private void passTheTimeoutOfMaria() {
    try {
      for (int wait = 1; wait <= 2; wait++) {
        llm.timer().push(llm.timer().awaitPauses(wait).getLast());
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void continuesWhenOneInterviewFails() {
    llm.when(promptContains("You are Maria")).answers("Too dear.");
    List<Interview> ended = new ArrayList<>();

    List<Interview> all = study.interviews("Why?", List.of(TOMAS, MARIA), ended::add);

    assertThat(all.get(0))
        .isInstanceOfSatisfying(
            Interview.Missed.class, missed -> assertThat(missed.reason()).contains("No Tomas."));
    assertThat(all.get(1)).isEqualTo(new Interview.Held(MARIA, "Too dear."));
    assertThat(ended).containsExactlyInAnyOrderElementsOf(all);
  }

  @Test
  void summarisesTheAnswersOfTheInterviews() {
    Report report =
        study.report(
            "Why?",
            List.of(new Interview.Held(MARIA, "Too dear."), new Interview.Missed(TOMAS, "gone")));

    assertThat(report).isEqualTo(REPORT);
    assertThat(llm.requests())
        .hasSize(2)
        .allSatisfy(
            request -> {
              assertThat(request.prompt()).contains("Maria: Too dear.").doesNotContain("Tomas");
              assertThat(request.parameters()).containsEntry("temperature", 0.3);
            })
        .anySatisfy(
            request ->
                assertThat(request.schema().toString())
                    .contains("of most of them", "most named first"));
  }

  @Test
  void discussesTheReportAndRemembersEarlierTurns() {
    study.report("Why?", List.of(new Interview.Held(MARIA, "Too dear.")));
    List<String> pieces = new ArrayList<>();

    String first = study.say("What first?", pieces::add);
    study.say("And then?", piece -> {});

    assertThat(first).isEqualTo("The price.");
    assertThat(pieces).containsExactly("The ", "price.");
    assertThat(llm.requests().get(2).prompt()).contains("They left over the price.");
    assertThat(llm.requests().get(3).prompt()).contains("What first?", "The price.", "And then?");
  }

  @Test
  void describesAndGeneratesImages() {
    assertThat(study.describe(Part.Image.of(ProgramsTest.PNG, "image/png")))
        .isEqualTo("A red button.");
    assertThat(study.cover(REPORT)).isEqualTo(ProgramsTest.PNG);
    assertThat(llm.requests().getLast().prompt()).contains("They left over the price.");
  }
}
