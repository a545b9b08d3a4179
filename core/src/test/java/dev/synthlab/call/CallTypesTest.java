package dev.synthlab.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.synthlab.call.CallPolicy.WaitMode;
import dev.synthlab.call.Fault.Kind;
import dev.synthlab.test.ManualTimer;
import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What the values of a call hold and say. */
class CallTypesTest {
  private static final String KEY = "sk-proj-C4n4ryC4n4ryC4n4ryC4n4ry";

  @ParameterizedTest
  @EnumSource(Kind.class)
  void hasOneExceptionAndOneCodePerKindOfFault(Kind kind) {
    Fault fault = Fault.of(kind, "words");

    CallException reason = CallException.of(fault, FailedCalls.report(1, Optional.of(fault)));

    assertThat(reason.getClass().getSimpleName())
        .isEqualToIgnoringCase(kind.name().replace("_", ""));
    // A filter has one code, whether it stops the request or the answer.
    assertThat(kind.code())
        .isEqualTo(
            kind == Kind.PROMPT_FILTERED ? "content_filter" : kind.name().toLowerCase(Locale.ROOT));
    assertThat(reason).hasMessage("words").hasNoCause();
  }

  @Test
  void copiesEveryFieldOfTheFaultToTheException() {
    Fault fault =
        new Fault(
                Kind.RATE_LIMITED,
                "words",
                OptionalInt.of(429),
                Optional.of("code"),
                Optional.of("parameter"),
                Optional.of("request"),
                Optional.empty(),
                Optional.empty(),
                Optional.empty())
            .after(Duration.ofSeconds(3))
            .withPartial("so far")
            .because(new IllegalStateException("why"));

    CallException reason = CallException.of(fault, FailedCalls.report(2, Optional.of(fault)));

    assertThat(reason.status()).hasValue(429);
    assertThat(reason.code()).contains("code");
    assertThat(reason.requestId()).contains("request");
    assertThat(reason.retryAfter()).contains(Duration.ofSeconds(3));
    assertThat(reason.partial()).contains("so far");
    assertThat(reason.attempts()).hasSize(2);
    assertThat(reason.fault()).isEqualTo(fault);
    assertThat(reason.report().fault()).contains(fault);
    assertThat(reason).hasRootCauseMessage("why").hasMessage("words (after 2 attempts in 12 ms)");
    Fault other = fault.as(Kind.DEADLINE_EXCEEDED, "late");
    assertThat(other.kind()).isEqualTo(Kind.DEADLINE_EXCEEDED);
    assertThat(other.message()).isEqualTo("late");
    assertThat(other.code()).contains("code");
  }

  @Test
  void redactsKeysInEveryTextOfAFault() {
    Fault fault =
        new Fault(
            Kind.BAD_REQUEST,
            "one\ntwo " + KEY,
            OptionalInt.empty(),
            Optional.of(KEY),
            Optional.empty(),
            Optional.of("r\n" + KEY),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());

    assertThat(fault.toString()).doesNotContain(KEY).doesNotContain("\n");
    assertThat(Fault.beginning("ab " + KEY, 20)).doesNotContain("sk-proj-C4n4");
    assertThat(Fault.beginning("abcd", 4)).isEqualTo("abcd");
    assertThat(Fault.beginning("abcde", 4)).isEqualTo("abcd…");
  }

  @ParameterizedTest
  @CsvSource({
    "RATE_LIMITED, false, THROTTLED",
    "SERVER_FAILED, false, FAILURE",
    "SERVER_FAILED, true, THROTTLED",
    "CONNECTION_FAILED, false, FAILURE",
    "DEADLINE_EXCEEDED, false, FAILURE",
    "BAD_REQUEST, false, NEUTRAL",
    "QUOTA_EXCEEDED, false, NEUTRAL",
    "MALFORMED_RESPONSE, false, NEUTRAL"
  })
  void derivesTheRouteSignalFromAFault(Kind kind, boolean throttled, RouteSignal signal) {
    Fault fault = Fault.of(kind, "words");

    assertThat(RouteSignal.of(new Verdict.TryAgain<>(fault, Optional.empty(), throttled)))
        .isEqualTo(signal);
  }

