package dev.synthlab.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthlab.call.CallPolicy.WaitMode;
import dev.synthlab.http.Headers;
import dev.synthlab.http.Request;
import dev.synthlab.http.Response;
import dev.synthlab.http.TransportException.Phase;
import dev.synthlab.test.ManualTimer;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The loop over a transport without sockets, in a time that is pushed. */
class CallLoopTest {
  private static final Route ROUTE = new Route(URI.create("http://a.test/v1"), "KEY", "m");
  private static final Route OTHER = new Route(URI.create("http://a.test/v1"), "KEY", "n");
  private static final CallPolicy SINGLE =
      new CallPolicy(
          3,
          Duration.ofSeconds(5),
          Duration.ofSeconds(1),
          Duration.ofSeconds(4),
          WaitMode.WITHIN_DEADLINE);
  private static final CallPolicy BULK = SINGLE.withWaiting(WaitMode.UNBOUNDED);

  private final ManualTimer timer = ManualTimer.automatic();
  private final ScriptedTransport transport = new ScriptedTransport();
  private final List<CallReport> heard = new ArrayList<>();
  private TrafficControl traffic = traffic(TrafficControl.RouteLimits.DEFAULT);

  /** Jitter is all of the time it is a part of. */
  private static final class Most implements RandomGenerator {
    @Override
    public long nextLong() {
      return Long.MAX_VALUE;
    }

    @Override
    public long nextLong(long bound) {
      return bound - 1;
    }
  }

  private TrafficControl traffic(TrafficControl.RouteLimits rules) {
    return new TrafficControl(timer, new Most(), rules);
  }

  private CallResult<String> run(CallPolicy policy, Duration within, Exchange<String> exchange) {
    Deadline deadline = Deadline.in(timer, within);
    return new CallLoop(transport, traffic, policy, heard::add).run(exchange, deadline);
  }

  private CallResult<String> run(CallPolicy policy) {
    return run(policy, Duration.ofMinutes(1), TextExchange.of(ROUTE));
  }

  private static CallException why(CallResult<String> outcome) {
    return ((CallResult.Failed<String>) outcome).exception();
  }

  /** The time of an answer goes by. */
  private ScriptedTransport.Step after(Duration time, ScriptedTransport.Step step) {
    return (request, within) -> {
      timer.push(time);
      return step.send(request, within);
    };
  }

  @Test
  void reportsTheDurationAndUsageOfACall() {
    transport.does(after(Duration.ofSeconds(2), (r, w) -> transport.answer(200, "fine")));

    CallResult<String> outcome = run(SINGLE);

    assertThat(outcome.get()).isEqualTo("fine");
    CallReport report = outcome.report();
    assertThat(report.elapsed()).isEqualTo(Duration.ofSeconds(2));
    assertThat(report.spend().inputTokens()).isEqualTo(4);
    assertThat(report.attempts())
        .singleElement()
        .satisfies(
            one -> {
              assertThat(one.number()).isEqualTo(1);
              assertThat(one.took()).isEqualTo(Duration.ofSeconds(2));
              assertThat(one.status()).isEqualTo(OptionalInt.of(200));
              assertThat(one.fault()).isEmpty();
            });
    assertThat(heard).containsExactly(report);
  }

  @ParameterizedTest
  @CsvSource({"200, 1", "500, 3", "404, 1"})
  void closesEveryRequestThatItSent(int status, int requests) {
    transport.answers(status, "words");

    run(SINGLE);

    assertThat(transport.sent).hasSize(requests);
    assertThat(transport.allClosed()).isTrue();
    assertThat(traffic.state().inFlight()).isZero();
    assertThat(traffic.state().queued()).isZero();
    assertThat(traffic.state().retrying()).isZero();
  }

  @Test
  void doublesTheBackoffUpToTheMaximum() {
    transport.answers(500, "");

    CallResult<String> outcome = run(SINGLE.withMaxAttempts(6));

    assertThat(timer.pauses()).extracting(Duration::toSeconds).containsExactly(1L, 2L, 4L, 4L, 4L);
    assertThat(outcome.report().attempts())
        .extracting(attempt -> attempt.backoff().toSeconds())
        .containsExactly(1L, 2L, 4L, 4L, 4L, 0L);
    assertThat(why(outcome))
        .isInstanceOf(CallException.ServerFailed.class)
        .hasMessageContaining("after 6 attempts in 15000 ms");
    assertThat(heard).containsExactly(outcome.report());
    assertThat(outcome.report().fault()).isPresent();
  }

