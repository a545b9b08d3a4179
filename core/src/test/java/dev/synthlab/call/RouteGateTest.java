package dev.synthlab.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthlab.call.CallPolicy.WaitMode;
import dev.synthlab.test.ManualTimer;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who goes out, who waits, and what is given back. */
@Timeout(10)
class RouteGateTest {
  private static final Route ROUTE = new Route(URI.create("http://a/v1"), "KEY", "m");
  private static final Duration SHORT = Duration.ofMillis(20);
  private static final Duration LONG = Duration.ofHours(1);

  private final ManualTimer timer = ManualTimer.forSockets();
  private TrafficControl traffic = traffic(0, 0, 0);

  private TrafficControl traffic(int requests, int tokens, int adaptive) {
    return new TrafficControl(timer, max(), rules(requests, tokens, adaptive));
  }

  private static TrafficControl.RouteLimits rules(int requests, int tokens, int adaptive) {
    return new TrafficControl.RouteLimits(
        Optional.of(requests).filter(n -> n > 0),
        Optional.of(tokens).filter(n -> n > 0),
        Optional.of(adaptive).filter(n -> n > 0),
        true,
        true);
  }

  private static RandomGenerator max() {
    return new RandomGenerator() {
      @Override
      public long nextLong() {
        return Long.MAX_VALUE;
      }

      @Override
      public long nextLong(long bound) {
        return bound - 1;
      }
    };
  }

  private TrafficControl.Admission admit(Duration within, WaitMode waiting)
      throws InterruptedException {
    return traffic.admit(ROUTE, 1, Deadline.in(timer, within), waiting);
  }

  private RouteGate.Permit granted() throws InterruptedException {
    TrafficControl.Admission said = admit(LONG, WaitMode.WITHIN_DEADLINE);
    return ((TrafficControl.Admission.Granted) said).permit();
  }

  private Optional<WaitReason> refused(Duration within) throws InterruptedException {
    return switch (admit(within, WaitMode.WITHIN_DEADLINE)) {
      case TrafficControl.Admission.Granted yes -> Optional.empty();
      case TrafficControl.Admission.Refused no -> Optional.of(no.result().reason());
    };
  }

  private void ends(RouteGate.Permit permit, RouteSignal signal) {
    permit.record(signal, Optional.empty());
    permit.leave();
    traffic.leave(ROUTE);
  }

  /** Someone of a bulk run, who waits as long as it takes. */
  private FutureTask<TrafficControl.Admission> waiting() {
    FutureTask<TrafficControl.Admission> task =
        new FutureTask<>(() -> admit(Duration.ofSeconds(1), WaitMode.UNBOUNDED));
    int before = traffic.state().queued();
    Thread thread = VirtualThreads.start("waiting", task);
    while (traffic.state().queued() == before && !task.isDone()) {
      Thread.onSpinWait();
    }
    while (thread.getState() != Thread.State.WAITING && !task.isDone()) {
      Thread.onSpinWait();
    }
    return task;
  }

  @Test
  void limitsTheRequestsInFlightPerServer() throws Exception {
    traffic.limitConcurrency(ROUTE.base(), 1);
    traffic.limitConcurrency(ROUTE.base(), 9);
    RouteGate.Permit first = granted();

    assertThat(refused(SHORT)).contains(WaitReason.CONCURRENCY);
    FutureTask<TrafficControl.Admission> second = waiting();
    assertThat(second.isDone()).isFalse();
    ends(first, RouteSignal.SUCCESS);

    assertThat(second.get()).isInstanceOf(TrafficControl.Admission.Granted.class);
    assertThat(traffic.state().inFlight()).isEqualTo(1);
    assertThat(traffic.state().queued()).isZero();
  }

  @Test
  void releasesThePermitOfARefusedCall() throws InterruptedException {
    traffic.limitConcurrency(ROUTE.base(), 1);
    traffic.pause(ROUTE, Duration.ofSeconds(30));

    assertThat(refused(Duration.ofSeconds(10))).contains(WaitReason.PAUSE);
    assertThat(refused(Duration.ofSeconds(10))).contains(WaitReason.PAUSE);

    timer.push(Duration.ofSeconds(30));
    assertThat(refused(SHORT)).isEmpty();
  }

