package dev.synthlab.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The programs that a toy of a model can do, and the study as far as it goes. */
@Timeout(120)
class EmbeddedProgramsTest {
  private static Stage stage;
  private static ExecutorService threads;

  @BeforeAll
  static void open() {
    stage = Stage.embedded();
    threads = Executors.newFixedThreadPool(2);
  }

  @AfterAll
  static void close() {
    stage.close();
    threads.close();
  }

  @Test
  void requestsAText() throws Exception {
    assertThat(String.join(" ", stage.prints(Text::run))).isNotBlank();
  }

  @Test
  void requestsAnObject() throws Exception {
    assertThat(stage.prints(JsonObject::run)).singleElement().asString().contains("Rex");
  }

  @Test
  void requestsARecord() throws Exception {
    assertThat(stage.prints(TypedRecord::run))
        .last()
        .asString()
        .matches(".*, \\d{1,3}, (CALM|ANNOYED)");
  }

  @Test
  void streams() throws Exception {
    List<String> printed = stage.prints(Streaming::run);

    assertThat(printed.getFirst()).isNotBlank();
    assertThat(printed.getLast()).matches("(stop|length) after [1-9]\\d* tokens");
  }

  @Test
  void comparesTexts() throws Exception {
    List<String> printed = stage.prints(Vectors::run);

    assertThat(likeness(printed.get(0))).isGreaterThan(likeness(printed.get(1)));
  }

  private static double likeness(String line) {
    return Double.parseDouble(line.substring(line.indexOf(": ") + 2).replace(',', '.'));
  }

  @Test
  void holdsAConversation() throws Exception {
    assertThat(stage.prints(Chat::run)).last().asString().startsWith("5 messages, about ");
  }

  @Test
  void fillsATemplate() throws Exception {
    assertThat(stage.prints(Templates::run)).hasSizeGreaterThan(1);
  }

  @Test
  void sendsTwoRequestsInParallel() throws Exception {
    assertThat(stage.prints(InTheBackground::run)).isNotEmpty();
  }

  @Test
  void answersManyRequestsInParallel() throws Exception {
    List<String> printed = stage.prints(ManyAtOnce::run);

    assertThat(printed).contains("ended: Oslo", "ended: Rome", "ended: Lima");
    assertThat(printed).hasSizeGreaterThan(5).noneMatch(line -> line.startsWith("failed"));
  }

  @Test
  void conductsInterviewsAndDiscussesTheReport() {
    InterviewStudy study = new InterviewStudy(stage.llm(), threads);
    List<InterviewStudy.Persona> people =
        List.of(
            new InterviewStudy.Persona("Maria", "34, a nurse"),
            new InterviewStudy.Persona("Tomas", "61, a teacher"));
    List<Interview> kept = new CopyOnWriteArrayList<>();
    List<String> pieces = new ArrayList<>();

    List<Interview> all = study.interviews("Why did you stop?", people, kept::add);
    InterviewStudy.Report report = study.report("Why did you stop?", all);
    String said = study.say("What should we mend?", pieces::add);

    assertThat(kept).containsExactlyInAnyOrderElementsOf(all).allMatch(this::heldOrCutOff);
    assertThat(report.findings().themes()).hasSizeBetween(1, 3);
    assertThat(report.summary()).isNotBlank();
    assertThat(said).isNotBlank().isEqualTo(String.join("", pieces));
  }

  /** What a toy of a model answers depends on the processor; it may not find an end. */
  private boolean heldOrCutOff(Interview interview) {
    return switch (interview) {
      case Interview.Held held -> !held.answer().text().isBlank();
      case Interview.Missed missed -> missed.reason().contains("token limit cut the answer off");
    };
  }
}