  @ParameterizedTest
  @CsvSource({"429", "503", "529", "504", "500"})
  void countsEveryRequestOfASingleCall(int status) {
    transport.answers(status, "", "Retry-After", "1");

    CallResult<String> outcome = run(SINGLE.withMaxAttempts(2));

    assertThat(transport.sent).hasSize(2);
    assertThat(why(outcome).retryAfter()).contains(Duration.ofSeconds(1));
    assertThat(outcome.report().queued()).isGreaterThanOrEqualTo(Duration.ofSeconds(1));
  }

  @ParameterizedTest
  @CsvSource({"429, true", "503, true", "529, true", "504, false", "502, false", "408, false"})
  void countsNoAttemptOfABulkRunForAResponseWithANamedWait(int status, boolean answered) {
    transport
        .answers(status, "", "Retry-After", "2")
        .answers(status, "", "Retry-After", "3")
        .answers(200, "fine");

    CallResult<String> outcome = run(BULK.withMaxAttempts(2));

    assertThat(outcome instanceof CallResult.Answered).isEqualTo(answered);
    assertThat(outcome.report().attempts().getFirst().backoff()).isEqualTo(Duration.ofSeconds(2));
    // A tenth more, so that not all who wait come back at once.
    assertThat(outcome.report().queued()).isEqualTo(Duration.ofMillis(answered ? 5_500 : 2_200));
  }

  @Test
  void countsAttemptsOfABulkRunAfterTenMinutesOfNamedWaits() {
    transport.answers(429, "", "Retry-After", "200");

    CallResult<String> outcome = run(BULK.withMaxAttempts(2));

    assertThat(why(outcome)).isInstanceOf(CallException.RateLimited.class);
    assertThat(transport.sent).hasSize(3 + 2);
  }

  @Test
  void doublesThePauseWhenAServerKeepsNamingTheSameShortTime() {
    for (int i = 0; i < 9; i++) {
      transport.answers(429, "", "Retry-After", "1");
    }
    transport.answers(200, "fine").answers(429, "", "Retry-After", "1").answers(200, "fine");

    CallResult<String> outcome = run(BULK);
    CallResult<String> next = run(BULK);

    assertThat(outcome.report().attempts())
        .extracting(attempt -> attempt.backoff().toSeconds())
        .containsExactly(1L, 1L, 2L, 4L, 8L, 16L, 32L, 60L, 60L, 0L);
    assertThat(next.report().attempts())
        .extracting(attempt -> attempt.backoff().toSeconds())
        .containsExactly(1L, 0L);
  }

  @Test
  void growsNoPauseBeyondHalfOfWhatASingleCallHasLeft() {
    transport.answers(429, "", "Retry-After", "1");

    run(SINGLE.withMaxAttempts(50), Duration.ofSeconds(20), TextExchange.of(ROUTE));

    assertThat(transport.sent.size()).isBetween(6, 20);
  }

  @Test
  void ignoresATimeThatNoServerCanMean() {
    transport.answers(429, "", "Retry-After", "999999999").answers(200, "fine");

    CallResult<String> outcome = run(SINGLE);

    assertThat(outcome.get()).isEqualTo("fine");
    assertThat(timer.pauses()).containsExactly(Duration.ofSeconds(1));
  }

  @ParameterizedTest
  @CsvSource({"10, 1", "9, 2"})
  void waitsForRetryAfterOnlyIfItEndsBeforeTheDeadline(int seconds, int requests) {
    transport.answers(429, "", "Retry-After", String.valueOf(seconds)).answers(200, "fine");

    run(SINGLE, Duration.ofSeconds(10), TextExchange.of(ROUTE));

    assertThat(transport.sent).hasSize(requests);
    assertThat(timer.pauses()).hasSize(requests - 1);
  }

  @ParameterizedTest
  @CsvSource({"1000, 1", "1001, 2"})
  void backsOffOnlyWithinItsDeadline(int millis, int requests) {
    transport.answers(500, "");

    CallResult<String> outcome =
        run(SINGLE.withMaxAttempts(2), Duration.ofMillis(millis), TextExchange.of(ROUTE));

    assertThat(transport.sent).hasSize(requests);
    assertThat(why(outcome)).isInstanceOf(CallException.ServerFailed.class);
  }

  @Test
  void limitsAnAttemptToItsTimeoutOrTheRemainingDeadline() {
    transport.does(after(Duration.ofSeconds(3), (r, w) -> transport.answer(500, "")));

    run(SINGLE, Duration.ofSeconds(8), TextExchange.of(ROUTE));

    assertThat(transport.times.getFirst()).isEqualTo(Duration.ofSeconds(5));
    assertThat(transport.times.get(1)).isBetween(Duration.ofSeconds(4), Duration.ofMillis(4_001));
  }

