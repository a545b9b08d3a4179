package dev.synthlab.trace;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SpanCountersTest {
  private final SpanCounters counters = new SpanCounters(10);

  private void ended(int spans) {
    for (int i = 0; i < spans; i++) {
      counters.ended();
    }
  }

  @Test
  void doesNotCountSpansInTransitAsLost() {
    ended(10);

    assertThat(counters.lost()).isZero();
  }

  @Test
  void countsFailedAndDroppedSpansAsLost() {
    ended(15);
    assertThat(counters.lost()).isEqualTo(5);

    counters.failed(4);
    assertThat(counters.lost()).isEqualTo(5);

    ended(4);
    assertThat(counters.lost()).isEqualTo(9);
  }

  @Test
  void neverDecreases() {
    ended(15);
    assertThat(counters.lost()).isEqualTo(5);

    counters.exported(10);

    assertThat(counters.lost()).isEqualTo(5);
  }

  @Test
  void isExactAfterClosing() {
    ended(10);
    counters.exported(6);
    counters.failed(1);

    counters.close();

    assertThat(counters.lost()).isEqualTo(4);
  }
}
