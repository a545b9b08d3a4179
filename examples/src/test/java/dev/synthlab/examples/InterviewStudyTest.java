package dev.synthlab.examples;

import static dev.synthlab.test.Failure.badRequest;
import static dev.synthlab.test.RequestMatcher.anyRequest;
import static dev.synthlab.test.RequestMatcher.promptContains;
import static org.assertj.core.api.Assertions.assertThat;

import dev.synthlab.examples.InterviewStudy.Answer;
import dev.synthlab.examples.InterviewStudy.Findings;
import dev.synthlab.examples.InterviewStudy.Mood;
import dev.synthlab.examples.InterviewStudy.Persona;
import dev.synthlab.examples.InterviewStudy.Report;
import dev.synthlab.examples.InterviewStudy.Theme;
import dev.synthlab.llm.LlmClient;
import dev.synthlab.llm.Part;
import dev.synthlab.spans.Tracing;
import dev.synthlab.test.FakeLlm;
import dev.synthlab.test.LlmRequest;
import dev.synthlab.test.ManualTimer;
import dev.synthlab.test.RequestMatcher;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
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
  private static final Answer DEAR = new Answer("Too dear.", Mood.BAD);
  private static final Report REPORT =
      new Report("They left over the price.", new Findings(Mood.BAD, List.of(Theme.PRICE)));

  @TempDir private Path directory = Path.of("");

  private final InMemorySpanExporter spans = InMemorySpanExporter.create();
  private final OpenTelemetry openTelemetry =
      OpenTelemetrySdk.builder()
          .setTracerProvider(
              SdkTracerProvider.builder()
                  .addSpanProcessor(SimpleSpanProcessor.create(spans))
                  .build())
          .build();
  private final FakeLlm llm = FakeLlm.create(ManualTimer.stopped()).allowUnused();
  private final LlmClient client = llm.clientBuilder().openTelemetry(openTelemetry).build();
  private final ExecutorService threads = Executors.newFixedThreadPool(4);
  private final InterviewStudy study = new InterviewStudy(client, threads);

  @AfterEach
  void close() {
    client.close();
    threads.close();
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
    llm.when(
            promptContains("Report on it.")
                .and(
                    new RequestMatcher(
                        "there is a schema", request -> request.schema().isPresent())))
        .answers(REPORT.findings());
    llm.when(promptContains("Report on it.")).answers("They left over the price.");
    llm.when(promptContains("You are Tomas")).fails(badRequest("No Tomas."));
    llm.when(promptContains("You are Aiko")).answers(DEAR);
    llm.when(anyRequest()).draws(ProgramsTest.PNG);
  }

  @Test
  void storesEachInterviewBeforeTheOthersEnd() throws IOException {
    Path file = directory.resolve("interviews.jsonl");
    llm.when(promptContains("You are Maria")).hangs().answers(DEAR);

    List<Interview> all =
        study.interviews(
            "Why?",
            List.of(MARIA, AIKO),
            each -> {
              each.keep(file);
              if (each.equals(new Interview.Held(AIKO, DEAR))) {
                passTheTimeoutOfMaria();
              }
            });

    assertThat(all)
        .containsExactly(new Interview.Held(MARIA, DEAR), new Interview.Held(AIKO, DEAR));
    assertThat(Files.readAllLines(file))
        .containsExactly(
            "{\"who\":{\"name\":\"Aiko\",\"background\":\"a student\"},\"answer\":{\"text\":\"Too dear.\",\"mood\":\"BAD\"}}",
            "{\"who\":{\"name\":\"Maria\",\"background\":\"a nurse\"},\"answer\":{\"text\":\"Too dear.\",\"mood\":\"BAD\"}}");
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
    llm.when(promptContains("You are Maria")).answers(DEAR);
    List<Interview> ended = new CopyOnWriteArrayList<>();

    List<Interview> all = study.interviews("Why?", List.of(TOMAS, MARIA), ended::add);

    assertThat(all.get(0))
        .isInstanceOfSatisfying(
            Interview.Missed.class, missed -> assertThat(missed.reason()).contains("No Tomas."));
    assertThat(all.get(1)).isEqualTo(new Interview.Held(MARIA, DEAR));
    assertThat(ended).containsExactlyInAnyOrderElementsOf(all);
  }

  @Test
  void putsAllInterviewsInOneTrace() {
    List<Persona> people =
        IntStream.range(0, 50).mapToObj(i -> new Persona("Aiko", "student " + i)).toList();

    Tracing.with(openTelemetry, () -> study.interviews("Why?", people, each -> {}));

    List<SpanData> all = spans.getFinishedSpanItems();
    assertThat(all)
        .extracting(SpanData::getName)
        .contains("interviews")
        .filteredOn("complete Answer"::equals)
        .hasSize(50);
    assertThat(all).extracting(SpanData::getTraceId).containsOnly(all.getFirst().getTraceId());
  }

  @Test
  void startsNoInterviewAfterItsClientWasShutDown() {
    List<Interview> all;
    try (ExecutorService one = Executors.newSingleThreadExecutor()) {
      all =
          new InterviewStudy(client, one)
              .interviews(
                  "Why?", List.of(AIKO, TOMAS), each -> client.shutdown(Duration.ofSeconds(20)));
    }

    assertThat(all.get(0)).isEqualTo(new Interview.Held(AIKO, DEAR));
    assertThat(all.get(1)).isInstanceOf(Interview.Missed.class);
    assertThat(llm.requests()).hasSize(1);
  }

  @Test
  void endsInterviewsInProgressWhenItsClientIsClosed() throws Exception {
    llm.when(promptContains("You are Maria")).hangs();
    CompletableFuture<List<Interview>> all =
        CompletableFuture.supplyAsync(() -> study.interviews("Why?", List.of(MARIA), each -> {}));
    llm.awaitRequests(1);

    client.close();

    assertThat(all.join())
        .singleElement()
        .isInstanceOfSatisfying(
            Interview.Missed.class, missed -> assertThat(missed.reason()).contains("was closed"));
    assertThat(llm.requests()).hasSize(1);
  }

  @Test
  void summarisesTheAnswersOfTheInterviews() {
    Report report =
        study.report(
            "Why?", List.of(new Interview.Held(MARIA, DEAR), new Interview.Missed(TOMAS, "gone")));

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
    study.report("Why?", List.of(new Interview.Held(MARIA, DEAR)));
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
