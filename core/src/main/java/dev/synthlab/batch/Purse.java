package dev.synthlab.batch;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The money that a job may cost: what is spent, and the most that calls in flight may cost, is
 * never more. Safe for use by many threads.
 */
final class Purse {
  private final BigDecimal most;
  private final Tally tally;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private BigDecimal held = BigDecimal.ZERO;
  private boolean shut;

  Purse(BigDecimal most, Tally tally) {
    this.most = most;
    this.tally = tally;
  }

  /**
   * Holds money for a call, once those in flight have left enough of it.
   *
   * @return false when there is not enough whatever they leave, or the purse was shut
   */
  boolean pays(BigDecimal atMost) {
    lock.lock();
    try {
      while (!shut && tally.spentUsd().add(held).add(atMost).compareTo(most) > 0) {
        if (held.signum() == 0) {
          return false;
        }
        changed.awaitUninterruptibly();
      }
      held = shut ? held : held.add(atMost);
      return !shut;
    } finally {
      lock.unlock();
    }
  }

  /** Lets go of what was held, after what it cost was counted. */
  void settle(BigDecimal atMost) {
    lock.lock();
    try {
      held = held.subtract(atMost);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Pays for no more calls. */
  void shut() {
    lock.lock();
    try {
      shut = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Why a call was not paid for. */
  String refusal(BigDecimal atMost) {
    return "spent "
        + amount(tally.spentUsd())
        + " of "
        + amount(most)
        + " USD, and the next answer may cost "
        + amount(atMost);
  }

  private static String amount(BigDecimal usd) {
    return usd.round(new MathContext(4)).stripTrailingZeros().toPlainString();
  }
}
