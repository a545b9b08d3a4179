package dev.synthlab.call;

import dev.synthlab.http.Transport;
import java.util.Objects;
import java.util.Optional;

/**
 * Sends a request until it has its answer, cannot have one, or its time is over: the only place in
 * the project that retries. Safe for use by many threads.
 */
public final class CallLoop {
  final Transport transport;
  final TrafficControl traffic;
  final CallPolicy policy;
  final CallObserver observer;
  final Funds funds;

  /**
   * A loop.
   *
   * @param transport what it sends through
   * @param traffic what its calls share with others
   * @param policy how long and how often it tries
   * @param observer hears how every call went
   */
  public CallLoop(
      Transport transport, TrafficControl traffic, CallPolicy policy, CallObserver observer) {
    this(transport, traffic, policy, observer, new Funds(Optional.empty()));
  }

  private CallLoop(
      Transport transport,
      TrafficControl traffic,
      CallPolicy policy,
      CallObserver observer,
      Funds funds) {
    this.funds = funds;
    this.transport = Objects.requireNonNull(transport);
    this.traffic = Objects.requireNonNull(traffic);
    this.policy = Objects.requireNonNull(policy);
    this.observer = Objects.requireNonNull(observer);
    CallExecution.load();
  }

  /**
   * The same loop with another policy.
   *
   * @param other how long and how often it tries
   * @return a new loop over the same transport and traffic
   */
  public CallLoop with(CallPolicy other) {
    return new CallLoop(transport, traffic, other, observer, funds);
  }

  /**
   * The same loop with a bound on what its calls cost.
   *
   * @param bound holds the most an attempt may cost before it is admitted
   * @return a new loop over the same transport and traffic
   */
  public CallLoop with(Budget bound) {
    return new CallLoop(transport, traffic, policy, observer, new Funds(Optional.of(bound)));
  }

  /**
   * How long and how often it tries.
   *
   * @return the policy
   */
  public CallPolicy policy() {
    return policy;
  }

  /**
   * Tells the observer of a call that came to its end without a request.
   *
   * @param report how it went
   */
  public void tell(CallReport report) {
    observer.ended(report);
  }

  /**
   * Runs one call to its end. An interrupt of the thread ends it: the outcome is then {@link
   * CallException.Cancelled} and the thread stays interrupted.
   *
   * @param exchange the first request
   * @param deadline the end of the whole call
   * @param <T> what it gives
   * @return the answer or why there is none; never null, never an exception of a call
   */
  public <T> Outcome<T> run(Exchange<T> exchange, Deadline deadline) {
    return VirtualThreads.callVirtual(() -> new CallExecution<>(this, exchange, deadline).run());
  }
}
