package dev.synthlab.test;

import static dev.synthlab.test.Failure.rateLimited;
import static dev.synthlab.test.RequestMatcher.anyRequest;
import static dev.synthlab.test.RequestMatcher.model;
import static dev.synthlab.test.RequestMatcher.promptContains;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.synthlab.call.CallException;
import dev.synthlab.json.Description;
import dev.synthlab.llm.AnswerException;
import dev.synthlab.llm.Completion;
import dev.synthlab.llm.CompletionRequest;
import dev.synthlab.llm.ElementStream;
import dev.synthlab.llm.LlmClient;
import dev.synthlab.llm.Message;
import dev.synthlab.llm.Outcome;
import dev.synthlab.llm.Part;
import dev.synthlab.llm.TextStream;
import dev.synthlab.llm.Tool;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(20)
class FakeLlmTest {
  record City(String name, int people) {}

  record Place(@Description("a city") String city) {}

  sealed interface Shape {
    record Circle(int radius) implements Shape {}

    record Square(int side) implements Shape {}
  }

  enum Mood {
    GLAD,
    SAD
  }

  @Test
  void answersInOrderWithTypedRequests() {
    try (FakeLlm llm = FakeLlm.create().answers("one").answers(new City("Oslo", 700_000))) {
      LlmClient client = llm.client();

      assertThat(
              client.complete(
                  CompletionRequest.of(
                      List.of(Message.system("Be brief."), Message.user("Hello")))))
          .isEqualTo("one");
      assertThat(client.complete(CompletionRequest.of("Oslo?").withTemperature(0.5), City.class))
          .isEqualTo(new City("Oslo", 700_000));

      LlmRequest first = llm.requests().getFirst();
      assertThat(first.operation()).isEqualTo(LlmRequest.Operation.CHAT);
      assertThat(first.model()).isEqualTo("gpt-4o-mini");
      assertThat(first.messages())
          .containsExactly(Message.system("Be brief."), Message.user("Hello"));
      assertThat(first.schema()).isEmpty();
      LlmRequest second = llm.requests().getLast();
      assertThat(second.parameters()).containsEntry("temperature", 0.5);
      assertThat(second.schema().orElseThrow()).containsKey("properties");
      assertThat(first)
          .hasToString("chat request to gpt-4o-mini\n  system: Be brief.\n  user: Hello");
    }
  }

  @Test
  void writesValuesAsModelsWriteThem() {
    try (FakeLlm llm =
        FakeLlm.create()
            .answers(Map.of("a", 1))
            .answers(7)
            .answers(Mood.SAD)
            .answers(Shape.class, new Shape.Square(3))
            .answersList(City.class, List.of(new City("Oslo", 1), new City("Rome", 2)))) {
      LlmClient client = llm.client();

      assertThat(client.completeJson("JSON")).isEqualTo(Map.of("a", 1));
      assertThat(client.complete("n", Integer.class)).isEqualTo(7);
      assertThat(client.complete("m", Mood.class)).isEqualTo(Mood.SAD);
      assertThat(client.complete("s", Shape.class)).isEqualTo(new Shape.Square(3));
      List<City> cities = new ArrayList<>();
      try (ElementStream<City> stream = client.streamList("cities", City.class)) {
        stream.forEach(cities::add);
      }
      assertThat(cities).containsExactly(new City("Oslo", 1), new City("Rome", 2));
    }
  }

  @Test
  void callsToolsAlsoInStreams() {
    try (FakeLlm llm =
        FakeLlm.create()
            .callsTool("weather", new Place("Oslo"))
            .answers("7 degrees in Oslo")
            .callsTool("weather", Map.of("city", "Rome"))
            .streams("20 ", "degrees")) {
      List<String> cities = new ArrayList<>();
      Tool weather =
          Tool.of(
              "weather",
              Place.class,
              place -> {
                cities.add(place.city());
                return "fine";
              });

      String text = llm.client().complete("Weather?", weather);
      List<String> parts = parts(llm, CompletionRequest.of("Weather?").withTools(weather));

      assertThat(text).isEqualTo("7 degrees in Oslo");
      assertThat(parts).containsExactly("20 ", "degrees");
      assertThat(cities).containsExactly("Oslo", "Rome");
      LlmRequest afterTheCall = llm.requests().get(1);
      assertThat(afterTheCall.tools())
          .extracting(LlmRequest.OfferedTool::name)
          .containsExactly("weather");
      assertThat(afterTheCall.tools().getFirst().parameters().toString()).contains("a city");
      assertThat(afterTheCall.messages().getLast().parts())
          .containsExactly(new Part.ToolResult("call_1", "fine"));
    }
  }

