package dev.synthlab.call;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.JsonAutoDetect.Visibility;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/** One HTTP request of a call, and its result. Immutable. */
@JsonAutoDetect(fieldVisibility = Visibility.ANY, getterVisibility = Visibility.NONE)
public final class Attempt {
  private final int number;
  private final Route route;
  private final Instant started;
  private final Duration took;
  private final OptionalInt status;
  private final Optional<Fault> fault;
  private final Duration backoff;

  Attempt(
      int number,
      Route route,
      Instant started,
      Duration took,
      OptionalInt status,
      Optional<Fault> fault,
      Duration backoff) {
    this.number = number;
    this.route = Objects.requireNonNull(route);
    this.started = Objects.requireNonNull(started);
    this.took = Objects.requireNonNull(took);
    this.status = Objects.requireNonNull(status);
    this.fault = Objects.requireNonNull(fault);
    this.backoff = Objects.requireNonNull(backoff);
  }

  /**
   * The position among the attempts of the call.
   *
   * @return 1 for the first
   */
  public int number() {
    return number;
  }

  /**
   * The route on which the request was sent.
   *
   * @return server, key name and resource
   */
  public Route route() {
    return route;
  }

  /**
   * The time at which the request was sent.
   *
   * @return by the wall clock
   */
  public Instant started() {
    return started;
  }

  /**
   * The time from the start of the attempt to its end.
   *
   * @return zero or more
   */
  public Duration took() {
    return took;
  }

  /**
   * The HTTP status of the response.
   *
   * @return empty if there was no response
   */
  public OptionalInt status() {
    return status;
  }

  /**
   * The fault that the attempt ended with.
   *
   * @return empty if the attempt succeeded
   */
  public Optional<Fault> fault() {
    return fault;
  }

  /**
   * The delay between this attempt and the next one.
   *
   * @return zero if there was none
   */
  public Duration backoff() {
    return backoff;
  }

  Attempt withBackoff(Duration delay) {
    return new Attempt(number, route, started, took, status, fault, delay);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Attempt that
        && number == that.number
        && route.equals(that.route)
        && started.equals(that.started)
        && took.equals(that.took)
        && status.equals(that.status)
        && fault.equals(that.fault)
        && backoff.equals(that.backoff);
  }

  @Override
  public int hashCode() {
    return Objects.hash(number, route, started, took, status, fault, backoff);
  }

  @Override
  public String toString() {
    return "Attempt[number=%d, route=%s, started=%s, took=%s, status=%s, fault=%s, backoff=%s]"
        .formatted(number, route, started, took, status, fault, backoff);
  }
}
