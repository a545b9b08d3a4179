package dev.synthlab.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthlab.call.CallPolicy.Waiting;
import dev.synthlab.http.Headers;
import dev.synthlab.testing.PushedTimer;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrafficTest {
  private static final Route ROUTE = new Route(URI.create("http://a/v1"), "KEY", "m");
  private static final Route OTHER = new Route(URI.create("http://a/v1"), "KEY", "n");

  private final PushedTimer timer = new PushedTimer();

  private Traffic traffic(Traffic.Rules rules) {
    return new Traffic(timer, () -> 0, rules);
  }

  private Traffic limited(int requests, int tokens) {
    return traffic(
        new Traffic.Rules(
            Optional.of(requests).filter(n -> n > 0),
            Optional.of(tokens).filter(n -> n > 0),
            Optional.empty(),
            true,
            true));
  }

  private Traffic.Admission admit(Traffic traffic, Route route, long weight, Duration within)
      throws InterruptedException {
    return traffic.admit(route, weight, Deadline.in(timer, within), Waiting.WITHIN_DEADLINE);
  }

  private Lane.Permit granted(Traffic traffic, long weight) throws InterruptedException {
    return ((Traffic.Admission.Granted) admit(traffic, ROUTE, weight, Duration.ofHours(1)))
        .permit();
  }

  private void call(Traffic traffic, Sign sign) throws InterruptedException {
    Lane.Permit permit = granted(traffic, 1);
    permit.judged(sign, Optional.empty());
    permit.leave();
    traffic.left(ROUTE);
  }

  private Duration waited() {
    return timer.pauses.stream().reduce(Duration.ZERO, Duration::plus);
  }

  @Test
  void spreadsRequestsEvenlyOverTheMinute() throws InterruptedException {
    Traffic traffic = limited(120, 0);

    for (int i = 0; i < 21; i++) {
      call(traffic, Sign.SERVED);
    }

    assertThat(waited()).isBetween(Duration.ofMillis(9_400), Duration.ofMillis(9_600));
  }

  @Test
  void correctsTheTokensOnceItIsKnownWhatWasUsed() throws InterruptedException {
    Traffic traffic = limited(0, 6_000);
    Lane.Permit first = granted(traffic, 1_000);
    first.judged(Sign.SERVED, Optional.empty());
    first.leave();
    first.settle(new Spend(100, 100, 0, 0, Optional.empty()));

    granted(traffic, 800);
    assertThat(timer.pauses).isEmpty();

    granted(traffic, 500);
    assertThat(waited()).isBetween(Duration.ofMillis(4_900), Duration.ofMillis(5_100));
  }

  @Test
  void letsARequestThatIsLargerThanTheLimitHaveAllOfIt() throws InterruptedException {
    Traffic traffic = limited(0, 6_000);

    assertThat(admit(traffic, ROUTE, 1_000_000, Duration.ofHours(1)))
        .isInstanceOf(Traffic.Admission.Granted.class);
  }

  @Test
  void refusesAtOnceWhatALimitWouldHoldBeyondTheDeadline() throws InterruptedException {
    Traffic traffic = limited(1, 0);
    call(traffic, Sign.SERVED);

    Traffic.Admission said = admit(traffic, ROUTE, 1, Duration.ofSeconds(10));

    assertThat(said).isInstanceOf(Traffic.Admission.Refused.class);
    assertThat(timer.pauses).isEmpty();
  }

  @Test
  void pausesOneRouteOnly() throws InterruptedException {
    Traffic traffic = traffic(Traffic.Rules.USUAL);

    traffic.pause(ROUTE, Duration.ofMinutes(2));

    assertThat(admit(traffic, ROUTE, 1, Duration.ofMinutes(1)))
        .isInstanceOf(Traffic.Admission.Refused.class);
    assertThat(admit(traffic, OTHER, 1, Duration.ofMinutes(1)))
        .isInstanceOf(Traffic.Admission.Granted.class);
    assertThat(traffic.state().longestPause()).contains(Duration.ofMinutes(2));
  }

  @Test
  void sendsOneProbeFirstAfterALongPause() throws InterruptedException {
    Traffic traffic = traffic(Traffic.Rules.USUAL);
    traffic.pause(ROUTE, Duration.ofMinutes(2));
    Lane.Permit probe = granted(traffic, 1);

    // Nothing frees the place while this one waits: it runs into its deadline.
    assertThat(admit(traffic, ROUTE, 1, Duration.ofMillis(20)))
        .isInstanceOf(Traffic.Admission.Refused.class);
    probe.judged(Sign.SERVED, Optional.empty());

    assertThat(admit(traffic, ROUTE, 1, Duration.ofSeconds(1)))
        .isInstanceOf(Traffic.Admission.Granted.class);
  }

  @Test
  void stopsRepeatingWhenHalfOfTheBudgetIsGone() throws InterruptedException {
    Traffic traffic =
        traffic(
            new Traffic.Rules(Optional.empty(), Optional.empty(), Optional.empty(), true, false));
    for (int i = 0; i < 49; i++) {
      call(traffic, Sign.FAILED);
    }
    assertThat(traffic.allowsARetry(ROUTE, Waiting.WITHIN_DEADLINE)).isTrue();

    call(traffic, Sign.FAILED);
    assertThat(traffic.allowsARetry(ROUTE, Waiting.WITHIN_DEADLINE)).isFalse();

    call(traffic, Sign.SERVED);
    assertThat(traffic.allowsARetry(ROUTE, Waiting.WITHIN_DEADLINE)).isTrue();
  }

  @Test
  void opensTheBreakerOfARouteThatFailsAllTheTime() throws InterruptedException {
    Traffic traffic = traffic(Traffic.Rules.USUAL);
    for (int i = 0; i < 20; i++) {
      call(traffic, Sign.FAILED);
    }

    Traffic.Admission.Refused refused =
        (Traffic.Admission.Refused) admit(traffic, ROUTE, 1, Duration.ofHours(1));

    assertThat(refused.why().reason()).isEqualTo(Event.Withheld.Reason.BREAKER);
    assertThat(refused.why().pause()).isBetween(Duration.ofSeconds(14), Duration.ofSeconds(16));
    assertThat(timer.pauses).isEmpty();
  }

  @Test
  void closesTheBreakerWhenTheProbeIsServed() throws InterruptedException {
    Traffic traffic = traffic(Traffic.Rules.USUAL);
    for (int i = 0; i < 20; i++) {
      call(traffic, Sign.FAILED);
    }
    timer.push(Duration.ofSeconds(16));
    Lane.Permit probe = granted(traffic, 1);
    assertThat(admit(traffic, ROUTE, 1, Duration.ofHours(1)))
        .isInstanceOf(Traffic.Admission.Refused.class);

    probe.judged(Sign.SERVED, Optional.empty());

    assertThat(admit(traffic, ROUTE, 1, Duration.ofHours(1)))
        .isInstanceOf(Traffic.Admission.Granted.class);
  }

  @ParameterizedTest
  @CsvSource({"THROTTLED", "NEUTRAL", "SERVED"})
  void doesNotTakeOtherSignsForFailures(Sign sign) throws InterruptedException {
    Traffic traffic = traffic(Traffic.Rules.USUAL);

    for (int i = 0; i < 100; i++) {
      call(traffic, sign);
    }

    assertThat(admit(traffic, ROUTE, 1, Duration.ofHours(1)))
        .isInstanceOf(Traffic.Admission.Granted.class);
    assertThat(traffic.allowsARetry(ROUTE, Waiting.WITHIN_DEADLINE)).isTrue();
  }

  @Test
  void waitsWhenTheServerSaysThatNothingIsLeft() throws InterruptedException {
    Traffic traffic = traffic(Traffic.Rules.USUAL);
    Headers spent =
        Headers.of(
            "x-ratelimit-limit-requests", "60",
            "x-ratelimit-remaining-requests", "0",
            "x-ratelimit-reset-requests", "1m0s");
    granted(traffic, 1).judged(Sign.SERVED, Optional.of(spent));

    granted(traffic, 1);

    assertThat(waited()).isEqualTo(Duration.ofSeconds(1));
  }

  @ParameterizedTest
  @CsvSource({
    "20ms, 20",
    "1s, 1000",
    "6m0s, 360000",
    "1h2m3.5s, 3723500",
    "1.5, 1500",
    "8.64s, 8640"
  })
  void readsTheTimesOfRateHeaders(String text, long millis) {
    assertThat(RateHeaders.time(text)).contains(Duration.ofMillis(millis));
  }

  @ParameterizedTest
  @CsvSource({"''", "soon", "-1s", "1s2h", "99999999999s"})
  void ignoresTimesThatMakeNoSense(String text) {
    assertThat(RateHeaders.time(text)).isEmpty();
  }

  @Test
  void forgetsRoutesThatAreIdle() throws InterruptedException {
    Traffic traffic = traffic(Traffic.Rules.USUAL);
    for (int i = 0; i < 5_000; i++) {
      Route route = new Route(ROUTE.base(), "KEY", "model-" + i);
      Traffic.Admission said = admit(traffic, route, 1, Duration.ofHours(1));
      Lane.Permit permit = ((Traffic.Admission.Granted) said).permit();
      permit.judged(Sign.SERVED, Optional.empty());
      permit.leave();
      timer.push(Duration.ofSeconds(1));
    }

    assertThat(traffic.routes()).isLessThan(2_000);
  }
}