  @Test
  void reportsTheExceededDeadlineAndTheLastFailure() {
    transport.does(after(Duration.ofSeconds(4), (r, w) -> transport.answer(500, "")));

    CallResult<String> outcome = run(SINGLE, Duration.ofSeconds(4), TextExchange.of(ROUTE));

    assertThat(transport.sent).hasSize(1);
    assertThat(why(outcome))
        .isInstanceOf(CallException.DeadlineExceeded.class)
        .hasMessageContaining("the deadline of 4.0 s was over; last: 500 from a.test");
  }

  @Test
  void sendsNothingAfterItsDeadline() {
    transport.answers(200, "late");
    Deadline deadline = Deadline.in(timer, Duration.ofSeconds(2));
    timer.push(Duration.ofSeconds(2));

    CallResult<String> outcome =
        new CallLoop(transport, traffic, SINGLE, heard::add).run(TextExchange.of(ROUTE), deadline);

    assertThat(transport.sent).isEmpty();
    assertThat(why(outcome))
        .isInstanceOf(CallException.DeadlineExceeded.class)
        .hasMessageContaining("over before a request was sent");
    assertThat(traffic.state().inFlight()).isZero();
  }

  @Test
  void retriesAtOnceAfterAStaleConnection() {
    transport.breaks(Phase.EXCHANGE, true).answers(200, "fine");

    CallResult<String> outcome = run(SINGLE);

    assertThat(outcome.get()).isEqualTo("fine");
    assertThat(timer.pauses()).allMatch(Duration::isZero);
    assertThat(outcome.report().attempts()).hasSize(2);
  }

  @ParameterizedTest
  @CsvSource({
    "RESOLVE, 3",
    "CONNECT, 3",
    "EXCHANGE, 3",
    "BODY, 3",
    "TIMEOUT, 3",
    "TLS, 1",
    "PROXY, 1"
  })
  void retriesTransientTransportFailures(Phase phase, int requests) {
    transport.breaks(phase, false);

    CallResult<String> outcome = run(SINGLE);

    assertThat(transport.sent).hasSize(requests);
    assertThat(why(outcome).attempts()).hasSize(requests);
    assertThat(why(outcome))
        .hasMessageContaining("broke in " + phase)
        .hasCauseInstanceOf(IOException.class);
  }

  @Test
  void retriesWhenTheBodyBreaksWhileItIsRead() {
    transport.does((r, w) -> ScriptedTransport.broken("cut off")).answers(200, "fine");

    CallResult<String> outcome = run(SINGLE);

    assertThat(outcome.get()).isEqualTo("fine");
    Fault fault = outcome.report().attempts().getFirst().fault().orElseThrow();
    assertThat(fault.kind()).isEqualTo(Fault.Kind.CONNECTION_FAILED);
    assertThat(fault.message()).isEqualTo("cut off");
  }

  @Test
  void treatsAnUnknownTransportFailureAsAnExchangeFailure() {
    transport.does(
        (r, w) -> {
          throw new IOException("odd");
        });

    CallResult<String> outcome = run(SINGLE.withMaxAttempts(1));

    assertThat(why(outcome)).isInstanceOf(CallException.ConnectionFailed.class).hasMessage("odd");
  }

  @Test
  void isCancelledByAnInterruptAndStaysInterrupted() throws InterruptedException {
    transport.does(
        (r, w) -> {
          throw new InterruptedException();
        });
    AtomicReference<CallResult<String>> outcome = new AtomicReference<>();
    AtomicBoolean interrupted = new AtomicBoolean();

    VirtualThreads.start(
            "caller",
            () -> {
              outcome.set(run(SINGLE));
              interrupted.set(Thread.currentThread().isInterrupted());
            })
        .join();

    assertThat(why(outcome.get()))
        .isInstanceOf(CallException.Cancelled.class)
        .hasMessageContaining("m@a.test");
    assertThat(interrupted).isTrue();
    assertThat(traffic.state().inFlight()).isZero();
  }

  @Test
  void isCancelledByAnInterruptWhileReadingABody() {
    transport.does(
        (r, w) -> {
          Thread.currentThread().interrupt();
          return ScriptedTransport.broken("closed by the interrupt");
        });

    CallResult<String> outcome = run(SINGLE);

    assertThat(why(outcome)).isInstanceOf(CallException.Cancelled.class);
    assertThat(transport.sent).hasSize(1);
  }

