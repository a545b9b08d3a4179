package dev.synthlab.call;

import dev.synthlab.call.CallPolicy.WaitMode;
import dev.synthlab.call.Fault.Kind;
import dev.synthlab.http.TransportException;
import dev.synthlab.logging.Logging;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;

/**
 * The attempts of one call: those that were made, whether there may be another one, and the wait
 * before it. For one thread.
 */
final class AttemptSchedule {
  private static final Logger log = Logging.component("call");

  /** The time for which a call of a bulk run may wait as told without counting the attempts. */
  private static final Duration MAX_NAMED_WAITS = Duration.ofMinutes(10);

  /** The longest pause to which a shorter time grows that a server names again and again. */
  private static final Duration MAX_GROWN_WAIT = Duration.ofMinutes(1);

  private final TrafficControl traffic;
  private final CallPolicy policy;
  private final Deadline deadline;
  private final WaitRecorder waits;
  private final Timer timer;
  private final List<Attempt> attempts = new ArrayList<>(1);
  private Duration namedWaits = Duration.ZERO;
  private long sentAt;
  private Backoff backoff;

  /** The requests that were sent to the current model. */
  private int sent;

  AttemptSchedule(CallLoop loop, Deadline deadline, WaitRecorder waits) {
    this.traffic = loop.traffic;
    this.policy = loop.policy;
    this.deadline = deadline;
    this.waits = waits;
    this.timer = traffic.timer();
    this.backoff = Backoff.of(policy);
  }

  /** The attempts that have ended, in order. */
  List<Attempt> attempts() {
    return attempts;
  }

  void add(Attempt attempt) {
    attempts.add(attempt);
  }

  /** Counts a request that is sent now. */
  void sending(long now) {
    sent++;
    sentAt = now;
  }

  /** Takes the last request out of the count: a redirect is no failed attempt. */
  void uncount() {
    sent--;
  }

  /** Counts from zero, for another model. */
  void restart() {
    backoff = Backoff.of(policy);
    sent = 0;
  }

  /** Waits before the next attempt. Returns the fault of the call if there is no next attempt. */
  Optional<Fault> await(Route route, Verdict.TryAgain<?> again) throws InterruptedException {
    Fault fault = again.fault();
    boolean bulk = policy.waiting() == WaitMode.UNBOUNDED;
    if (again.pause().isPresent()) {
      return waitAsNamed(route, again, bulk);
    }
    if (bulk && fault.kind() == Kind.RATE_LIMITED) {
      waitForRate(route);
      return Optional.empty();
    }
    Optional<Fault> last = countAttempt(route, fault);
    if (last.isPresent()) {
      return last;
    }
    Duration delay = onStaleConnection(fault) ? Duration.ZERO : traffic.randomPart(backoff.delay());
    // A delay that outlives the deadline cannot end in an answer: fail now, not later.
    if (delay.compareTo(deadline.remaining()) >= 0) {
      return Optional.of(deadline.remaining().isPositive() ? fault : deadlineExceeded(fault));
    }
    setBackoff(delay);
    if (!bulk && attempts.size() == 1) {
      log.info(
          "{}; tried again after {} ms, at most {} times in all",
          fault.message(),
          delay.toMillis(),
          policy.maxAttempts());
    }
    Instant from = timer.now();
    traffic.backOff(delay);
    if (delay.isPositive()) {
      waits.recordBackoff(route, delay, from);
    }
    return Optional.empty();
  }

  /** Whether a single call has sent all the requests that its attempts allow. */
  boolean isLast() {
    return policy.waiting() != WaitMode.UNBOUNDED && sent >= policy.maxAttempts();
  }

  /** Counts a failed attempt. Returns the fault of the call if there may be no other one. */
  private Optional<Fault> countAttempt(Route route, Fault fault) {
    if (!backoff.recordFailure() || isLast()) {
      return Optional.of(fault);
    }
    if (!traffic.allowsRetry(route, policy.waiting())) {
      String why = "; not tried again: too many calls to " + route + " fail (throttle)";
      return Optional.of(fault.as(fault.kind(), fault.message() + why));
    }
    return Optional.empty();
  }

  /**
   * Pauses the whole route for the time that the server named: its gate lets this call wait with
   * all others.
   */
  private Optional<Fault> waitAsNamed(Route route, Verdict.TryAgain<?> again, boolean bulk) {
    Duration named = again.pause().orElseThrow();
    Duration left = deadline.remaining();
    // Growing must not use up the deadline of a call for which the named time is short enough.
    Duration half = left.dividedBy(2);
    Duration most = bulk || half.compareTo(MAX_GROWN_WAIT) > 0 ? MAX_GROWN_WAIT : half;
    Duration pause = traffic.pauseAsNamed(route, named, most, sentAt);
    namedWaits = namedWaits.plus(pause);
    boolean free = bulk && again.throttled() && namedWaits.compareTo(MAX_NAMED_WAITS) <= 0;
    Optional<Fault> last = free ? Optional.empty() : countAttempt(route, again.fault());
    if (last.isPresent() || (!bulk && pause.compareTo(left) >= 0)) {
      return last.or(() -> Optional.of(again.fault()));
    }
    log.info(
        "{} asked to wait {} ms; every call to it waits {} ms",
        route,
        named.toMillis(),
        pause.toMillis());
    setBackoff(pause);
    return Optional.empty();
  }

  /** Pauses the whole route of a bulk run after a 429 that names no time. */
  private void waitForRate(Route route) {
    // An adaptive route has lowered its rate by now; on other routes all calls wait.
    if (!traffic.isAdaptive(route)) {
      Duration pause = backoff.delayAfter(attempts.size());
      traffic.pause(route, pause);
      log.info(
          "{} asked for fewer requests; every call to it waits {} ms", route, pause.toMillis());
      setBackoff(pause);
    }
  }

  private void setBackoff(Duration delay) {
    attempts.add(attempts.removeLast().withBackoff(delay));
  }

  // The server may have closed the connection while it was idle: a new one needs no delay.
  private static boolean onStaleConnection(Fault fault) {
    return fault.cause().orElse(null) instanceof TransportException broken
        && broken.reusedConnection();
  }

  Fault deadlineExceeded() {
    return attempts.isEmpty()
        ? Fault.of(
            Kind.DEADLINE_EXCEEDED,
            "the deadline of " + deadlineSeconds() + " s was over before a request was sent")
        : deadlineExceeded(attempts.getLast().fault().orElseThrow());
  }

  private Fault deadlineExceeded(Fault last) {
    return last.as(
        Kind.DEADLINE_EXCEEDED,
        "the deadline of " + deadlineSeconds() + " s was over; last: " + last.message());
  }

  private double deadlineSeconds() {
    return deadline.given().toMillis() / 1000.0;
  }
}
