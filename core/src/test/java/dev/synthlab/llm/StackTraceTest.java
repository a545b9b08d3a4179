package dev.synthlab.llm;

import static dev.synthlab.test.Replies.chat;
import static dev.synthlab.test.Replies.error;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.synthlab.error.SynthlabException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Exceptions name the line that made the call, whatever thread it is on. */
@Timeout(30)
class StackTraceTest {
  private static final CompletionRequest REQUEST = CompletionRequest.of("hi");

  enum Caller {
    MAIN,
    POOL,
    VIRTUAL
  }

  /** Runs a test on a thread of a kind. */
  private static void on(Caller caller, Runnable test) throws Exception {
    if (caller == Caller.MAIN) {
      test.run();
      return;
    }
    try (ExecutorService threads =
        caller == Caller.POOL
            ? Executors.newSingleThreadExecutor()
            : Executors.newVirtualThreadPerTaskExecutor()) {
      Future<?> end = threads.submit(test);
      end.get();
    }
  }

  private static ClientFixture failing() {
    return ClientFixture.of((request, number) -> error(401, "invalid_api_key", "no"));
  }

  private static void assertNamesLine(Throwable thrown, int line) {
    assertThat(thrown).isInstanceOf(SynthlabException.class);
    Stream<Integer> lines =
        Arrays.stream(thrown.getStackTrace())
            .filter(frame -> frame.getClassName().equals(StackTraceTest.class.getName()))
            .map(StackTraceElement::getLineNumber);
    assertThat(lines).contains(line);
  }

  private static int nextLine() {
    return StackWalker.getInstance()
            .walk(frames -> frames.skip(1).findFirst())
            .get()
            .getLineNumber()
        + 1;
  }

  @ParameterizedTest
  @EnumSource
  void namesTheLineOfAFailedCall(Caller caller) throws Exception {
    try (ClientFixture rig = failing()) {
      LlmClient llm = rig.client();

      on(
          caller,
          () -> {
            int line = nextLine();
            assertNamesLine(catchThrowable(() -> llm.complete("hi")), line);
            int embedding = nextLine();
            assertNamesLine(catchThrowable(() -> llm.embed("hi")), embedding);
            int opening = nextLine();
            assertNamesLine(catchThrowable(() -> llm.stream("hi")), opening);
          });
    }
  }

  @ParameterizedTest
  @EnumSource
  void namesTheLineOfARejectedAnswer(Caller caller) throws Exception {
    try (ClientFixture rig = ClientFixture.of((request, number) -> chat("no JSON"))) {
      LlmClient llm = rig.client();

      on(
          caller,
          () -> {
            int line = nextLine();
            assertNamesLine(catchThrowable(() -> llm.completeJson("hi")), line);
          });
    }
  }

  @ParameterizedTest
  @EnumSource
  void namesTheLineThatAskedForAnOutcome(Caller caller) throws Exception {
    try (ClientFixture rig = failing()) {
      LlmClient llm = rig.client();

      on(
          caller,
          () -> {
            int line = nextLine();
            Outcome<Completion> one = llm.askOutcome(REQUEST);
            assertNamesLine(catchThrowable(one::get), line);
            int all = nextLine();
            List<Outcome<Completion>> several = llm.askAll(List.of(REQUEST, REQUEST));
            assertNamesLine(catchThrowable(several.getLast()::get), all);
          });
    }
  }

  @ParameterizedTest
  @EnumSource
  void reportsToTheObserverOnTheThreadOfTheCall(Caller caller) throws Exception {
    List<Thread> observed = new CopyOnWriteArrayList<>();
    try (ClientFixture rig =
        ClientFixture.of(
            (request, number) ->
                number % 2 == 0 ? chat("hello") : error(401, "invalid_api_key", "no"))) {
      LlmClient llm = rig.client(builder -> builder.addObserver(report -> observe(observed)));

      on(
          caller,
          () -> {
            llm.askOutcome("hi");
            llm.askOutcome("hi");
            assertThat(observed).containsExactly(Thread.currentThread(), Thread.currentThread());
          });
    }
  }

  private static void observe(List<Thread> observed) {
    observed.add(Thread.currentThread());
  }
}