  @Test
  void triesTheFallbackRouteWithAllItsAttempts() {
    transport.answers(500, "").answers(500, "").answers(500, "").answers(500, "");
    transport.answers(200, "fine");
    TextExchange first = new TextExchange(ROUTE, fault -> Optional.of(TextExchange.of(OTHER)));

    CallResult<String> outcome = run(SINGLE, Duration.ofMinutes(1), first);

    assertThat(outcome.get()).isEqualTo("fine");
    assertThat(outcome.report().route()).isEqualTo(OTHER);
    assertThat(outcome.report().attempts())
        .extracting(attempt -> attempt.route().resource())
        .containsExactly("m", "m", "m", "n", "n");
  }

  @Test
  void triesNoFallbackAfterTheDeadline() {
    transport.does(after(Duration.ofSeconds(9), (r, w) -> transport.answer(404, "")));
    TextExchange first = new TextExchange(ROUTE, fault -> Optional.of(TextExchange.of(OTHER)));

    CallResult<String> outcome = run(SINGLE, Duration.ofSeconds(9), first);

    assertThat(transport.sent).hasSize(1);
    assertThat(why(outcome)).isInstanceOf(CallException.NotFound.class);
  }

  @Test
  void sendsAnAdaptedRequestWithoutDelay() {
    transport.answers(299, "").answers(200, "fine");
    TextExchange wrong = new TextExchange(ROUTE, fault -> Optional.of(TextExchange.of(OTHER)));

    CallResult<String> outcome = run(SINGLE.withMaxAttempts(2), Duration.ofMinutes(1), wrong);

    assertThat(outcome.get()).isEqualTo("fine");
    assertThat(timer.pauses()).isEmpty();
    assertThat(transport.sent).extracting(Request::uri).doesNotHaveDuplicates();
    assertThat(outcome.report().attempts().getFirst().fault()).isPresent();
  }

  @Test
  void sendsNoAdaptedRequestBeyondTheAttemptsOfASingleCall() {
    transport.answers(299, "").answers(200, "fine");
    TextExchange wrong = new TextExchange(ROUTE, fault -> Optional.of(TextExchange.of(OTHER)));

    CallResult<String> outcome = run(SINGLE.withMaxAttempts(1), Duration.ofMinutes(1), wrong);

    assertThat(outcome).isInstanceOf(CallResult.Failed.class);
    assertThat(transport.sent).hasSize(1);
  }

  @Test
  void reportsThatTheRetryThrottleStoppedRetries() {
    traffic =
        traffic(
            new TrafficControl.RouteLimits(
                Optional.empty(), Optional.empty(), Optional.empty(), true, false));
    transport.answers(500, "");
    for (int i = 0; i < 60; i++) {
      run(SINGLE.withMaxAttempts(1));
    }
    transport.sent.clear();

    CallResult<String> outcome = run(SINGLE);

    assertThat(transport.sent).hasSize(1);
    assertThat(why(outcome))
        .hasMessageContaining("not tried again")
        .hasMessageContaining("throttle");
  }

  @Test
  void backsOffInABulkRunIfThereIsNoRetryAfter() {
    transport.answers(429, "").answers(429, "").answers(200, "fine");

    CallResult<String> outcome = run(BULK.withMaxAttempts(1));

    assertThat(outcome.get()).isEqualTo("fine");
    assertThat(outcome.report().attempts())
        .extracting(Attempt::backoff)
        .containsExactly(Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ZERO);
  }

  @Test
  void excludesTheWaitsOfABulkRunFromTheDeadline() {
    transport.answers(429, "", "Retry-After", "600").answers(200, "fine");

    CallResult<String> outcome = run(BULK, Duration.ofSeconds(10), TextExchange.of(ROUTE));

    assertThat(outcome.get()).isEqualTo("fine");
    assertThat(outcome.report().queued()).isGreaterThanOrEqualTo(Duration.ofSeconds(600));
    assertThat(transport.times).containsExactly(Duration.ofSeconds(5), Duration.ofSeconds(5));
  }

  @Test
  void leavesTheWaitToTheGateOfAnAdaptiveRoute() {
    traffic =
        traffic(
            new TrafficControl.RouteLimits(
                Optional.empty(), Optional.empty(), Optional.of(8), true, true));
    transport.answers(429, "").answers(200, "fine");

    CallResult<String> outcome = run(BULK.withMaxAttempts(1));

    assertThat(outcome.get()).isEqualTo("fine");
    assertThat(outcome.report().attempts())
        .extracting(Attempt::backoff)
        .containsOnly(Duration.ZERO);
  }

