package dev.synthlab.call;

import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A limit on the cost of calls. The money that is spent, plus the maximum cost of the calls in
 * flight, never exceeds the limit. Safe for use by many threads.
 */
public final class Budget {
  private static final Budget UNLIMITED =
      new Budget(BigDecimal.ZERO, new RunSpend(() -> BigDecimal.ZERO));

  private final BigDecimal max;
  private final SpendSource source;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private Object period = "";
  private BigDecimal reserved = BigDecimal.ZERO;
  private boolean closed;

  private Budget(BigDecimal max, SpendSource source) {
    this.max = Objects.requireNonNull(max);
    this.source = source;
  }

  /** The place where the spent money is counted. Read and updated while the budget is locked. */
  interface SpendSource {
    /** The period that the spent money belongs to; equal for as long as the period lasts. */
    Object period();

    BigDecimal spentUsd();

    void spend(BigDecimal usd);

    /** Reads what other processes have spent; called without the lock. */
    void refresh();

    /** The beginning of the message that rejects a call. */
    String describe(String spent, String max);
  }

  /**
   * The budget without a limit, which reserves nothing.
   *
   * @return the one instance
   */
  public static Budget unlimited() {
    return UNLIMITED;
  }

  /**
   * Creates a budget for one run, whose costs are counted elsewhere.
   *
   * @param max the limit in US dollars
   * @param spent the cost of the run so far; a call is counted there before it is settled here
   * @return the budget
   */
  public static Budget of(BigDecimal max, Supplier<BigDecimal> spent) {
    return new Budget(max, new RunSpend(spent));
  }

  /**
   * Creates a budget for each day, by UTC. A call counts for the day on which it started.
   *
   * @param max the limit in US dollars per day
   * @param timer the clock
   * @param recorded the cost of all calls since a moment, including those of other processes; empty
   *     if it is not known. Read at the first call and then every 30 seconds.
   * @return the budget
   */
  public static Budget aDay(
      BigDecimal max, Timer timer, Function<Instant, Optional<BigDecimal>> recorded) {
    return new Budget(max, new DailySpend(timer, recorded));
  }

  private record RunSpend(Supplier<BigDecimal> spent) implements SpendSource {
    @Override
    public Object period() {
      return "";
    }

    @Override
    public BigDecimal spentUsd() {
      return spent.get();
    }

    @Override
    public void spend(BigDecimal usd) {
      // The supplier counts it already.
    }

    @Override
    public void refresh() {
      // No other process spends it.
    }

    @Override
    public String describe(String spent, String max) {
      return "spent " + spent + " of " + max + " USD";
    }
  }

  /** Money that is reserved for a call in flight. */
  public final class Reservation {
    private final BigDecimal maxCostUsd;
    private final Object reservedIn;
    private boolean settled;

    private Reservation(BigDecimal maxCostUsd, Object reservedIn) {
      this.maxCostUsd = maxCostUsd;
      this.reservedIn = reservedIn;
    }

    /**
     * Releases the reserved money and counts the cost. Only the first call has an effect.
     *
     * @param usd the cost of the call; empty if it is not known: the maximum cost is then counted
     */
    public void settle(Optional<BigDecimal> usd) {
      if (isUnlimited()) {
        return;
      }
      lock.lock();
      try {
        updatePeriod();
        if (!settled && reservedIn.equals(period)) {
          reserved = reserved.subtract(maxCostUsd);
          source.spend(usd.orElse(maxCostUsd));
        }
        settled = true;
        changed.signalAll();
      } finally {
        lock.unlock();
      }
    }

    /** Settles an attempt: one that failed, or was not sent, cost nothing. */
    void settle(Spend used) {
      settle(used.equals(Spend.NONE) ? Optional.of(BigDecimal.ZERO) : used.costUsd());
    }
  }

  boolean isUnlimited() {
    return this == UNLIMITED;
  }

  /**
   * Reserves money for a call. Waits while other calls hold reservations that may leave enough.
   *
   * @param maxCostUsd the maximum cost of the call
   * @return empty if the money does not suffice even when all other calls cost nothing, or if the
   *     budget is closed
   * @throws InterruptedException if the thread is interrupted while it waits
   */
  public Optional<Reservation> reserve(BigDecimal maxCostUsd) throws InterruptedException {
    return reserve(maxCostUsd, Optional.empty());
  }

  /** Reserves money as {@link #reserve(BigDecimal)} does, with a limit on the wait. */
  Optional<Reservation> reserve(BigDecimal maxCostUsd, Optional<Duration> within)
      throws InterruptedException {
    if (isUnlimited()) {
      return Optional.of(new Reservation(maxCostUsd, period));
    }
    source.refresh();
    long left = within.map(Duration::toNanos).orElse(Long.MAX_VALUE);
    lock.lockInterruptibly();
    try {
      while (!affords(maxCostUsd)) {
        if (closed || reserved.signum() == 0 || left <= 0) {
          return Optional.empty();
        }
        left = changed.awaitNanos(left);
      }
      reserved = reserved.add(maxCostUsd);
      return Optional.of(new Reservation(maxCostUsd, period));
    } finally {
      lock.unlock();
    }
  }

  private boolean affords(BigDecimal maxCostUsd) {
    updatePeriod();
    // A call that costs nothing needs no money.
    return !closed
        && (maxCostUsd.signum() == 0
            || source.spentUsd().add(reserved).add(maxCostUsd).compareTo(max) <= 0);
  }

  /** Drops the reservations of an earlier period: their costs count for that period. */
  private void updatePeriod() {
    Object now = source.period();
    if (!now.equals(period)) {
      period = now;
      reserved = BigDecimal.ZERO;
      changed.signalAll();
    }
  }

  /** Closes the budget: it makes no further reservations. */
  public void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Describes why a call got no reservation.
   *
   * @param maxCostUsd the maximum cost of the call
   * @return a sentence without its full stop
   */
  public String refusal(BigDecimal maxCostUsd) {
    lock.lock();
    try {
      updatePeriod();
      String others =
          reserved.signum() == 0 ? "" : ", " + amount(reserved) + " are reserved for other calls";
      return source.describe(amount(source.spentUsd()), amount(max))
          + others
          + ", and the next answer may cost "
          + amount(maxCostUsd);
    } finally {
      lock.unlock();
    }
  }

  private static String amount(BigDecimal usd) {
    return usd.round(new MathContext(4)).stripTrailingZeros().toPlainString();
  }
}
