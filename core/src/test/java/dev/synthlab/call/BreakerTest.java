package dev.synthlab.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthlab.testing.PushedTimer;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class BreakerTest {
  private final PushedTimer timer = new PushedTimer();
  private final Breaker breaker = new Breaker(timer, () -> {});

  @Test
  void bearsAnswersThatComeLateToACallThatFailedItsProbe() {
    for (int i = 0; i < 20; i++) {
      breaker.saw(Sign.FAILED);
    }
    timer.push(Duration.ofSeconds(16));
    assertThat(breaker.take()).isEmpty();
    breaker.saw(Sign.FAILED);
    assertThat(breaker.take()).isPresent();

    for (int i = 0; i < 50; i++) {
      breaker.saw(i % 2 == 0 ? Sign.SERVED : Sign.FAILED);
    }

    assertThat(breaker.take()).isPresent();
    timer.push(Duration.ofSeconds(16));
    assertThat(breaker.take()).isEmpty();
    breaker.saw(Sign.SERVED);
    assertThat(breaker.take()).isEmpty();
  }
}
