package dev.synthlab.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.synthlab.test.ManualTimer;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class BudgetTest {
  private static final Optional<BigDecimal> NOTHING = Optional.of(BigDecimal.ZERO);

  private final AtomicReference<BigDecimal> spent = new AtomicReference<>(BigDecimal.ZERO);
  private final Budget job = Budget.of(new BigDecimal("1.00"), spent::get);
  private final ManualTimer timer = ManualTimer.forSockets();
  private final AtomicReference<Optional<BigDecimal>> recorded =
      new AtomicReference<>(Optional.empty());
  private final List<Instant> looks = new CopyOnWriteArrayList<>();
  private final Budget day =
      Budget.aDay(
          new BigDecimal("1.00"),
          timer,
          since -> {
            looks.add(since);
            return recorded.get();
          });

  private static BigDecimal usd(String amount) {
    return new BigDecimal(amount);
  }

  @Test
  void neverReservesMoreThanTheBudgetAcrossThreads() throws Exception {
    AtomicInteger inFlight = new AtomicInteger();
    AtomicInteger max = new AtomicInteger();
    List<Future<?>> all = new CopyOnWriteArrayList<>();

    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 200; i++) {
        all.add(
            threads.submit(
                () -> {
                  Budget.Reservation reservation = job.reserve(usd("0.30")).orElseThrow();
                  max.accumulateAndGet(inFlight.incrementAndGet(), Math::max);
                  Thread.yield();
                  inFlight.decrementAndGet();
                  reservation.settle(NOTHING);
                  return reservation;
                }));
      }
    }

    for (Future<?> each : all) {
      each.get();
    }
    assertThat(max.get()).isBetween(1, 3);
    assertThat(job.reserve(usd("1.00"))).isPresent();
  }

  @Test
  void refusesACallThatExceedsTheUnspentBudget() throws InterruptedException {
    spent.set(usd("0.90"));

    job.reserve(usd("0.10")).orElseThrow().settle(NOTHING);

    assertThat(job.reserve(usd("0.11"))).isEmpty();
    assertThat(job.refusal(usd("0.11")))
        .isEqualTo("spent 0.9 of 1 USD, and the next answer may cost 0.11");
  }

  @Test
  void wakesWaitingCallersWhenClosed() throws InterruptedException {
    job.reserve(BigDecimal.ONE);
    CompletableFuture<Boolean> waiting = VirtualThreads.async(() -> isHeld(job, "0.5"));

    job.close();

    assertThat(waiting.join()).isFalse();
  }

  private static boolean isHeld(Budget budget, String amount) {
    try {
      return budget.reserve(usd(amount)).isPresent();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void stopsWaitingAtTheTimeoutAndWhenInterrupted() throws InterruptedException {
    job.reserve(BigDecimal.ONE);

    assertThat(job.reserve(usd("0.5"), Optional.of(Duration.ofMillis(5)))).isEmpty();
    Thread.currentThread().interrupt();
    assertThatExceptionOfType(InterruptedException.class)
        .isThrownBy(() -> job.reserve(usd("0.5"), Optional.empty()));
  }

  @Test
  void countsTheActualCostOrTheMaximumIfTheCostIsUnknown() throws InterruptedException {
    day.reserve(usd("0.60")).orElseThrow().settle(Optional.of(usd("0.10")));
    day.reserve(usd("0.60")).orElseThrow().settle(Optional.empty());

    assertThat(day.reserve(usd("0.31"))).isEmpty();
    Budget.Reservation last = day.reserve(usd("0.30")).orElseThrow();
    last.settle(NOTHING);
    last.settle(Optional.of(usd("0.30")));
    assertThat(day.reserve(usd("0.30"))).isPresent();
  }

  @Test
  void startsWithTheSpendInTheLedgerAndRereadsIt() throws Exception {
    recorded.set(Optional.of(usd("0.90")));

    assertThat(day.reserve(usd("0.20"))).isEmpty();
    day.reserve(usd("0.05")).orElseThrow().settle(Optional.of(usd("0.05")));
    assertThat(day.reserve(usd("0.06"))).isEmpty();
    assertThat(looks).containsExactly(Instant.parse("2026-11-22T00:00:00Z"));

    recorded.set(Optional.of(usd("0.99")));
    timer.push(Duration.ofSeconds(30));
    while (day.reserve(usd("0.02")).map(BudgetTest::givenBack).isPresent()) {
      Thread.onSpinWait();
    }
    assertThat(looks).hasSize(2);
    assertThat(day.refusal(usd("0.02")))
        .isEqualTo(
            "today, by UTC, 0.99 of the 1 USD of SYNTHLAB_BUDGET_USD are spent (the day ends in 13"
                + " h 59 min), and the next answer may cost 0.02");
  }

  private static Budget.Reservation givenBack(Budget.Reservation reservation) {
    reservation.settle(NOTHING);
    return reservation;
  }

  @Test
  void resetsOnTheNextDayWithoutCallsOfTheDayBefore() throws Exception {
    Budget.Reservation late = day.reserve(usd("1.00")).orElseThrow();
    timer.push(Duration.ofHours(14));

    Budget.Reservation early = day.reserve(usd("1.00")).orElseThrow();
    late.settle(Optional.of(usd("1.00")));

    early.settle(NOTHING);
    assertThat(day.reserve(usd("1.00"))).isPresent();
  }

  @Test
  void allowsFreeCallsWhenTheBudgetIsExhausted() throws InterruptedException {
    recorded.set(Optional.of(usd("5")));

    assertThat(day.reserve(BigDecimal.ZERO)).isPresent();
  }

  @Test
  void countsOnlyItsOwnSpendIfTheLedgerCannotBeRead() throws InterruptedException {
    Budget alone =
        Budget.aDay(
            BigDecimal.ONE,
            timer,
            since -> {
              throw new IllegalStateException("no database");
            });

    assertThat(alone.reserve(BigDecimal.ONE)).isPresent();
  }
}
