package dev.synthlab.call;

import dev.synthlab.logging.Logging;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.slf4j.Logger;

/**
 * The spend of the current day, by UTC: of this process, and of other processes as far as it is
 * recorded. Safe for use by many threads.
 */
final class DailySpend implements Budget.SpendSource {
  private static final Logger log = Logging.component("budget");
  private static final Duration REFRESH_INTERVAL = Duration.ofSeconds(30);

  private final Timer timer;
  private final Function<Instant, Optional<BigDecimal>> recorded;
  private final ReentrantLock lock = new ReentrantLock();
  private final ReentrantLock firstRefresh = new ReentrantLock();
  private final AtomicBoolean refreshing = new AtomicBoolean();
  private final AtomicBoolean warned = new AtomicBoolean();
  private LocalDate day = LocalDate.MIN;
  private BigDecimal spent = BigDecimal.ZERO;
  private volatile boolean refreshed;
  private volatile long refreshedAt;

  DailySpend(Timer timer, Function<Instant, Optional<BigDecimal>> recorded) {
    this.timer = timer;
    this.recorded = recorded;
  }

  private LocalDate today() {
    return timer.now().atZone(ZoneOffset.UTC).toLocalDate();
  }

  @Override
  public Object period() {
    lock.lock();
    try {
      LocalDate now = today();
      if (!now.equals(day)) {
        day = now;
        spent = BigDecimal.ZERO;
      }
      return day;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public BigDecimal spentUsd() {
    lock.lock();
    try {
      return spent;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void spend(BigDecimal usd) {
    lock.lock();
    try {
      spent = spent.add(usd);
    } finally {
      lock.unlock();
    }
  }

  /** Reads the recorded spend: the first call waits for it, later calls do not. */
  @Override
  public void refresh() {
    if (!refreshed) {
      firstRefresh.lock();
      try {
        if (!refreshed) {
          refreshNow();
        }
      } finally {
        firstRefresh.unlock();
      }
    } else if (timer.nanos() - refreshedAt >= REFRESH_INTERVAL.toNanos()
        && refreshing.compareAndSet(false, true)) {
      VirtualThreads.start("synthlab-budget", this::refreshNow);
    }
  }

  private void refreshNow() {
    try {
      LocalDate now = today();
      Optional<BigDecimal> all = recorded.apply(now.atStartOfDay(ZoneOffset.UTC).toInstant());
      all.ifPresent(sum -> raiseTo(now, sum));
    } catch (RuntimeException e) { // a ledger that cannot be read must not stop a call
      if (warned.compareAndSet(false, true)) {
        log.warn("the spend of other processes is not counted: {}", e.getMessage());
      }
    } finally {
      refreshedAt = timer.nanos();
      refreshed = true;
      refreshing.set(false);
    }
  }

  /** Raises the spend to the recorded sum. What is not recorded yet stays counted. */
  private void raiseTo(LocalDate then, BigDecimal sum) {
    lock.lock();
    try {
      if (then.equals(period())) {
        spent = spent.max(sum);
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public String describe(String spentUsd, String maxCostUsd) {
    Duration left =
        Duration.between(timer.now(), today().plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant());
    return "today, by UTC, "
        + spentUsd
        + " of the "
        + maxCostUsd
        + " USD of SYNTHLAB_BUDGET_USD are spent (the day ends in "
        + left.toHours()
        + " h "
        + left.toMinutesPart()
        + " min)";
  }
}
