package dev.synthlab.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.synthlab.test.ManualTimer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class RetryTest {
  private final Timer timer = Timer.system();
  private final Retry retrying = Retry.by(timer, 3, Duration.ZERO, Duration.ZERO);
  private final AtomicInteger done = new AtomicInteger();

  @Test
  void retriesTransientFailuresAsOftenAsAllowed() {
    assertThatExceptionOfType(IllegalStateException.class)
        .isThrownBy(() -> retrying.run(deadline(), this::fails, e -> true));

    assertThat(done).hasValue(3);
  }

  @Test
  void throwsPermanentFailuresAtOnce() {
    assertThatExceptionOfType(IllegalStateException.class)
        .isThrownBy(() -> retrying.run(deadline(), this::fails, e -> false));

    assertThat(done).hasValue(1);
  }

  @Test
  void startsNoDelayThatWouldExceedTheDeadline() {
    ManualTimer pushed = ManualTimer.forSockets();
    Retry slow = Retry.by(pushed, 3, Duration.ofDays(999), Duration.ofDays(999));

    assertThatExceptionOfType(IllegalStateException.class)
        .isThrownBy(
            () -> slow.run(Deadline.in(pushed, Duration.ofNanos(1)), this::fails, e -> true));

    assertThat(done).hasValue(1);
  }

  private Deadline deadline() {
    return Deadline.in(timer, Duration.ofSeconds(10));
  }

  private int fails() {
    throw new IllegalStateException("number " + done.incrementAndGet());
  }
}
