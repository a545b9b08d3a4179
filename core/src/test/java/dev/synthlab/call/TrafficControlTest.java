package dev.synthlab.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthlab.call.CallPolicy.WaitMode;
import dev.synthlab.http.Headers;
import dev.synthlab.test.ManualTimer;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrafficControlTest {
  private static final Route ROUTE = new Route(URI.create("http://a/v1"), "KEY", "m");
  private static final Route OTHER = new Route(URI.create("http://a/v1"), "KEY", "n");

  private final ManualTimer timer = ManualTimer.forSockets();

  private TrafficControl traffic(TrafficControl.RouteLimits rules) {
    return new TrafficControl(timer, () -> 0, rules);
  }

  private TrafficControl limited(int requests, int tokens) {
    return traffic(
        new TrafficControl.RouteLimits(
            Optional.of(requests).filter(n -> n > 0),
            Optional.of(tokens).filter(n -> n > 0),
            Optional.empty(),
            true,
            true));
  }

  private TrafficControl.Admission admit(
      TrafficControl traffic, Route route, long weight, Duration within)
      throws InterruptedException {
    return traffic.admit(route, weight, Deadline.in(timer, within), WaitMode.WITHIN_DEADLINE);
  }

  private RouteGate.Permit granted(TrafficControl traffic, long weight)
      throws InterruptedException {
    return ((TrafficControl.Admission.Granted) admit(traffic, ROUTE, weight, Duration.ofHours(1)))
        .permit();
  }

  private void call(TrafficControl traffic, RouteSignal signal) throws InterruptedException {
    RouteGate.Permit permit = granted(traffic, 1);
    permit.record(signal, Optional.empty());
    permit.leave();
    traffic.leave(ROUTE);
  }

  private Duration waited() {
    return timer.pauses().stream().reduce(Duration.ZERO, Duration::plus);
  }

  @Test
  void spreadsRequestsEvenlyOverTheMinute() throws InterruptedException {
    TrafficControl traffic = limited(120, 0);

    for (int i = 0; i < 21; i++) {
      call(traffic, RouteSignal.SUCCESS);
    }

    assertThat(waited()).isBetween(Duration.ofMillis(9_400), Duration.ofMillis(9_600));
  }

  @Test
  void correctsTheTokenLimitByTheActualUsage() throws InterruptedException {
    TrafficControl traffic = limited(0, 6_000);
    RouteGate.Permit first = granted(traffic, 1_000);
    first.record(RouteSignal.SUCCESS, Optional.empty());
    first.leave();
    first.settle(CallReports.spend(100, 100, 0, 0, Optional.empty()));

    granted(traffic, 800);
    assertThat(timer.pauses()).isEmpty();

    granted(traffic, 500);
    assertThat(waited()).isBetween(Duration.ofMillis(4_900), Duration.ofMillis(5_100));
  }

  @Test
  void grantsTheWholeLimitToALargerRequest() throws InterruptedException {
    TrafficControl traffic = limited(0, 6_000);

    assertThat(admit(traffic, ROUTE, 1_000_000, Duration.ofHours(1)))
        .isInstanceOf(TrafficControl.Admission.Granted.class);
  }

  @Test
  void refusesAtOnceACallWhoseWaitWouldExceedTheDeadline() throws InterruptedException {
    TrafficControl traffic = limited(1, 0);
    call(traffic, RouteSignal.SUCCESS);

    TrafficControl.Admission said = admit(traffic, ROUTE, 1, Duration.ofSeconds(10));

    assertThat(said).isInstanceOf(TrafficControl.Admission.Refused.class);
    assertThat(timer.pauses()).isEmpty();
  }

  @Test
  void pausesOneRouteOnly() throws InterruptedException {
    TrafficControl traffic = traffic(TrafficControl.RouteLimits.DEFAULT);

    traffic.pause(ROUTE, Duration.ofMinutes(2));

    assertThat(admit(traffic, ROUTE, 1, Duration.ofMinutes(1)))
        .isInstanceOf(TrafficControl.Admission.Refused.class);
    assertThat(admit(traffic, OTHER, 1, Duration.ofMinutes(1)))
        .isInstanceOf(TrafficControl.Admission.Granted.class);
    assertThat(traffic.state().maxPause()).contains(Duration.ofMinutes(2));
  }

  @Test
  void sendsOneProbeFirstAfterALongPause() throws InterruptedException {
    TrafficControl traffic = traffic(TrafficControl.RouteLimits.DEFAULT);
    traffic.pause(ROUTE, Duration.ofMinutes(2));
    RouteGate.Permit probe = granted(traffic, 1);

    // Nothing frees the place while this one waits: it runs into its deadline.
    assertThat(admit(traffic, ROUTE, 1, Duration.ofMillis(20)))
        .isInstanceOf(TrafficControl.Admission.Refused.class);
    probe.record(RouteSignal.SUCCESS, Optional.empty());

    assertThat(admit(traffic, ROUTE, 1, Duration.ofSeconds(1)))
        .isInstanceOf(TrafficControl.Admission.Granted.class);
  }

  @Test
  void stopsRetriesWhenHalfOfTheThrottleTokensAreUsed() throws InterruptedException {
    TrafficControl traffic =
        traffic(
            new TrafficControl.RouteLimits(
                Optional.empty(), Optional.empty(), Optional.empty(), true, false));
    for (int i = 0; i < 49; i++) {
      call(traffic, RouteSignal.FAILURE);
    }
    assertThat(traffic.allowsRetry(ROUTE, WaitMode.WITHIN_DEADLINE)).isTrue();

    call(traffic, RouteSignal.FAILURE);
    assertThat(traffic.allowsRetry(ROUTE, WaitMode.WITHIN_DEADLINE)).isFalse();

    call(traffic, RouteSignal.SUCCESS);
    assertThat(traffic.allowsRetry(ROUTE, WaitMode.WITHIN_DEADLINE)).isTrue();
  }

  @Test
  void opensTheBreakerOfAConstantlyFailingRoute() throws InterruptedException {
    TrafficControl traffic = traffic(TrafficControl.RouteLimits.DEFAULT);
    for (int i = 0; i < 20; i++) {
      call(traffic, RouteSignal.FAILURE);
    }

    TrafficControl.Admission.Refused refused =
        (TrafficControl.Admission.Refused) admit(traffic, ROUTE, 1, Duration.ofHours(1));

    assertThat(refused.result().reason()).isEqualTo(WaitReason.BREAKER);
    assertThat(refused.result().pause()).isBetween(Duration.ofSeconds(14), Duration.ofSeconds(16));
    assertThat(timer.pauses()).isEmpty();
  }

  @Test
  void closesTheBreakerWhenTheProbeSucceeds() throws InterruptedException {
    TrafficControl traffic = traffic(TrafficControl.RouteLimits.DEFAULT);
    for (int i = 0; i < 20; i++) {
      call(traffic, RouteSignal.FAILURE);
    }
    timer.push(Duration.ofSeconds(16));
    RouteGate.Permit probe = granted(traffic, 1);
    assertThat(admit(traffic, ROUTE, 1, Duration.ofHours(1)))
        .isInstanceOf(TrafficControl.Admission.Refused.class);

    probe.record(RouteSignal.SUCCESS, Optional.empty());

    assertThat(admit(traffic, ROUTE, 1, Duration.ofHours(1)))
        .isInstanceOf(TrafficControl.Admission.Granted.class);
  }

  @ParameterizedTest
  @CsvSource({"THROTTLED", "NEUTRAL", "SUCCESS"})
  void doesNotCountOtherSignalsAsFailures(RouteSignal signal) throws InterruptedException {
    TrafficControl traffic = traffic(TrafficControl.RouteLimits.DEFAULT);

    for (int i = 0; i < 100; i++) {
      call(traffic, signal);
    }

    assertThat(admit(traffic, ROUTE, 1, Duration.ofHours(1)))
        .isInstanceOf(TrafficControl.Admission.Granted.class);
    assertThat(traffic.allowsRetry(ROUTE, WaitMode.WITHIN_DEADLINE)).isTrue();
  }

  @Test
  void waitsWhenTheServersRateLimitIsExhausted() throws InterruptedException {
    TrafficControl traffic = traffic(TrafficControl.RouteLimits.DEFAULT);
    Headers spent =
        Headers.of(
            "x-ratelimit-limit-requests", "60",
            "x-ratelimit-remaining-requests", "0",
            "x-ratelimit-reset-requests", "1m0s");
    granted(traffic, 1).record(RouteSignal.SUCCESS, Optional.of(spent));

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
  void readsTheResetTimesOfRateLimitHeaders(String text, long millis) {
    assertThat(RateLimitHeaders.time(text)).contains(Duration.ofMillis(millis));
  }

  @ParameterizedTest
  @CsvSource({"''", "soon", "-1s", "1s2h", "99999999999s"})
  void ignoresInvalidResetTimes(String text) {
    assertThat(RateLimitHeaders.time(text)).isEmpty();
  }

  @Test
  void evictsIdleRoutes() throws InterruptedException {
    TrafficControl traffic = traffic(TrafficControl.RouteLimits.DEFAULT);
    for (int i = 0; i < 5_000; i++) {
      Route route = new Route(ROUTE.base(), "KEY", "model-" + i);
      TrafficControl.Admission said = admit(traffic, route, 1, Duration.ofHours(1));
      RouteGate.Permit permit = ((TrafficControl.Admission.Granted) said).permit();
      permit.record(RouteSignal.SUCCESS, Optional.empty());
      permit.leave();
      timer.push(Duration.ofSeconds(1));
    }

    assertThat(traffic.routes()).isLessThan(2_000);
  }
}
