package dev.synthlab.llm;

import static dev.synthlab.test.Replies.chat;
import static dev.synthlab.test.Replies.completion;
import static dev.synthlab.test.Replies.error;
import static dev.synthlab.test.Replies.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.synthlab.test.ManualTimer;
import dev.synthlab.test.Replies;
import dev.synthlab.test.ScriptedServer.Reply;
import dev.synthlab.test.ScriptedServer.Seen;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Many calls at once against a server that fails: none is lost, none comes before its time. */
@Timeout(60)
class BulkFaultsTest {
  private static final int ROWS = 256;
  private static final Pattern ROW = Pattern.compile("row-(\\d+)");

  /** How often each row was sent. */
  private final Map<Integer, AtomicInteger> sent = new ConcurrentHashMap<>();

  private static int row(Seen request) {
    Matcher found = ROW.matcher(request.body());
    assertThat(found.find()).isTrue();
    return Integer.parseInt(found.group(1));
  }

  private int attempt(int row) {
    return sent.computeIfAbsent(row, r -> new AtomicInteger()).incrementAndGet();
  }

  /** One request in five, the same in every run, however the threads take turns. */
  private static boolean unlucky(int row, int attempt) {
    return new SplittableRandom(31L * row + 1_000_003L * attempt).nextInt(5) == 0;
  }

