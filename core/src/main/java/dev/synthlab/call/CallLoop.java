package dev.synthlab.call;

import dev.synthlab.Internal;
import dev.synthlab.http.Transport;
import dev.synthlab.spans.Telemetry;
import java.util.List;
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
  final Budget budget;
  private final CallObserver observer;
  private final ActiveCalls active;
  private final Optional<Telemetry> given;
  final Optional<Credential> credential;

  /**
   * Creates a loop without a budget, whose calls end when they end by themselves.
   *
   * @param transport sends the requests
   * @param traffic the limits, pauses and breakers that calls share
   * @param policy attempts and times
   * @param observer receives the report of each call
   */
  public CallLoop(
      Transport transport, TrafficControl traffic, CallPolicy policy, CallObserver observer) {
    this.transport = Objects.requireNonNull(transport);
    this.traffic = Objects.requireNonNull(traffic);
    this.policy = Objects.requireNonNull(policy);
    this.observer = new ObserverList(List.of(observer));
    this.budget = Budget.unlimited();
    this.active = new ActiveCalls("CallLoop");
    this.given = Optional.empty();
    this.credential = Optional.empty();
    CallExecution.load();
  }

  private CallLoop(
      CallLoop shared,
      CallPolicy policy,
      CallObserver observer,
      Budget budget,
      ActiveCalls active,
      Optional<Telemetry> given,
      Optional<Credential> credential) {
    this.transport = shared.transport;
    this.traffic = shared.traffic;
    this.policy = Objects.requireNonNull(policy);
    this.observer = Objects.requireNonNull(observer);
    this.budget = Objects.requireNonNull(budget);
    this.active = Objects.requireNonNull(active);
    this.given = given;
    this.credential = credential;
  }

  /**
   * The same loop with another policy.
   *
   * @param other attempts and times
   * @return a new loop, which shares everything else
   */
  public CallLoop with(CallPolicy other) {
    return new CallLoop(this, other, observer, budget, active, given, credential);
  }

  /**
   * The same loop with another budget.
   *
   * @param other reserves the maximum cost of an attempt before it is sent
   * @return a new loop, which shares everything else
   */
  public CallLoop with(Budget other) {
    return new CallLoop(this, policy, observer, other, active, given, credential);
  }

  /**
   * The same loop with calls that their owner can end.
   *
   * @param other admits the calls
   * @return a new loop, which shares everything else
   */
  public CallLoop with(ActiveCalls other) {
    return new CallLoop(this, policy, observer, budget, other, given, credential);
  }

  /**
   * The same loop with its own telemetry.
   *
   * @param other gets the spans and metrics of its calls, instead of that of the surrounding work
   * @return a new loop, which shares everything else
   */
  public CallLoop with(Telemetry other) {
    return new CallLoop(this, policy, observer, budget, active, Optional.of(other), credential);
  }

  /**
   * The same loop with a credential for each attempt.
   *
   * @param other gives the access token of the moment
   * @return a new loop, which shares everything else
   */
  public CallLoop with(Credential other) {
    return new CallLoop(this, policy, observer, budget, active, given, Optional.of(other));
  }

  /**
   * A loop whose calls are reported to nobody: for checks, which are no calls of the application.
   *
   * @return a new loop, which shares everything else
   */
  public CallLoop unobserved() {
    return new CallLoop(this, policy, report -> {}, budget, active, given, credential);
  }

  /**
   * The telemetry of a call that starts now.
   *
   * @return its own, or else that of the surrounding work
   */
  public Telemetry telemetry() {
    return given.isPresent() ? given.get() : Telemetry.current();
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
   * The calls that their owner can end.
   *
   * @return admits the calls
   */
  public ActiveCalls active() {
    return active;
  }

  /**
   * Reports a call that has ended to the observer.
   *
   * @param report the record of the call
   */
  public void report(CallReport report) {
    observer.ended(report);
  }

  boolean wantsTexts() {
    return observer.wantsTexts();
  }

  /**
   * Runs one call to its end. An interrupt of the thread cancels it: the result is then {@link
   * CallException.Cancelled} and the thread stays interrupted. So does the end of its owner,
   * without an interrupt that is left.
   *
   * @param exchange the first request
   * @param deadline the end of the whole call
   * @param <T> the type of the value
   * @return the value or the failure; never null. No exception of a call is thrown.
   */
  public <T> CallResult<T> run(Exchange<T> exchange, Deadline deadline) {
    ActiveCalls.Call call = active.begin();
    try {
      return call.within(() -> run(new CallExecution<>(this, exchange, deadline, call)));
    } finally {
      call.end();
    }
  }

  /** Runs a call, and reports it on the thread of the caller. */
  private <T> CallResult<T> run(CallExecution<T> execution) {
    CallResult<T> result = execution.run();
    if (execution.ended().isPresent()) {
      report(execution.ended().get());
    }
    return result;
  }
}
