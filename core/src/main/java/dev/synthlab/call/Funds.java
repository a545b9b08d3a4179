package dev.synthlab.call;

import dev.synthlab.call.CallPolicy.WaitMode;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Optional;

/**
 * Pays for the attempts of calls, where what they cost is bounded. Immutable.
 *
 * @param budget the bound; without one everything is paid for
 */
record Funds(Optional<Budget> budget) {

  /** Whether an attempt is paid for. */
  sealed interface Answer {
    /** It is; to be settled when the attempt has ended, whatever its end. */
    record Paid(Optional<Budget.Reservation> hold) implements Answer {
      /** Nothing was sent. */
      void giveBack() {
        hold.ifPresent(reservation -> reservation.settle(Optional.of(BigDecimal.ZERO)));
      }

      /** It used so much. */
      void settle(Spend used) {
        boolean answered = !used.equals(Spend.NONE);
        hold.ifPresent(
            reservation ->
                reservation.settle(answered ? used.costUsd() : Optional.of(BigDecimal.ZERO)));
      }
    }

    /** It is not. */
    record Refused(Fault reason) implements Answer {}
  }

  /** Holds the most that an attempt may cost, once those under way have left enough of it. */
  Answer pay(Exchange<?> exchange, Deadline deadline, WaitMode waiting, TrafficControl traffic)
      throws InterruptedException {
    if (budget.isEmpty()) {
      return new Answer.Paid(Optional.empty());
    }
    Optional<BigDecimal> max = exchange.maxCostUsd();
    if (max.isEmpty()) {
      return new Answer.Refused(Fault.of(Fault.Kind.BUDGET_EXCEEDED, unknown(exchange.route())));
    }
    Optional<Duration> within =
        waiting == WaitMode.UNBOUNDED ? Optional.empty() : Optional.of(deadline.remaining());
    Optional<Budget.Reservation> hold =
        traffic.whileWaiting(() -> budget.get().hold(max.get(), within));
    return hold.isPresent()
        ? new Answer.Paid(hold)
        : new Answer.Refused(
            Fault.of(
                Fault.Kind.BUDGET_EXCEEDED,
                "nothing was sent: " + budget.get().refusal(max.get())));
  }

  private static String unknown(Route route) {
    return "nothing was sent: SYNTHLAB_BUDGET_USD is set, and what an answer of "
        + route
        + " may cost is not known: give its price in SYNTHLAB_MODELS_FILE (for a free one any number"
        + " above 0), or bound its answer by max tokens if only its length is unknown";
  }
}