  @Test
  void reportsAPauseAsTheWaitReason() throws InterruptedException {
    traffic.pause(ROUTE, Duration.ofSeconds(10));

    assertThat(held().by()).isEqualTo(Map.of(WaitReason.PAUSE, Duration.ofSeconds(11)));
  }

  @Test
  void reportsARateLimitAsTheWaitReason() throws InterruptedException {
    traffic = traffic(60, 0, 0);
    granted();

    assertThat(held().by()).isEqualTo(Map.of(WaitReason.RATE_LIMIT, Duration.ofSeconds(1)));
  }

  @Test
  void reportsTheBreakerAsTheWaitReason() throws InterruptedException {
    for (int i = 0; i < 20; i++) {
      ends(granted(), RouteSignal.FAILURE);
    }

    WaitTimes held =
        switch (admit(LONG, WaitMode.UNBOUNDED)) {
          case TrafficControl.Admission.Granted yes -> yes.waits();
          case TrafficControl.Admission.Refused no -> WaitTimes.NONE;
        };

    assertThat(held.by()).containsOnlyKeys(WaitReason.BREAKER);
    assertThat(held.total()).isBetween(Duration.ofSeconds(15), Duration.ofSeconds(16));
  }

  @Test
  void reportsTheConcurrencyOfTheRouteAsTheWaitReason() throws Exception {
    traffic = traffic(0, 0, 8);
    RouteGate.Permit first = granted();
    FutureTask<TrafficControl.Admission> second = waiting();
    timer.push(Duration.ofSeconds(3));

    ends(first, RouteSignal.SUCCESS);

    assertThat(((TrafficControl.Admission.Granted) second.get()).waits().by())
        .containsOnlyKeys(WaitReason.CONCURRENCY);
  }

  @Test
  void reportsTheConcurrencyOfTheServerAsTheWaitReason() throws Exception {
    traffic.limitConcurrency(ROUTE.base(), 1);
    RouteGate.Permit first = granted();
    FutureTask<TrafficControl.Admission> second = waiting();
    timer.push(Duration.ofSeconds(3));

    ends(first, RouteSignal.SUCCESS);

    assertThat(((TrafficControl.Admission.Granted) second.get()).waits().longest())
        .contains(WaitReason.CONCURRENCY);
  }

  @Test
  void reportsTwoWaitReasonsOfOneCallSeparately() throws InterruptedException {
    traffic = traffic(6, 0, 0);
    granted();
    traffic.pause(ROUTE, Duration.ofSeconds(2));

    WaitTimes held = held();

    assertThat(held.by())
        .isEqualTo(
            Map.of(
                WaitReason.PAUSE,
                Duration.ofMillis(2_200),
                WaitReason.RATE_LIMIT,
                Duration.ofMillis(7_800)));
    assertThat(held.longest()).contains(WaitReason.RATE_LIMIT);
    assertThat(held.total()).isEqualTo(Duration.ofSeconds(10));
  }

  @Test
  void reportsTheWaitReasonOfTheQueueHeadForQueuedCalls() throws Exception {
    traffic = traffic(0, 0, 8);
    RouteGate.Permit first = granted();
    FutureTask<TrafficControl.Admission> head = waiting();
    FutureTask<TrafficControl.Admission> behind = waiting();
    timer.push(Duration.ofSeconds(3));

    ends(first, RouteSignal.SUCCESS);
    head.get();

    assertThat(((TrafficControl.Admission.Granted) behind.get()).waits().by())
        .containsOnlyKeys(WaitReason.CONCURRENCY);
  }

  private WaitTimes held() throws InterruptedException {
    return ((TrafficControl.Admission.Granted) admit(LONG, WaitMode.WITHIN_DEADLINE)).waits();
  }

