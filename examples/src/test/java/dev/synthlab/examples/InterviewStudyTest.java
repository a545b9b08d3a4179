package dev.synthlab.examples;

import static dev.synthlab.test.Replies.chat;
import static dev.synthlab.test.Replies.delta;
import static dev.synthlab.test.Replies.error;
import static dev.synthlab.test.Replies.events;
import static dev.synthlab.test.Replies.finish;
import static org.assertj.core.api.Assertions.assertThat;

import dev.synthlab.examples.InterviewStudy.Findings;
import dev.synthlab.examples.InterviewStudy.Interview;
import dev.synthlab.examples.InterviewStudy.Mood;
import dev.synthlab.examples.InterviewStudy.Persona;
import dev.synthlab.examples.InterviewStudy.Report;
import dev.synthlab.examples.InterviewStudy.Theme;
import dev.synthlab.llm.Part;
import dev.synthlab.test.ScriptedServer;
import dev.synthlab.test.ScriptedServer.Reply;
import dev.synthlab.test.ScriptedServer.Seen;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
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

  private final CountDownLatch firstIsKept = new CountDownLatch(1);
  private final ScriptedServer server = ScriptedServer.start((request, number) -> reply(request));
  private final Stage stage = Stage.over(server);
  private final InterviewStudy study = new InterviewStudy(stage.llm());

  @AfterEach
  void close() {
    stage.close();
    server.close();
  }

  private Reply reply(Seen request) throws InterruptedException {
    String body = request.body();
    if (request.path().endsWith("/images/generations")) {
      return ProgramsTest.PICTURE;
    }
    if (body.contains("image_url")) {
      return chat("A red button.");
    }
    if (body.contains("\"stream\":true")) {
      return events(delta("The "), delta("price."), finish("stop"), "[DONE]");
    }
    if (body.contains("json_schema")) {
      return chat("{\"mood\": \"BAD\", \"themes\": [\"PRICE\"]}");
    }
    if (body.contains("Report on it.")) {
      return chat("They left over the price.");
    }
    if (body.contains("You are Tomas")) {
      return error(400, "content_policy", "No Tomas.");
    }
    if (body.contains("You are Maria")) {
      firstIsKept.await();
    }
    return chat("Too dear.");
  }

  @Test
  void storesEachInterviewBeforeTheOthersEnd() throws IOException {
    Path file = directory.resolve("interviews.jsonl");

    List<Interview> all =
        study.interviews(
            "Why?",
            List.of(MARIA, AIKO),
            each -> {
              InterviewStudy.keep(file, each);
              firstIsKept.countDown();
            });

    assertThat(all)
        .containsExactly(
            new Interview.Held(MARIA, "Too dear."), new Interview.Held(AIKO, "Too dear."));
    assertThat(Files.readAllLines(file))
        .containsExactly(
            "{\"who\":{\"name\":\"Aiko\",\"background\":\"a student\"},\"answer\":\"Too dear.\"}",
            "{\"who\":{\"name\":\"Maria\",\"background\":\"a nurse\"},\"answer\":\"Too dear.\"}");
  }

  @Test
  void continuesWhenOneInterviewFails() {
    firstIsKept.countDown();
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
    assertThat(server.seen())
        .hasSize(2)
        .extracting(Seen::body)
        .allSatisfy(
            body ->
                assertThat(body)
                    .contains("Maria: Too dear.", "\"temperature\":0.3")
                    .doesNotContain("Tomas"))
        .anySatisfy(body -> assertThat(body).contains("of most of them", "most named first"));
  }

  @Test
  void discussesTheReportAndRemembersEarlierTurns() {
    study.report("Why?", List.of(new Interview.Held(MARIA, "Too dear.")));
    List<String> pieces = new ArrayList<>();

    String first = study.say("What first?", pieces::add);
    study.say("And then?", piece -> {});

    assertThat(first).isEqualTo("The price.");
    assertThat(pieces).containsExactly("The ", "price.");
    assertThat(server.seen().get(2).body()).contains("They left over the price.");
    assertThat(server.seen().get(3).body()).contains("What first?", "The price.", "And then?");
  }

  @Test
  void describesAndGeneratesImages() {
    assertThat(study.describe(Part.Image.of(ProgramsTest.PNG, "image/png")))
        .isEqualTo("A red button.");
    assertThat(study.cover(REPORT)).isEqualTo(ProgramsTest.PNG);
    assertThat(server.seen().getLast().body()).contains("They left over the price.");
  }
}
