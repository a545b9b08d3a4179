package dev.synthlab.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthlab.test.ManualTimer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class RouteBreakerTest {
  private final ManualTimer timer = ManualTimer.forSockets();
  private final AtomicInteger opened = new AtomicInteger();
  private final RouteBreaker breaker = new RouteBreaker(timer, opened::incrementAndGet);

  private void failOften() {
    for (int i = 0; i < 20; i++) {
      breaker.record(RouteSignal.FAILURE, breaker.transitions());
    }
  }

  @Test
  void opensAgainWhenItsProbeFails() {
    failOften();
    timer.push(Duration.ofSeconds(16));
    assertThat(breaker.tryAcquire()).isEmpty();

    breaker.record(RouteSignal.FAILURE, breaker.transitions());

    assertThat(breaker.tryAcquire()).isPresent();
    assertThat(opened).hasValue(2);
  }

  @Test
  void closesWhenItsProbeSucceeds() {
    failOften();
    timer.push(Duration.ofSeconds(16));
    assertThat(breaker.tryAcquire()).isEmpty();

    breaker.record(RouteSignal.SUCCESS, breaker.transitions());

    assertThat(breaker.tryAcquire()).isEmpty();
    assertThat(breaker.tryAcquire()).isEmpty();
  }

  @Test
  void ignoresLateAnswersWhileAProbeIsInFlight() {
    int before = breaker.transitions();
    failOften();
    timer.push(Duration.ofSeconds(16));
    assertThat(breaker.tryAcquire()).isEmpty();

    for (int i = 0; i < 50; i++) {
      breaker.record(i % 2 == 0 ? RouteSignal.FAILURE : RouteSignal.SUCCESS, before);
    }

    assertThat(opened).hasValue(1);
    assertThat(breaker.tryAcquire()).isPresent();
    breaker.record(RouteSignal.SUCCESS, breaker.transitions());
    assertThat(breaker.tryAcquire()).isEmpty();
  }
}
