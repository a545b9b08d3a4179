package dev.synthlab.trace;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TallyTest {
  private final Tally tally = new Tally(10);

  private void ended(int spans) {
    for (int i = 0; i < spans; i++) {
      tally.ended();
    }
  }

  @Test
  void takesNothingForLostThatIsOnItsWay() {
    ended(10);

    assertThat(tally.lost()).isZero();
  }

  @Test
  void countsWhatFailedAndWhatNoQueueCanHold() {
    ended(15);
    assertThat(tally.lost()).isEqualTo(5);

    tally.failed(4);
    assertThat(tally.lost()).isEqualTo(5);

    ended(4);
    assertThat(tally.lost()).isEqualTo(9);
  }

  @Test
  void neverFalls() {
    ended(15);
    assertThat(tally.lost()).isEqualTo(5);

    tally.arrived(10);

    assertThat(tally.lost()).isEqualTo(5);
  }

  @Test
  void isExactAtTheEnd() {
    ended(10);
    tally.arrived(6);
    tally.failed(1);

    tally.close();

    assertThat(tally.lost()).isEqualTo(4);
  }
}
