package dev.synthlab.call;

import dev.synthlab.Internal;
import dev.synthlab.logging.Logging;
import java.util.List;
import org.slf4j.Logger;

/** Several observers as one; what one of them throws is logged, and the others are still called. */
@Internal
public final class ObserverList implements CallObserver {
  private static final Logger log = Logging.component("call");

  private final List<CallObserver> observers;

  /**
   * A list of observers.
   *
   * @param observers called in this order
   */
  public ObserverList(List<CallObserver> observers) {
    this.observers = List.copyOf(observers);
  }

  @Override
  public void ended(CallReport report) {
    for (int i = 0; i < observers.size(); i++) {
      try {
        observers.get(i).ended(report);
      } catch (RuntimeException e) { // the call has ended: it must not fail by who watches it
        log.warn("an observer of calls failed: {}", e.toString(), e);
      }
    }
  }

  @Override
  public boolean wantsTexts() {
    for (int i = 0; i < observers.size(); i++) {
      if (observers.get(i).wantsTexts()) {
        return true;
      }
    }
    return false;
  }
}
