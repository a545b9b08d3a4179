package dev.synthlab.spans;

import dev.synthlab.Internal;
import java.time.Duration;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * A snapshot of the traffic of a process, for metrics. Immutable.
 *
 * @param inFlight requests in flight
 * @param queued calls that wait for a pause, a limit, a breaker or concurrency
 * @param retrying calls that wait before the next attempt
 * @param routes the routes; several may differ only by their key
 */
@Internal
public record TrafficSnapshot(long inFlight, long queued, long retrying, List<Route> routes) {

  /** Copies the list. */
  public TrafficSnapshot {
    routes = List.copyOf(routes);
  }

  /** A source of snapshots. */
  @FunctionalInterface
  public interface Source {
    /**
     * Takes a snapshot; called on the thread that reads the metrics.
     *
     * @return the snapshot
     */
    TrafficSnapshot snapshot();
  }

  /** The state of a circuit breaker, from good to bad. */
  public enum Breaker {
    /** All requests pass. */
    CLOSED,
    /** One request passes as a probe. */
    HALF_OPEN,
    /** No request passes. */
    OPEN
  }

  /**
   * The state of a route, without its key.
   *
   * @param server the host of the server
   * @param resource the model, or the name of the service
   * @param pause the remaining time of a pause; zero if there is none
   * @param breaker the state of its circuit breaker
   * @param requests the requests that its limit allows now; empty without a limit
   * @param tokens the tokens that its limit allows now; empty without a limit
   * @param rate the requests per second of the adaptive limiter; empty while it is unlimited
   * @param maxInFlight the requests in flight of the adaptive limiter; empty without one
   */
  public record Route(
      String server,
      String resource,
      Duration pause,
      Breaker breaker,
      OptionalLong requests,
      OptionalLong tokens,
      OptionalDouble rate,
      OptionalLong maxInFlight) {}
}
