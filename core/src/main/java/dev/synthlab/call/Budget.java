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
 * Money that calls may cost: what is spent, and the most that calls under way may cost, is never
 * more than the bound. Safe for use by many threads.
 */
public final class Budget {
  private final BigDecimal max;
  private final SpendSource account;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private Object period = "";
  private BigDecimal held = BigDecimal.ZERO;
  private boolean shut;

  private Budget(BigDecimal max, SpendSource account) {
    this.max = Objects.requireNonNull(max);
    this.account = account;
  }

  /** Where it stands what was spent. Asked and told while the budget is locked. */
  interface SpendSource {
    /** What is spent counts for this time only; equal as long as it lasts. */
    Object period();

    BigDecimal spentUsd();

    void spend(BigDecimal usd);

    /** Finds out what others have spent; called without the lock. */
    void look();

    /** The beginning of the sentence that refuses a call. */
    String words(String spent, String max);
  }

  /**
   * Money for one job, whose costs are counted elsewhere.
   *
   * @param max US dollars
   * @param spent what the job has cost so far; a call is counted there before it is settled here
   * @return the budget
   */
  public static Budget of(BigDecimal max, Supplier<BigDecimal> spent) {
    return new Budget(max, new RunSpend(spent));
  }

  /**
   * Money for each day, by UTC. A call counts for the day on which it was begun.
   *
   * @param max US dollars a day
   * @param timer tells the day
   * @param recorded what all calls since a moment have cost, those of other processes included;
   *     empty where nobody knows. Asked at the first call and each half a minute.
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
      // It was counted before.
    }

    @Override
    public void look() {
      // Nobody else spends it.
    }

    @Override
    public String words(String spent, String max) {
      return "spent " + spent + " of " + max + " USD";
    }
  }

  /** Money that is held for a call under way. */
  public final class Reservation {
    private final BigDecimal atMax;
    private final Object since;
    private boolean over;

    private Reservation(BigDecimal atMax, Object since) {
      this.atMax = atMax;
      this.since = since;
    }

    /**
     * Lets go of what was held; once, more often does nothing.
     *
     * @param usd what the call has cost; empty when that is not known: it then counts as the most
     */
    public void settle(Optional<BigDecimal> usd) {
      lock.lock();
      try {
        turn();
        if (!over && since.equals(period)) {
          held = held.subtract(atMax);
          account.spend(usd.orElse(atMax));
        }
        over = true;
        changed.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }

  /**
   * Holds money for a call, once those under way have left enough of it.
   *
   * @param atMax the most that the call may cost
   * @return empty when there is not enough whatever they leave, or the budget was shut
   * @throws InterruptedException when the thread is interrupted while it waits
   */
  public Optional<Reservation> hold(BigDecimal atMax) throws InterruptedException {
    return hold(atMax, Optional.empty());
  }

  /** The same, waiting no longer than that. */
  Optional<Reservation> hold(BigDecimal atMax, Optional<Duration> within)
      throws InterruptedException {
    account.look();
    long left = within.map(Duration::toNanos).orElse(Long.MAX_VALUE);
    lock.lockInterruptibly();
    try {
      while (!affords(atMax)) {
        if (shut || held.signum() == 0 || left <= 0) {
          return Optional.empty();
        }
        left = changed.awaitNanos(left);
      }
      held = held.add(atMax);
      return Optional.of(new Reservation(atMax, period));
    } finally {
      lock.unlock();
    }
  }

  private boolean affords(BigDecimal atMax) {
    turn();
    // What costs nothing needs no money.
    return !shut
        && (atMax.signum() == 0 || account.spentUsd().add(held).add(atMax).compareTo(max) <= 0);
  }

  /** What is held from before counts for that time. */
  private void turn() {
    Object now = account.period();
    if (!now.equals(period)) {
      period = now;
      held = BigDecimal.ZERO;
      changed.signalAll();
    }
  }

  /** Pays for no more calls. */
  public void shut() {
    lock.lock();
    try {
      shut = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Why a call was not paid for.
   *
   * @param atMax the most that it may cost
   * @return a sentence without its full stop
   */
  public String refusal(BigDecimal atMax) {
    lock.lock();
    try {
      turn();
      String held = this.held.signum() == 0 ? "" : ", " + amount(this.held) + " are held by others";
      return account.words(amount(account.spentUsd()), amount(max))
          + held
          + ", and the next answer may cost "
          + amount(atMax);
    } finally {
      lock.unlock();
    }
  }

  private static String amount(BigDecimal usd) {
    return usd.round(new MathContext(4)).stripTrailingZeros().toPlainString();
  }
}
