package dev.synthlab.spans;

import java.time.Duration;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * How the traffic of a process stands at a moment, for those who measure it. Immutable.
 *
 * @param sent requests sent and not yet ended
 * @param held calls that wait for a pause, a limit, a breaker or a place
 * @param retrying calls that wait to be tried again
 * @param routes the routes, of which several may differ by their key only
 */
public record TrafficSnapshot(long sent, long held, long retrying, List<Route> routes) {

  /** Keeps a copy. */
  public TrafficSnapshot {
    routes = List.copyOf(routes);
  }

  /** What knows how things stand. */
  @FunctionalInterface
  public interface Source {
    /**
     * How things stand now; asked by a thread of those who measure.
     *
     * @return a picture of the moment
     */
    TrafficSnapshot snapshot();
  }

  /** What a breaker lets through; the worse ones come later. */
  public enum Breaker {
    /** Everything. */
    CLOSED,
    /** One request, to find out. */
    HALF_OPEN,
    /** Nothing. */
    OPEN
  }

  /**
   * A route, without its key.
   *
   * @param server its host
   * @param resource what is asked for: a model, or a service by its name
   * @param pause what is left of a pause; zero when there is none
   * @param breaker what its breaker lets through
   * @param requests how many requests its limit lets go at once; empty without a limit
   * @param tokens how many tokens its limit lets go at once; empty without a limit
   * @param rate the requests a second that were found to be borne; empty while none was refused
   * @param places the requests that may be under way; empty without such a bound
   */
  public record Route(
      String server,
      String resource,
      Duration pause,
      Breaker breaker,
      OptionalLong requests,
      OptionalLong tokens,
      OptionalDouble rate,
      OptionalLong places) {}
}