  @ParameterizedTest
  @CsvSource({
    "503, true, THROTTLED",
    "529, true, THROTTLED",
    "503, false, FAILURE",
    "500, true, FAILURE"
  })
  void treatsANamedWaitAsThrottlingOnlyForOverloadStatuses(
      int status, boolean named, RouteSignal signal) {
    Fault fault =
        new Fault(
            Kind.SERVER_FAILED,
            "words",
            OptionalInt.of(status),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            named ? Optional.of(Duration.ofSeconds(1)) : Optional.empty(),
            Optional.empty(),
            Optional.empty());

    assertThat(RouteSignal.of(new Verdict.GiveUp<>(fault))).isEqualTo(signal);
  }

  @Test
  void derivesASuccessSignalFromAnAnswer() {
    assertThat(RouteSignal.of(new Verdict.Accept<>("fine"))).isEqualTo(RouteSignal.SUCCESS);
  }

  @ParameterizedTest
  @CsvSource({"http://a.test:81/v1, m@a.test:81", "local:embedded, m@local:"})
  void describesARouteByModelAndHost(String base, String name) {
    assertThat(new Route(URI.create(base), "KEY", "m")).hasToString(name);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 1, 0, 0, 'maxAttempts must be at least 1, was 0'",
    "1, 0, 0, 0, timeout must be positive",
    "1, 1, -1, 0, backoff must be at least 0 and not decrease",
    "1, 1, 2, 1, backoff must be at least 0 and not decrease"
  })
  void refusesAnInvalidPolicy(int attempts, int timeout, int first, int max, String words) {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new CallPolicy(
                    attempts,
                    Duration.ofSeconds(timeout),
                    Duration.ofSeconds(first),
                    Duration.ofSeconds(max),
                    WaitMode.WITHIN_DEADLINE))
        .withMessageContaining(words);
  }

  @ParameterizedTest
  @CsvSource({"0", "-1"})
  void refusesADeadlineThatIsNotPositive(int seconds) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Deadline.in(ManualTimer.automatic(), Duration.ofSeconds(seconds)))
        .withMessageContaining("deadline must be positive");
  }

  @ParameterizedTest
  @CsvSource({"3, 10, 3", "10, 3, 3", "5, 5, 5"})
  void endsAnInnerDeadlineNoLaterThanTheOuterOne(int outer, int inner, int left) {
    ManualTimer timer = ManualTimer.automatic();
    Deadline whole = Deadline.in(timer, Duration.ofSeconds(outer + 1));
    timer.push(Duration.ofSeconds(1));

    Deadline part = whole.inside(Duration.ofSeconds(inner));

    assertThat(part.remaining()).isEqualTo(Duration.ofSeconds(left));
    assertThat(part.given().toSeconds()).isEqualTo(inner <= outer ? inner : outer + 1);
    part.extend(Duration.ofSeconds(1));
    assertThat(part.remaining()).isEqualTo(Duration.ofSeconds(left + 1));
    assertThat(whole.remaining()).isEqualTo(Duration.ofSeconds(outer));
    assertThatIllegalArgumentException().isThrownBy(() -> whole.inside(Duration.ZERO));
  }

  @Test
  void throwsTheExceptionOfACallThatFailed() {
    Fault fault = Fault.of(Kind.NOT_FOUND, "no such model");
    CallResult<String> failed =
        new CallResult.Failed<>(fault, FailedCalls.report(1, Optional.of(fault)));

    assertThatExceptionOfType(CallException.NotFound.class)
        .isThrownBy(failed::get)
        .withMessage("no such model");
  }

  @Test
  void measuresAndPausesInRealTime() throws InterruptedException {
    Timer timer = Timer.system();
    long begin = timer.nanos();

    timer.pause(Duration.ofMillis(20));
    timer.pause(Duration.ZERO);
    timer.pause(Duration.ofMillis(-1));

    assertThat(timer.nanos() - begin).isGreaterThanOrEqualTo(20_000_000L);
  }
}