  private static List<Outcome<Completion>> all(LlmClient client, int rows)
      throws InterruptedException, ExecutionException {
    List<Outcome<Completion>> outcomes = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Outcome<Completion>>> calls =
          IntStream.range(0, rows)
              .mapToObj(
                  i ->
                      threads.submit(
                          () -> client.askOutcome(CompletionRequest.of("row-" + i + "."))))
              .toList();
      for (Future<Outcome<Completion>> call : calls) {
        outcomes.add(call.get());
      }
    }
    return outcomes;
  }

  private static Reply fault(String name) {
    String whole = completion("half", "stop");
    return switch (name) {
      case "reset" -> Replies.reset();
      case "truncated" -> Replies.truncated(whole.substring(0, whole.length() / 2));
      case "malformed" -> json(200, whole.substring(0, whole.length() / 2));
      case "html" -> json(200, "<html>busy</html>");
      case "no choices" -> json(200, "{\"choices\":[]}");
      case "503" -> error(503, "busy", "later");
      default -> throw new IllegalArgumentException(name);
    };
  }

  @ParameterizedTest
  @ValueSource(strings = {"reset", "truncated", "malformed", "html", "no choices", "503"})
  void completesEveryRowWhenOneRequestInFiveFails(String name) throws Exception {
    try (ClientFixture rig =
        ClientFixture.of(
                (request, number) -> {
                  int row = row(request);
                  return unlucky(row, attempt(row)) ? fault(name) : chat("hello " + row);
                })
            .inRealTime()
            .asBulk()
            .with("SYNTHLAB_BACKOFF_MAX", "5ms")) {

      List<Outcome<Completion>> outcomes = all(rig.client(), ROWS);

      assertThat(outcomes)
          .hasSize(ROWS)
          .allSatisfy(outcome -> assertThat(outcome).isInstanceOf(Outcome.Answered.class));
      assertThat(rig.requests()).isBetween(ROWS * 115 / 100, ROWS * 140 / 100);
      assertThat(sent.values()).anyMatch(times -> times.get() > 3);
    }
  }

  @Test
  void sendsNoRowBeforeItsPauseIsOver() throws Exception {
    CyclicBarrier together = new CyclicBarrier(ROWS);
    Map<Integer, AtomicLong> last = new ConcurrentHashMap<>();
    Queue<Duration> gaps = new ConcurrentLinkedQueue<>();
    try (ClientFixture rig =
        ClientFixture.of(
                (request, number) -> {
                  int row = row(request);
                  AtomicLong refused = last.computeIfAbsent(row, r -> new AtomicLong());
                  int attempt = attempt(row);
                  if (attempt > 1) {
                    gaps.add(Duration.ofNanos(System.nanoTime() - refused.get()));
                  }
                  if (attempt > 3) {
                    return chat("hello");
                  }
                  together.await();
                  refused.set(System.nanoTime());
                  return error(429, "slow", "down", "Retry-After", "1");
                })
            .inRealTime()
            .asBulk()) {

      List<Outcome<Completion>> outcomes = all(rig.client(), ROWS);

      assertThat(outcomes)
          .allSatisfy(outcome -> assertThat(outcome).isInstanceOf(Outcome.Answered.class));
      assertThat(rig.requests()).isEqualTo(4 * ROWS);
      assertThat(gaps)
          .hasSize(3 * ROWS)
          .allSatisfy(gap -> assertThat(gap).isGreaterThanOrEqualTo(Duration.ofSeconds(1)));
    }
  }

  @Test
  void blocksEveryCallerOfARouteUntilItsPauseIsOver() throws Exception {
    AtomicLong refused = new AtomicLong();
    Queue<Duration> arrivals = new ConcurrentLinkedQueue<>();
    try (ClientFixture rig =
        ClientFixture.of(
                (request, number) -> {
                  if (number == 1) {
                    refused.set(System.nanoTime());
                    return error(429, "slow", "down", "Retry-After", "1");
                  }
                  arrivals.add(Duration.ofNanos(System.nanoTime() - refused.get()));
                  return chat("hello");
                })
            .inRealTime()) {
      LlmClient client = rig.client();
      var first = client.askAsync(CompletionRequest.of("row-1000."));
      while (rig.traffic().state().maxPause().isEmpty()) {
        Thread.onSpinWait();
      }

      List<Outcome<Completion>> outcomes = all(client, 100);

      assertThat(first.get().text()).isEqualTo("hello");
      assertThat(outcomes)
          .allSatisfy(outcome -> assertThat(outcome).isInstanceOf(Outcome.Answered.class));
      assertThat(arrivals)
          .hasSize(101)
          .allSatisfy(
              arrival ->
                  assertThat(arrival).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(5)));
    }
  }

  @Test
  void losesNoRowToALongPause() {
    try (ClientFixture rig =
        ClientFixture.of(
                (request, number) ->
                    number % 20 < 3
                        ? error(429, "slow", "down", "Retry-After", "600")
                        : chat("hello"))
            .asBulk()) {
      LlmClient client = rig.client();

      for (int row = 0; row < ROWS; row++) {
        assertThat(client.complete("row-" + row + ".")).isEqualTo("hello");
      }

      long refused = rig.requests() - ROWS;
      assertThat(refused).isGreaterThan(30);
      assertThat(rig.pushed.pauses().stream().reduce(Duration.ZERO, Duration::plus))
          .isGreaterThanOrEqualTo(Duration.ofSeconds(600 * refused));
    }
  }

  @Test
  void losesNoRowToAPauseThatIsLongerThanTheDeadline() throws Exception {
    CyclicBarrier together = new CyclicBarrier(ROWS);
    try (ClientFixture rig =
        ClientFixture.of(
                (request, number) -> {
                  if (number > ROWS) {
                    return chat("hello");
                  }
                  together.await();
                  return error(429, "slow", "down", "Retry-After", "6");
                })
            .inRealTime()
            .asBulk()
            .with("SYNTHLAB_CALL_DEADLINE", "5s")) {

      List<Outcome<Completion>> outcomes = all(rig.client(), ROWS);

      assertThat(outcomes)
          .hasSize(ROWS)
          .allSatisfy(outcome -> assertThat(outcome).isInstanceOf(Outcome.Answered.class));
      assertThat(rig.requests()).isEqualTo(2 * ROWS);
    }
  }

  @Test
  void waitsForAnOpenBreakerWithoutLosingARow() throws Exception {
    int rows = 25;
    long outage = Duration.ofSeconds(14).toNanos();
    AtomicReference<ManualTimer> time = new AtomicReference<>(ManualTimer.forSockets());
    try (ClientFixture rig =
        ClientFixture.of(
                (request, number) ->
                    time.get().nanos() < outage ? error(503, "busy", "later") : chat("hello"))
            .asBulk()
            .with("SYNTHLAB_CALL_DEADLINE", "24h")
            // Those who wait for the probe push the time while it is under way.
            .with("SYNTHLAB_TIMEOUT", "12h")
            // However the threads take turns, the breaker has seen enough before a row has tried as
            // often; and all attempts of all rows together would not outlast the outage.
            .with("SYNTHLAB_LLM_MAX_ATTEMPTS", "100")
            // Only the breaker's wait may bring the time beyond the outage.
            .with("SYNTHLAB_BACKOFF_MIN", "1ms")
            .with("SYNTHLAB_BACKOFF_MAX", "1ms")) {
      time.set(rig.pushed);

      List<Outcome<Completion>> outcomes = all(rig.client(), rows);

      assertThat(outcomes)
          .allSatisfy(outcome -> assertThat(outcome).isInstanceOf(Outcome.Answered.class));
      assertThat(rig.pushed.pauses())
          .filteredOn(pause -> pause.compareTo(Duration.ofSeconds(14)) > 0)
          .hasSize(1);
    }
  }
}