  @Test
  void streamsInParts() {
    try (FakeLlm llm = FakeLlm.create().streams("Hel", "lo").answers("whole").streams("a", "b")) {
      assertThat(parts(llm, CompletionRequest.of("p"))).containsExactly("Hel", "lo");
      assertThat(parts(llm, CompletionRequest.of("p"))).containsExactly("whole");
      assertThat(llm.client().complete("p")).isEqualTo("ab");
      assertThat(llm.requests())
          .extracting(LlmRequest::streamed)
          .containsExactly(true, true, false);
    }
  }

  @Test
  void embedsAndDraws() {
    byte[] png = {(byte) 0x89, 'P', 'N', 'G'};
    try (FakeLlm llm = FakeLlm.create().embeds(new float[] {1, 2}, new float[] {3, 4}).draws(png)) {
      assertThat(llm.client().embed(List.of("a", "b")).vectors())
          .containsExactly(new float[] {1, 2}, new float[] {3, 4});
      assertThat(llm.client().generateImage("a cat")).isEqualTo(png);

      assertThat(llm.requests())
          .extracting(LlmRequest::inputs)
          .containsExactly(List.of("a", "b"), List.of("a cat"));
    }
  }

  static Stream<Arguments> failures() {
    return Stream.of(
        Arguments.of(rateLimited(Duration.ofSeconds(1)), CallException.RateLimited.class),
        Arguments.of(Failure.overloaded(), CallException.ServerFailed.class),
        Arguments.of(Failure.serverError(502), CallException.ServerFailed.class),
        Arguments.of(Failure.badKey(), CallException.Authentication.class),
        Arguments.of(Failure.quotaExceeded(), CallException.QuotaExceeded.class),
        Arguments.of(Failure.badRequest("no"), CallException.BadRequest.class),
        Arguments.of(Failure.unknownModel(), CallException.NotFound.class),
        Arguments.of(Failure.promptFiltered(), CallException.PromptFiltered.class),
        Arguments.of(Failure.timeout(), CallException.DeadlineExceeded.class),
        Arguments.of(Failure.brokenConnection(), CallException.ConnectionFailed.class),
        Arguments.of(Failure.brokenStream("a"), CallException.ConnectionFailed.class),
        Arguments.of(Failure.unreadable(), CallException.MalformedResponse.class),
        Arguments.of(Failure.refused("no"), AnswerException.Refused.class),
        Arguments.of(Failure.contentFiltered("a"), AnswerException.ContentFiltered.class));
  }

  @ParameterizedTest
  @MethodSource("failures")
  void failsAsAServerDoes(Failure failure, Class<? extends RuntimeException> kind) {
    try (FakeLlm llm = FakeLlm.create()) {
      llm.when(anyRequest()).fails(failure);

      assertThatExceptionOfType(kind).isThrownBy(() -> llm.client().complete("p"));
    }
  }

  @Test
  void failsStreamsAfterTheFirstText() {
    try (FakeLlm llm = FakeLlm.create().fails(Failure.brokenStream("a", "b"))) {
      List<String> parts = new ArrayList<>();

      assertThatExceptionOfType(CallException.StreamInterrupted.class)
          .isThrownBy(
              () -> {
                try (TextStream stream = llm.client().stream("p")) {
                  stream.forEach(parts::add);
                }
              });

      assertThat(parts).containsExactly("a", "b");
    }
  }

  @Test
  void cutsOffTypedAnswers() {
    try (FakeLlm llm = FakeLlm.create().fails(Failure.truncated("{\"name\":"))) {
      assertThatExceptionOfType(AnswerException.Truncated.class)
          .isThrownBy(() -> llm.client().complete("p", City.class));
    }
  }