  @Test
  void failsACallWhoseRateLimitWaitWouldExceedTheDeadline() {
    traffic =
        traffic(
            new TrafficControl.RouteLimits(
                Optional.of(1), Optional.empty(), Optional.empty(), true, true));
    transport.answers(200, "fine");
    run(SINGLE);

    CallResult<String> outcome = run(SINGLE, Duration.ofSeconds(10), TextExchange.of(ROUTE));

    assertThat(why(outcome))
        .isInstanceOf(CallException.DeadlineExceeded.class)
        .hasMessageContaining("no place became free for m@a.test");
    assertThat(outcome.report().attempts()).isEmpty();
  }

  @Test
  void returnsUnusedTokensToTheRateLimit() {
    traffic =
        traffic(
            new TrafficControl.RouteLimits(
                Optional.empty(), Optional.of(600), Optional.empty(), true, true));
    transport.answers(200, "fine");

    run(SINGLE);
    run(SINGLE);

    // 100 of the 100 at once were taken and 96 came back: the second waits for 4 of 10 a second.
    assertThat(timer.pauses().stream().reduce(Duration.ZERO, Duration::plus))
        .isBetween(Duration.ofMillis(390), Duration.ofMillis(410));
  }

  @ParameterizedTest
  @EnumSource(WaitMode.class)
  void preservesTrafficAndOtherSettingsWhenThePolicyChanges(WaitMode waiting) {
    CallLoop loop = new CallLoop(transport, traffic, SINGLE, heard::add);

    CallLoop other = loop.with(SINGLE.withWaiting(waiting).withTimeout(Duration.ofSeconds(7)));

    assertThat(other.policy().waiting()).isEqualTo(waiting);
    assertThat(other.policy().timeout()).isEqualTo(Duration.ofSeconds(7));
    assertThat(other.policy().maxAttempts()).isEqualTo(3);
    assertThat(other.policy().backoffMax()).isEqualTo(Duration.ofSeconds(4));
    assertThat(other.traffic).isSameAs(traffic);
    assertThat(loop.policy()).isEqualTo(SINGLE);
  }

  /** An answer whose text is read by its caller, and counts when it was closed. */
  private record Live(TextExchange plain) implements Exchange<InputStream> {
    @Override
    public Route route() {
      return plain.route();
    }

    @Override
    public long weight() {
      return plain.weight();
    }

    @Override
    public Request request() {
      return plain.request();
    }

    @Override
    public Verdict<InputStream> judge(AttemptResult result) {
      return new Verdict.Accept<>(((AttemptResult.ResponseReceived) result).body());
    }

    @Override
    public Spend spend(InputStream value) {
      return CallReports.spend(7, 0, 0, 0, Optional.empty());
    }

    @Override
    public BodyMode bodyMode() {
      return BodyMode.STREAM;
    }
  }

  @Test
  void keepsAStreamOpenUntilItsReaderClosesIt() throws IOException {
    transport.answers(200, "fine");
    Deadline deadline = Deadline.in(timer, Duration.ofMinutes(1));

    CallResult<InputStream> outcome =
        new CallLoop(transport, traffic, SINGLE, heard::add)
            .run(new Live(TextExchange.of(ROUTE)), deadline);

    assertThat(traffic.state().inFlight()).isEqualTo(1);
    assertThat(transport.allClosed()).isFalse();
    assertThat(heard).isEmpty();
    timer.push(Duration.ofSeconds(6));
    assertThat(outcome.get().readAllBytes()).hasSize(4);

    outcome.get().close();

    assertThat(traffic.state().inFlight()).isZero();
    assertThat(transport.allClosed()).isTrue();
    assertThat(heard)
        .singleElement()
        .satisfies(
            report -> {
              assertThat(report.spend().inputTokens()).isEqualTo(7);
              assertThat(report.elapsed()).isEqualTo(Duration.ofSeconds(6));
            });
  }

  @Test
  void limitsTheBodyToTheTimeoutLeftAfterTheHeaders() {
    ScriptedTransport.Step slowly =
        after(
            Duration.ofSeconds(3),
            (r, w) ->
                new Response(
                    200,
                    Headers.NONE,
                    new InputStream() {
                      @Override
                      public int read() {
                        timer.push(Duration.ofSeconds(2));
                        return 'a';
                      }
                    }));
    transport.does(slowly);

    CallResult<String> outcome = run(SINGLE.withMaxAttempts(1));

    assertThat(why(outcome))
        .isInstanceOf(CallException.DeadlineExceeded.class)
        .hasMessage("the answer was not whole within 5000 ms");
    assertThat(outcome.report().attempts().getFirst().took())
        .isGreaterThanOrEqualTo(Duration.ofSeconds(5));
  }
}
