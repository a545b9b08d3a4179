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
 * What was spent today, by UTC: by this process as it goes, by others as far as it is recorded.
 * Safe for use by many threads.
 */
final class DailySpend implements Budget.SpendSource {
  private static final Logger log = Logging.component("budget");
  private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(30);

  private final Timer timer;
  private final Function<Instant, Optional<BigDecimal>> recorded;
  private final ReentrantLock lock = new ReentrantLock();
  private final ReentrantLock first = new ReentrantLock();
  private final AtomicBoolean looking = new AtomicBoolean();
  private final AtomicBoolean warned = new AtomicBoolean();
  private LocalDate day = LocalDate.MIN;
  private BigDecimal spent = BigDecimal.ZERO;
  private volatile boolean looked;
  private volatile long lookedAt;

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

  /** The first call waits for what was spent before; later looks hold nobody up. */
  @Override
  public void look() {
    if (!looked) {
      first.lock();
      try {
        if (!looked) {
          lookNow();
        }
      } finally {
        first.unlock();
      }
    } else if (timer.nanos() - lookedAt >= BETWEEN_LOOKS.toNanos()
        && looking.compareAndSet(false, true)) {
      VirtualThreads.start("synthlab-budget", this::lookNow);
    }
  }

  private void lookNow() {
    try {
      LocalDate now = today();
      Optional<BigDecimal> all = recorded.apply(now.atStartOfDay(ZoneOffset.UTC).toInstant());
      all.ifPresent(sum -> min(now, sum));
    } catch (RuntimeException e) { // a ledger that cannot be read stops no call
      if (warned.compareAndSet(false, true)) {
        log.warn("what other processes spend is not counted: {}", e.getMessage());
      }
    } finally {
      lookedAt = timer.nanos();
      looked = true;
      looking.set(false);
    }
  }

  /** What this process has spent and is not yet recorded stays counted. */
  private void min(LocalDate then, BigDecimal sum) {
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
  public String words(String spentUsd, String maxCostUsd) {
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
