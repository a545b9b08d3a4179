package dev.synthlab.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthlab.testing.PushedTimer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class RouteBreakerTest {
  private final PushedTimer timer = new PushedTimer();
  private final AtomicInteger opened = new AtomicInteger();
  private final RouteBreaker breaker = new RouteBreaker(timer, opened::incrementAndGet);

  private void failOften() {
    for (int i = 0; i < 20; i++) {
      breaker.saw(RouteSignal.FAILED, breaker.era());
    }
  }

  @Test
  void opensAgainWhenItsProbeFails() {
    failOften();
    timer.push(Duration.ofSeconds(16));
    assertThat(breaker.take()).isEmpty();

    breaker.saw(RouteSignal.FAILED, breaker.era());

    assertThat(breaker.take()).isPresent();
    assertThat(opened).hasValue(2);
  }

  @Test
  void closesWhenItsProbeIsServed() {
    failOften();
    timer.push(Duration.ofSeconds(16));
    assertThat(breaker.take()).isEmpty();

    breaker.saw(RouteSignal.SERVED, breaker.era());

    assertThat(breaker.take()).isEmpty();
    assertThat(breaker.take()).isEmpty();
  }

  @Test
  void takesNoLateAnswerForThatOfItsProbe() {
    int before = breaker.era();
    failOften();
    timer.push(Duration.ofSeconds(16));
    assertThat(breaker.take()).isEmpty();

    for (int i = 0; i < 50; i++) {
      breaker.saw(i % 2 == 0 ? RouteSignal.FAILED : RouteSignal.SERVED, before);
    }

    assertThat(opened).hasValue(1);
    assertThat(breaker.take()).isPresent();
    breaker.saw(RouteSignal.SERVED, breaker.era());
    assertThat(breaker.take()).isEmpty();
  }
}
