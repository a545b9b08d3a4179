package dev.synthlab.call;

import dev.synthlab.Internal;
import dev.synthlab.http.Transport;
import java.util.Objects;

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
  final ActiveCalls active;

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
    this(
        transport,
        traffic,
        policy,
        observer,
        Budget.unlimited(),
        new ActiveCalls(CallLoop.class.getSimpleName()));
  }

  private CallLoop(
      Transport transport,
      TrafficControl traffic,
      CallPolicy policy,
      CallObserver observer,
      Budget budget,
      ActiveCalls active) {
    this.budget = Objects.requireNonNull(budget);
    this.active = Objects.requireNonNull(active);
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
    return new CallLoop(transport, traffic, other, observer, budget, active);
  }

  /**
   * The same loop with another budget.
   *
   * @param other reserves the maximum cost of an attempt before it is sent
   * @return a new loop over the same transport and traffic
   */
  public CallLoop with(Budget other) {
    return new CallLoop(transport, traffic, policy, observer, other, active);
  }

  /**
   * The same loop with calls that their owner can end.
   *
   * @param other admits the calls
   * @return a new loop, which shares everything else
   */
  public CallLoop with(ActiveCalls other) {
    return new CallLoop(transport, traffic, policy, observer, budget, other);
  }

  /**
   * A loop whose calls are reported to nobody: for checks, which are no calls of the application.
   *
   * @return a new loop, which shares everything else
   */
  public CallLoop unobserved() {
    return new CallLoop(transport, traffic, policy, report -> {}, budget, active);
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
   * The calls that its owner can end.
   *
   * @return admits the calls
   */
  public ActiveCalls active() {
    return active;
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
   * CallException.Cancelled} and the thread stays interrupted. So does the end of its owner, without
   * an interrupt that is left.
   *
   * @param exchange the first request
   * @param deadline the end of the whole call
   * @param <T> the type of the value
   * @return the value or the failure; never null. No exception of a call is thrown.
   */
  public <T> Outcome<T> run(Exchange<T> exchange, Deadline deadline) {
    ActiveCalls.Call call = active.begin();
    try {
      return VirtualThreads.callVirtual(
          () -> call.within(() -> new CallExecution<>(this, exchange, deadline, call).run()));
    } finally {
      call.end();
    }
  }
}
