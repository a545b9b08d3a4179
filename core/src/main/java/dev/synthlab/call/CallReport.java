package dev.synthlab.call;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.JsonAutoDetect.Visibility;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** The record of one call: its attempts, times, tokens and fault. Immutable. */
@JsonAutoDetect(fieldVisibility = Visibility.ANY, getterVisibility = Visibility.NONE)
public final class CallReport {
  private final Route route;
  private final Instant started;
  private final Duration elapsed;
  private final Duration queued;
  private final List<Attempt> attempts;
  private final Spend spend;
  private final Optional<Fault> fault;
  private final CallMetadata metadata;

  CallReport(
      Route route,
      Instant started,
      Duration elapsed,
      Duration queued,
      List<Attempt> attempts,
      Spend spend,
      Optional<Fault> fault,
      CallMetadata metadata) {
    this.route = Objects.requireNonNull(route);
    this.started = Objects.requireNonNull(started);
    this.elapsed = Objects.requireNonNull(elapsed);
    this.queued = Objects.requireNonNull(queued);
    this.attempts = List.copyOf(attempts);
    this.spend = Objects.requireNonNull(spend);
    this.fault = Objects.requireNonNull(fault);
    this.metadata = Objects.requireNonNull(metadata);
  }

  /**
   * The route of the last request.
   *
   * @return server, key name and resource
   */
  public Route route() {
    return route;
  }

  /**
   * The time at which the call started.
   *
   * @return by the wall clock
   */
  public Instant started() {
    return started;
  }

  /**
   * The time from the start of the call to its end.
   *
   * @return waits included
   */
  public Duration elapsed() {
    return elapsed;
  }

  /**
   * The time that the call waited for pauses, limits and breakers before its requests were sent.
   *
   * @return a part of the elapsed time
   */
  public Duration queued() {
    return queued;
  }

  /**
   * All requests that were sent.
   *
   * @return in order; empty if nothing was sent
   */
  public List<Attempt> attempts() {
    return attempts;
  }

  /**
   * The tokens that the call used, and their price.
   *
   * @return {@link Spend#NONE} if the call failed
   */
  public Spend spend() {
    return spend;
  }

  /**
   * The fault that the call ended with.
   *
   * @return empty if the call succeeded
   */
  public Optional<Fault> fault() {
    return fault;
  }

  /**
   * The kind of request, the work that it belongs to, and what is known of its response.
   *
   * @return {@link CallMetadata#NONE} if nothing is known
   */
  public CallMetadata metadata() {
    return metadata;
  }

  /**
   * Whether the completion came from the cache, so that nothing was sent and nothing paid.
   *
   * @return false for a call that was sent
   */
  public boolean cached() {
    return metadata.answer().cached();
  }

  /**
   * The same call with another spend and another fault.
   *
   * @param used the tokens and their price
   * @param failure why the call failed, or empty
   * @return a new report
   */
  public CallReport with(Spend used, Optional<Fault> failure) {
    return new CallReport(route, started, elapsed, queued, attempts, used, failure, metadata);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof CallReport that
        && route.equals(that.route)
        && started.equals(that.started)
        && elapsed.equals(that.elapsed)
        && queued.equals(that.queued)
        && attempts.equals(that.attempts)
        && spend.equals(that.spend)
        && fault.equals(that.fault)
        && metadata.equals(that.metadata);
  }

  @Override
  public int hashCode() {
    return Objects.hash(route, started, elapsed, queued, attempts, spend, fault, metadata);
  }

  @Override
  public String toString() {
    return ("CallReport[route=%s, started=%s, elapsed=%s, queued=%s, attempts=%s, spend=%s,"
            + " fault=%s, metadata=%s]")
        .formatted(route, started, elapsed, queued, attempts, spend, fault, metadata);
  }
}