  @Test
  void retriesAndWaitsInNoTime() {
    Duration wait = Duration.ofMinutes(1);
    try (FakeLlm llm = FakeLlm.create().fails(rateLimited(wait)).answers("late")) {
      long begin = System.nanoTime();

      String text = llm.client().complete("p");

      assertThat(text).isEqualTo("late");
      assertThat(llm.requests()).hasSize(2);
      assertThat(llm.timer().pauses()).hasSize(1);
      // The client spreads its calls over a tenth of the named time.
      assertThat(llm.timer().pauses().getFirst())
          .isBetween(wait, wait.multipliedBy(11).dividedBy(10));
      assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(10));
    }
  }

  @Test
  void repliesByRulesBeforeTheScript() {
    try (FakeLlm llm = FakeLlm.create().answers("from the script")) {
      llm.when(promptContains("Oslo").and(model("gpt-4.1"))).answers("cold").answers("colder");
      LlmClient client = llm.client();
      CompletionRequest oslo = CompletionRequest.of("In Oslo?").withModel("gpt-4.1");

      assertThat(client.ask(oslo).text()).isEqualTo("cold");
      assertThat(client.complete("In Oslo?")).isEqualTo("from the script");
      assertThat(client.ask(oslo).text()).isEqualTo("colder");
      assertThat(client.ask(oslo).text()).isEqualTo("colder");
    }
  }

  @Test
  void answersManyCallsAtOnce() {
    try (FakeLlm llm = FakeLlm.create()) {
      llm.when(promptContains("7")).fails(rateLimited(Duration.ofSeconds(1))).answers("seven");
      llm.when(anyRequest()).answers("other");
      List<CompletionRequest> requests =
          IntStream.range(0, 100).mapToObj(i -> CompletionRequest.of("number " + i)).toList();

      List<Outcome<Completion>> outcomes = llm.client().askAll(requests);

      assertThat(outcomes.get(7).get().text()).isEqualTo("seven");
      assertThat(outcomes).allSatisfy(outcome -> assertThat(outcome.get().text()).isNotEmpty());
      assertThat(llm.requests()).hasSize(101);
    }
  }

  @Test
  void timesOutWhereNothingIsAnswered() {
    try (FakeLlm llm = FakeLlm.create(ManualTimer.automatic()).hangs().answers("late")) {
      assertThat(llm.client().complete("p")).isEqualTo("late");
      assertThat(llm.timer().pauses().getFirst()).isEqualTo(Duration.ofSeconds(60));
      assertThat(llm.timer().scheduledTasks()).isZero();
    }
  }

  @Test
  void hangsUntilTheCallIsCancelled() throws InterruptedException {
    try (FakeLlm llm = FakeLlm.create(ManualTimer.stopped()).hangs()) {
      CompletableFuture<Completion> answer = llm.client().askAsync(CompletionRequest.of("p"));
      llm.awaitRequests(1);

      answer.cancel(true);

      assertThatExceptionOfType(CancellationException.class).isThrownBy(answer::join);
    }
  }

  @Test
  void hangsUntilTheClockPassesTheTimeout() throws InterruptedException {
    try (FakeLlm llm = FakeLlm.create(ManualTimer.stopped()).hangs().answers("late")) {
      CompletableFuture<Completion> answer = llm.client().askAsync(CompletionRequest.of("p"));

      Duration timeout = llm.timer().awaitPauses(1).getFirst();
      llm.timer().push(timeout.minusMillis(1));
      assertThat(answer).isNotDone();
      llm.timer().push(Duration.ofMillis(1));
      Duration backoff = llm.timer().awaitPauses(2).getLast();
      llm.timer().push(backoff);

      assertThat(timeout).isEqualTo(Duration.ofSeconds(60));
      assertThat(answer.join().text()).isEqualTo("late");
    }
  }

  @Test
  void endsCallsThatHangWhenItCloses() throws InterruptedException {
    FakeLlm llm = FakeLlm.create(ManualTimer.stopped()).hangs();
    LlmClient once = llm.client();
    CompletableFuture<Completion> answer = once.askAsync(CompletionRequest.of("p"));
    llm.awaitRequests(1);

    llm.close();

    assertThatExceptionOfType(CompletionException.class)
        .isThrownBy(answer::join)
        .withCauseInstanceOf(CallException.Cancelled.class);
    assertThatExceptionOfType(CallException.Cancelled.class)
        .isThrownBy(() -> llm.client().complete("later"));
    assertThat(llm.requests()).hasSize(1);
  }

  @Test
  void failsOnARequestWithoutAReply() {
    FakeLlm llm = FakeLlm.create().answers("one");
    llm.when(promptContains("Oslo")).answers("cold");
    llm.client().complete("first");

    String message =
        """
        No reply for request 2, a chat request to gpt-4o-mini
          system: Be brief.
          user: In Rome?
        Expected:
          when the prompt contains "Oslo"
          no more than 1 request: the script is at its end; the last reply was: answers "one"\
        """;
    assertThatThrownBy(
            () ->
                llm.client()
                    .complete(
                        CompletionRequest.of(
                            List.of(Message.system("Be brief."), Message.user("In Rome?")))))
        .isInstanceOf(AssertionError.class)
        .hasMessage(message);
    assertThat(llm.requests()).hasSize(2);
    assertThatThrownBy(llm::verify).isInstanceOf(AssertionError.class).hasMessage(message);
    assertThatThrownBy(llm::close).isInstanceOf(AssertionError.class).hasMessage(message);
  }

  @Test
  void failsOnAReplyOfAnotherKind() {
    FakeLlm llm = FakeLlm.create().embeds(new float[] {1});

    assertThatThrownBy(() -> llm.client().complete("p"))
        .isInstanceOf(AssertionError.class)
        .hasMessage(
            """
            No reply for request 1, a chat request to gpt-4o-mini
              user: p
            Expected:
              a request for the next reply of the script: embeds 1 vector\
            """);
    assertThatThrownBy(() -> llm.client().embed(List.of("a", "b")))
        .isInstanceOf(AssertionError.class)
        .hasMessageStartingWith("The request has 2 inputs, but the reply has 1 vectors.");
  }

  @Test
  void failsOnARequestOfAToolThatNobodyExpects() {
    FakeLlm llm = FakeLlm.create().callsTool("weather", new Place("Oslo")).answers("done");
    LlmClient client = llm.client();
    FakeLlm inner = FakeLlm.create();
    Tool weather = Tool.of("weather", Place.class, place -> inner.client().complete("nested"));

    // A failing tool is told to the model: only the check afterwards can fail the test.
    assertThat(client.complete("Weather?", weather)).isEqualTo("done");

    assertThatThrownBy(inner::verify)
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("user: nested");
  }

  @Test
  void failsInOutcomesFuturesAndManyCallsToo() {
    FakeLlm llm = FakeLlm.create();
    LlmClient client = llm.client();
    CompletionRequest request = CompletionRequest.of("p");

    assertThatThrownBy(() -> client.askOutcome(request)).isInstanceOf(AssertionError.class);
    assertThatThrownBy(() -> client.askAll(List.of(request, request)))
        .isInstanceOf(AssertionError.class);
    assertThatThrownBy(() -> client.stream("p")).isInstanceOf(AssertionError.class);
    assertThatThrownBy(() -> client.embed("p")).isInstanceOf(AssertionError.class);
    assertThatThrownBy(() -> client.askAsync(request).join())
        .isInstanceOf(CompletionException.class)
        .hasCauseInstanceOf(AssertionError.class);
  }

  @Test
  void failsOnUnusedRepliesUnlessAllowed() {
    FakeLlm llm = FakeLlm.create().answers("one").fails(Failure.overloaded());
    llm.when(promptContains("Oslo")).answers("cold");
    llm.client().complete("p");

    assertThatThrownBy(llm::close)
        .isInstanceOf(AssertionError.class)
        .hasMessage(
            """
            Not used by any of the 1 requests:
              when the prompt contains "Oslo": answers "cold"
              fails with status 503 server_overloaded
            allowUnused() permits this.\
            """);
    llm.allowUnused().close();
  }

  @Test
  void buildsClientsWithOtherSettings() {
    try (FakeLlm llm = FakeLlm.create().fails(rateLimited(Duration.ofSeconds(1)))) {
      List<String> kinds = new ArrayList<>();
      try (LlmClient client =
          llm.clientBuilder()
              .addObserver(report -> kinds.add(report.fault().orElseThrow().kind().code()))
              .build()) {
        CompletionRequest request = CompletionRequest.of("p").withDeadline(Duration.ofMillis(500));

        assertThatExceptionOfType(CallException.RateLimited.class)
            .isThrownBy(() -> client.ask(request));
      }

      assertThat(kinds).containsExactly("rate_limited");
    }
  }

  private static List<String> parts(FakeLlm llm, CompletionRequest request) {
    List<String> parts = new ArrayList<>();
    try (TextStream stream = llm.client().stream(request)) {
      stream.forEach(parts::add);
    }
    return parts;
  }
}
