package dev.synthlab.llm;

import static dev.synthlab.test.Replies.chat;
import static dev.synthlab.test.Replies.error;
import static dev.synthlab.test.Replies.silence;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.synthlab.call.CallException;
import dev.synthlab.test.ScriptedServer.Reply;
import dev.synthlab.test.ScriptedServer.Seen;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.MDC;

/** Many calls at once. */
@Timeout(20)
class AskAllTest {

  private static List<CompletionRequest> questions(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> CompletionRequest.of("question " + i + "."))
        .toList();
  }

  private static Reply echo(Seen request) {
    return chat("to " + request.body().replaceAll("(?s).*question (\\d+)\\..*", "$1"));
  }

  private static String text(Outcome<Completion> outcome) {
    return outcome.get().text();
  }

  @Test
  void returnsOneOutcomePerRequestInOrder() {
    try (ClientFixture rig =
        ClientFixture.of(
            (request, number) ->
                request.body().contains("question 3.") ? error(400, "bad", "no") : echo(request))) {

      List<Outcome<Completion>> all = rig.client().askAll(questions(20));

      assertThat(all).hasSize(20);
      for (int i = 0; i < 20; i++) {
        if (i == 3) {
          assertThat(all.get(i)).isInstanceOf(Outcome.Failed.class);
        } else {
          assertThat(text(all.get(i))).isEqualTo("to " + i);
        }
      }
    }
  }

  @Test
  void runsExactlyTheGivenNumberOfCallsInParallel() {
    CyclicBarrier three = new CyclicBarrier(3);
    AtomicInteger inFlight = new AtomicInteger();
    AtomicInteger max = new AtomicInteger();
    try (ClientFixture rig =
        ClientFixture.of(
            (request, number) -> {
              max.accumulateAndGet(inFlight.incrementAndGet(), Math::max);
              three.await();
              inFlight.decrementAndGet();
              return echo(request);
            })) {

      rig.client().askAll(questions(9), ParallelOptions.DEFAULT.withConcurrency(3));

      assertThat(max).hasValue(3);
    }
  }

  @Test
  void notifiesTheListenerOfEachCallOneAtATime() {
    List<Integer> told = new ArrayList<>(); // not safe for many threads: it need not be
    try (ClientFixture rig = ClientFixture.of((request, number) -> echo(request))) {

      rig.client()
          .askAll(
              questions(50),
              (place, outcome) -> {
                assertThat(text(outcome)).isEqualTo("to " + place);
                told.add(place);
              });

      assertThat(told).containsExactlyInAnyOrderElementsOf(IntStream.range(0, 50).boxed().toList());
    }
  }

  @Test
  void returnsFinishedAnswersWhenTheTotalDeadlineIsOver() {
    try (ClientFixture rig =
        ClientFixture.of(
                (request, number) ->
                    request.body().contains("question 0.") ? echo(request) : silence())
            .inRealTime()) {

      List<Outcome<Completion>> all =
          rig.client()
              .askAll(
                  questions(5),
                  ParallelOptions.DEFAULT.withConcurrency(2).withDeadline(Duration.ofMillis(500)));

      assertThat(text(all.getFirst())).isEqualTo("to 0");
      assertThat(all.subList(1, 5))
          .allSatisfy(
              outcome ->
                  assertThat(((Outcome.Failed<Completion>) outcome).exception())
                      .isInstanceOf(CallException.DeadlineExceeded.class));
    }
  }

  @Test
  void sendsNothingAfterTheListenerThrows() {
    try (ClientFixture rig = ClientFixture.of((request, number) -> echo(request))) {
      LlmClient client = rig.client();

      assertThatThrownBy(
              () ->
                  client.askAll(
                      questions(50),
                      ParallelOptions.DEFAULT.withConcurrency(1),
                      (place, outcome) -> {
                        if (place == 4) {
                          throw new IllegalStateException("disk full");
                        }
                      }))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("disk full");

      assertThat(rig.requests()).isEqualTo(5);
    }
  }

  @Test
  void cancelsCallsInFlightWhenItsThreadIsInterrupted() throws Exception {
    try (ClientFixture rig =
        ClientFixture.of(
                (request, number) ->
                    request.body().contains("question 0.") ? echo(request) : silence())
            .inRealTime()) {
      CompletableFuture<List<Outcome<Completion>>> ended = new CompletableFuture<>();
      CompletableFuture<Boolean> stays = new CompletableFuture<>();
      Thread caller =
          Thread.ofPlatform()
              .start(
                  () -> {
                    ended.complete(
                        rig.client()
                            .askAll(questions(9), ParallelOptions.DEFAULT.withConcurrency(2)));
                    stays.complete(Thread.currentThread().isInterrupted());
                  });
      rig.awaitRequests(3);

      caller.interrupt();

      List<Outcome<Completion>> all = ended.get();
      assertThat(text(all.getFirst())).isEqualTo("to 0");
      assertThat(all.subList(1, 9))
          .allSatisfy(
              outcome ->
                  assertThat(((Outcome.Failed<Completion>) outcome).exception())
                      .isInstanceOf(CallException.Cancelled.class));
      assertThat(stays.get()).isTrue();
      assertThat(rig.requests()).isEqualTo(3);
    }
  }

  @Test
  void passesTheCallersMdcToTheListener() {
    MDC.put("run_id", "7f3a");
    List<String> seen = new ArrayList<>();
    try (ClientFixture rig = ClientFixture.of((request, number) -> echo(request))) {

      rig.client().askAll(questions(3), (place, outcome) -> seen.add(MDC.get("run_id")));

      assertThat(seen).containsExactly("7f3a", "7f3a", "7f3a");
    } finally {
      MDC.clear();
    }
  }
}
