package dev.synthlab.call;

import dev.synthlab.Internal;
import dev.synthlab.http.Transport;
import dev.synthlab.spans.Telemetry;
import java.util.Objects;
import java.util.Optional;

/**
 * The retry loop: sends a request until it succeeds, fails permanently, or its deadline is over. It
 * is the only place in the project that retries requests. Safe for use by many threads.
 */
@Internal
public final class CallLoop {
  final Transport transport;
  final TrafficControl traffic;
  final CallPolicy policy;
  final CallObserver observer;
  final Budget budget;
  private final Optional<Telemetry> given;

  /**
   * Creates a loop without a budget.
   *
   * @param transport sends the requests
   * @param traffic the limits, pauses and breakers that calls share
   * @param policy attempts and times
   * @param observer receives the report of each call
   */
  public CallLoop(
      Transport transport, TrafficControl traffic, CallPolicy policy, CallObserver observer) {
    this(transport, traffic, policy, observer, Budget.unlimited(), Optional.empty());
  }

  private CallLoop(
      Transport transport,
      TrafficControl traffic,
      CallPolicy policy,
      CallObserver observer,
      Budget budget,
      Optional<Telemetry> given) {
    this.given = given;
    this.budget = Objects.requireNonNull(budget);
    this.transport = Objects.requireNonNull(transport);
    this.traffic = Objects.requireNonNull(traffic);
    this.policy = Objects.requireNonNull(policy);
    this.observer = Objects.requireNonNull(observer);
    CallExecution.load();
  }

  /**
   * The same loop with another policy.
   *
   * @param other attempts and times
   * @return a new loop over the same transport and traffic
   */
  public CallLoop with(CallPolicy other) {
    return new CallLoop(transport, traffic, other, observer, budget, given);
  }

  /**
   * The same loop with another budget.
   *
   * @param other reserves the maximum cost of an attempt before it is sent
   * @return a new loop over the same transport and traffic
   */
  public CallLoop with(Budget other) {
    return new CallLoop(transport, traffic, policy, observer, other, given);
  }

  /**
   * A loop whose calls are reported to nobody: for checks, which are no calls of the application.
   *
   * @return a new loop, which shares everything else
   */
  public CallLoop unobserved() {
    return new CallLoop(transport, traffic, policy, report -> {}, budget, given);
  }

  /**
   * The same loop with its own telemetry.
   *
   * @param other gets the spans and metrics of its calls, instead of that of the surrounding work
   * @return a new loop over the same transport and traffic
   */
  public CallLoop with(Telemetry other) {
    return new CallLoop(transport, traffic, policy, observer, budget, Optional.of(other));
  }

  /**
   * The telemetry of a call that starts now.
   *
   * @return its own, or else that of the surrounding work
   */
  public Telemetry telemetry() {
    return given.orElseGet(Telemetry::current);
  }

  /**
   * The policy of the calls.
   *
   * @return attempts and times
   */
  public CallPolicy policy() {
    return policy;
  }

  /**
   * Reports a call that ended without a request to the observer.
   *
   * @param report the record of the call
   */
  public void report(CallReport report) {
    observer.ended(report);
  }

  /**
   * Runs one call to its end. An interrupt of the thread cancels it: the outcome is then {@link
   * CallException.Cancelled} and the thread stays interrupted.
   *
   * @param exchange the first request
   * @param deadline the end of the whole call
   * @param <T> the type of the value
   * @return the value or the failure; never null. No exception of a call is thrown.
   */
  public <T> Outcome<T> run(Exchange<T> exchange, Deadline deadline) {
    return VirtualThreads.callVirtual(() -> new CallExecution<>(this, exchange, deadline).run());
  }
}
