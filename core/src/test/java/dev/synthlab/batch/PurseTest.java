package dev.synthlab.batch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthlab.call.Timer;
import java.math.BigDecimal;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class PurseTest {
  private final Tally tally = new Tally(Timer.system(), new Ends());
  private final Purse purse = new Purse(new BigDecimal("1.00"), tally);

  @Test
  void neverPaysForMoreThanThereIsWhoeverAsks() throws InterruptedException {
    AtomicInteger inFlight = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();

    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 200; i++) {
        threads.execute(
            () -> {
              assertThat(purse.pays(new BigDecimal("0.30"))).isTrue();
              most.accumulateAndGet(inFlight.incrementAndGet(), Math::max);
              Thread.yield();
              inFlight.decrementAndGet();
              purse.settle(new BigDecimal("0.30"));
            });
      }
    }

    assertThat(most.get()).isBetween(1, 3);
    assertThat(purse.pays(new BigDecimal("1.00"))).isTrue();
  }

  @Test
  void refusesWhatNothingInFlightCouldMakeRoomFor() {
    tally.costBefore(new BigDecimal("0.90"));

    assertThat(purse.pays(new BigDecimal("0.10"))).isTrue();
    purse.settle(new BigDecimal("0.10"));
    assertThat(purse.pays(new BigDecimal("0.11"))).isFalse();
    assertThat(purse.refusal(new BigDecimal("0.11")))
        .isEqualTo("spent 0.9 of 1 USD, and the next answer may cost 0.11");
  }

  @Test
  void letsThoseWhoWaitGoWhenItIsShut() {
    purse.pays(BigDecimal.ONE);
    CompletableFuture<Boolean> waiting =
        CompletableFuture.supplyAsync(() -> purse.pays(new BigDecimal("0.5")));

    purse.shut();

    assertThat(waiting.join()).isFalse();
  }
}