  @Test
  void interruptsOnlyAWaitingThread() throws Exception {
    traffic.limitConcurrency(ROUTE.base(), 1);
    granted();
    CountDownLatch ended = new CountDownLatch(1);
    Thread waiting =
        VirtualThreads.start(
            "waiting",
            () -> {
              try {
                admit(LONG, WaitMode.UNBOUNDED);
              } catch (InterruptedException e) {
                ended.countDown();
              }
            });
    while (traffic.state().queued() == 0) {
      Thread.onSpinWait();
    }

    while (ended.getCount() > 0) {
      traffic.interruptIfWaiting(waiting);
      Thread.onSpinWait();
    }
    traffic.interruptIfWaiting(Thread.currentThread());

    assertThat(Thread.interrupted()).isFalse();
    assertThat(traffic.state().queued()).isZero();
  }

  @Test
  void interruptsNoThreadAfterItsWait() throws InterruptedException {
    traffic.backOff(Duration.ofSeconds(1));
    granted();

    traffic.interruptIfWaiting(Thread.currentThread());

    assertThat(Thread.interrupted()).isFalse();
    assertThat(traffic.state().retrying()).isZero();
  }

  @ParameterizedTest
  @CsvSource({"10, 11000", "20, 22000", "30, 33000", "50, 53000"})
  void addsJitterOfUpToATenthAndThreeSeconds(int pause, long waited) throws InterruptedException {
    traffic.pause(ROUTE, Duration.ofSeconds(pause));

    granted();

    assertThat(timer.pauses()).containsExactly(Duration.ofMillis(waited));
  }

  @Test
  void appliesTheLongerOfTwoPauses() throws InterruptedException {
    traffic.pause(ROUTE, Duration.ofSeconds(20));
    traffic.pause(ROUTE, Duration.ofSeconds(5));
    assertThat(traffic.state().maxPause()).contains(Duration.ofSeconds(20));

    traffic.pause(ROUTE, Duration.ofSeconds(40));
    assertThat(traffic.state().maxPause()).contains(Duration.ofSeconds(40));

    timer.push(Duration.ofSeconds(40));
    assertThat(traffic.state().maxPause()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"60, 0", "61, 1"})
  void sendsAProbeOnlyAfterALongPause(int seconds, int kept) throws InterruptedException {
    traffic.pause(ROUTE, Duration.ofSeconds(seconds));
    granted();

    assertThat(refused(SHORT).stream().count()).isEqualTo(kept);
  }

  @Test
  void blocksAllOtherCallsUntilAProbeIsNotRefused() throws Exception {
    traffic.pause(ROUTE, Duration.ofMinutes(2));
    RouteGate.Permit probe = granted();
    ends(probe, RouteSignal.THROTTLED);
    RouteGate.Permit again = granted();
    FutureTask<TrafficControl.Admission> other = waiting();
    assertThat(refused(SHORT)).contains(WaitReason.CONCURRENCY);

    again.record(RouteSignal.SUCCESS, Optional.empty());

    assertThat(other.get()).isInstanceOf(TrafficControl.Admission.Granted.class);
  }

  @Test
  void raisesConcurrencyWithEachAnswerOfAnAdaptiveRoute() throws Exception {
    traffic = traffic(0, 0, 8);
    assertThat(traffic.isAdaptive(ROUTE)).isTrue();
    RouteGate.Permit first = granted();
    FutureTask<TrafficControl.Admission> second = waiting();
    assertThat(refused(SHORT)).contains(WaitReason.CONCURRENCY);

    ends(first, RouteSignal.SUCCESS);

    assertThat(second.get()).isInstanceOf(TrafficControl.Admission.Granted.class);
    granted();
    assertThat(refused(SHORT)).contains(WaitReason.CONCURRENCY);
  }

  @Test
  void releasesTheBreakersProbeIfARateLimitRefusesIt() throws InterruptedException {
    traffic = traffic(60, 0, 0);
    for (int i = 0; i < 20; i++) {
      ends(granted(), RouteSignal.FAILURE);
    }
    timer.push(Duration.ofSeconds(16));
    ends(granted(), RouteSignal.NEUTRAL);

    assertThat(refused(SHORT)).contains(WaitReason.RATE_LIMIT);

    timer.push(Duration.ofSeconds(1));
    assertThat(refused(SHORT)).isEmpty();
  }

  @Test
  void releasesTheBreakersProbeIfItEndsWithoutAResult() throws InterruptedException {
    for (int i = 0; i < 20; i++) {
      ends(granted(), RouteSignal.FAILURE);
    }
    timer.push(Duration.ofSeconds(16));
    RouteGate.Permit probe = granted();
    assertThat(refused(LONG)).contains(WaitReason.BREAKER);

    probe.leave();

    assertThat(refused(SHORT)).isEmpty();
  }

  @Test
  void returnsTheTokensOfARequestThatTheRequestLimitRefuses() throws InterruptedException {
    traffic = traffic(60, 6_000, 0);
    Deadline soon = Deadline.in(timer, SHORT);
    assertThat(traffic.admit(ROUTE, 100, soon, WaitMode.WITHIN_DEADLINE))
        .isInstanceOf(TrafficControl.Admission.Granted.class);
    assertThat(traffic.admit(ROUTE, 900, soon, WaitMode.WITHIN_DEADLINE))
        .isInstanceOf(TrafficControl.Admission.Refused.class);
    timer.push(Duration.ofSeconds(1));

    TrafficControl.Admission said =
        traffic.admit(ROUTE, 900, Deadline.in(timer, SHORT), WaitMode.WITHIN_DEADLINE);

    assertThat(said).isInstanceOf(TrafficControl.Admission.Granted.class);
    assertThat(timer.pauses()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "true, true, http://a/v1, true",
    "true, false, http://a/v1, false",
    "true, true, local:x, false",
    "false, true, http://a/v1, true"
  })
  void throttlesRetriesOfABulkRunOnlyIfThereIsNoBreaker(
      boolean throttle, boolean breaker, String base, boolean allowed) throws InterruptedException {
    traffic =
        new TrafficControl(
            timer,
            max(),
            new TrafficControl.RouteLimits(
                Optional.empty(), Optional.empty(), Optional.empty(), throttle, breaker));
    Route route = new Route(URI.create(base), "KEY", "m");
    for (int i = 0; i < 60; i++) {
      TrafficControl.Admission said =
          traffic.admit(route, 1, Deadline.in(timer, LONG), WaitMode.UNBOUNDED);
      RouteGate.Permit permit = ((TrafficControl.Admission.Granted) said).permit();
      permit.record(RouteSignal.FAILURE, Optional.empty());
      permit.leave();
    }

    assertThat(traffic.allowsRetry(route, WaitMode.UNBOUNDED)).isEqualTo(allowed);
  }

  @Test
  void evictsIdleRoutesButNotThoseInUse() throws InterruptedException {
    RouteGate.Permit open = granted();
    timer.push(Duration.ofMinutes(20));
    for (int i = 0; i < 2_000; i++) {
      traffic.pause(new Route(ROUTE.base(), "KEY", "model-" + i), Duration.ofMillis(1));
      timer.push(Duration.ofMillis(700));
    }

    assertThat(traffic.routes()).isBetween(800, 1_100);
    open.record(RouteSignal.SUCCESS, Optional.empty());
    traffic.pause(ROUTE, Duration.ofSeconds(30));
    assertThat(refused(Duration.ofSeconds(10))).contains(WaitReason.PAUSE);
  }

  @Test
  void drawsNewJitterEachTime() {
    TrafficControl byDefault = TrafficControl.by(timer, TrafficControl.RouteLimits.DEFAULT);
    Duration max = Duration.ofDays(1);

    Duration one = byDefault.randomPart(max);
    Duration other = byDefault.randomPart(max);

    assertThat(one).isBetween(Duration.ZERO, max).isNotEqualTo(other);
    assertThat(byDefault.randomPart(Duration.ZERO)).isZero();
    assertThat(traffic.randomPart(Duration.ofNanos(1))).isEqualTo(Duration.ofNanos(1));
  }
}
