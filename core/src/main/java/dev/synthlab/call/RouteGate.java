package dev.synthlab.call;

import dev.synthlab.call.CallPolicy.WaitMode;
import dev.synthlab.http.Headers;
import dev.synthlab.logging.Logging;
import dev.synthlab.spans.TrafficSnapshot;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;

/**
 * The gate of one route: a fair queue in front of its pause, limits and breaker. Calls pass it one
 * after the other, in order of arrival; the head of the queue waits until the route can send. Safe
 * for use by many threads.
 */
final class RouteGate {
  private static final Logger log = Logging.component("call");
  private static final Duration LONG_PAUSE = Duration.ofSeconds(60);
  private static final Duration MAX_JITTER = Duration.ofSeconds(3);

  private final Route route;
  private final TrafficControl traffic;
  private final Timer timer;
  private final Semaphore queue = new Semaphore(1, true);
  private final Optional<RateLimit> requests;
  private final Optional<RateLimit> tokens;
  private final boolean breakerEnabled;
  private final int maxConcurrentCalls;
  private final Optional<AdaptiveLimiter> adaptive;
  private final RetryThrottle throttle = new RetryThrottle();
  private final RetryAfterGrowth namedWaits = new RetryAfterGrowth();
  private final WaitTimes.QueueWaits queueWaits = new WaitTimes.QueueWaits();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition freed = lock.newCondition();
  private int inFlight;
  private long pausedUntil;
  private boolean paused;
  private boolean probeFirst;
  private boolean probing;
  private volatile long lastUsed;

  /** Created at the first failure: most processes never need one. */
  private volatile Optional<RouteBreaker> breaker = Optional.empty();

  RouteGate(Route route, TrafficControl traffic) {
    TrafficControl.RouteLimits rules = traffic.limits(route);
    this.route = route;
    this.traffic = traffic;
    this.timer = traffic.timer();
    this.lastUsed = timer.nanos();
    requests = rules.requestsPerMinute().map(n -> RateLimit.ofRequests(timer, n));
    tokens = rules.tokensPerMinute().map(n -> RateLimit.ofTokens(timer, n));
    maxConcurrentCalls = rules.maxConcurrentCalls().orElse(Integer.MAX_VALUE);
    breakerEnabled = rules.breaker() && route.base().getScheme().startsWith("http");
    adaptive = rules.adaptive().map(max -> new AdaptiveLimiter(max, timer.nanos()));
  }

  /** The permission to send one request. */
  final class Permit {
    private final long weight;
    private final boolean probe;
    private final long sent = timer.nanos();
    private final int transitions = breaker.isPresent() ? breaker.get().transitions() : 0;
    private boolean recorded;

    private Permit(long weight, boolean probe) {
      this.weight = weight;
      this.probe = probe;
    }

    /** Records the result of the attempt; once, before {@link #leave}. */
    void record(RouteSignal signal, Optional<Headers> headers) {
      recorded = true;
      recordSignal(signal, this);
      if (headers.isPresent()) {
        RateLimitHeaders.pause(headers.get()).ifPresent(RouteGate.this::pauseFor);
      }
    }

    /** Ends the request. */
    void leave() {
      if (!recorded) {
        recordSignal(RouteSignal.NEUTRAL, this);
      }
      release();
    }

    /** Corrects the token limit when the usage is known. */
    void settle(Spend used) {
      if (tokens.isPresent()) {
        tokens.get().settle(weight, used.inputTokens() + used.outputTokens());
      }
    }
  }

  /** The reason why a request cannot be sent now, and the time until it can. */
  private record Blocked(WaitReason reason, Duration time) {}

  TrafficControl.Admission admit(long weight, Deadline deadline, WaitMode waiting)
      throws InterruptedException {
    Arrival arrival = new Arrival();
    lastUsed = arrival.at;
    Optional<Blocked> pause =
        waiting == WaitMode.WITHIN_DEADLINE ? pauseOutside() : Optional.empty();
    if (pause.isPresent() && outlives(pause.get(), deadline)) {
      return refused(pause.get(), arrival);
    }
    if (!acquireTurn(queue, deadline, waiting)) {
      return refused(
          new Blocked(queueWaits.current().orElse(WaitReason.RATE_LIMIT), Duration.ZERO), arrival);
    }
    try {
      while (true) {
        Optional<Blocked> blocked = tryAdmit(weight, deadline, waiting);
        if (blocked.isEmpty()) {
          return granted(weight, arrival);
        }
        if (waiting == WaitMode.WITHIN_DEADLINE && outlives(blocked.get(), deadline)) {
          return refused(blocked.get(), arrival);
        }
        waitFor(blocked.get());
      }
    } finally {
      queue.release();
    }
  }

  private void waitFor(Blocked blocked) throws InterruptedException {
    queueWaits.begin(blocked.reason(), timer.nanos());
    try {
      timer.pause(blocked.time());
    } finally {
      queueWaits.end(timer.nanos());
    }
  }

  private static boolean outlives(Blocked blocked, Deadline deadline) {
    return blocked.reason() == WaitReason.BREAKER
        || blocked.time().compareTo(deadline.remaining()) >= 0;
  }

  private static boolean acquireTurn(Semaphore gate, Deadline deadline, WaitMode waiting)
      throws InterruptedException {
    if (waiting == WaitMode.UNBOUNDED) {
      gate.acquire();
      return true;
    }
    return gate.tryAcquire(Math.max(0, deadline.remaining().toNanos()), TimeUnit.NANOSECONDS);
  }

  /** The pause of the route, as seen before queueing. */
  private Optional<Blocked> pauseOutside() {
    lock.lock();
    try {
      return pause(Duration.ZERO);
    } finally {
      lock.unlock();
    }
  }

  /** Acquires all that a request needs, or nothing; then returns what it has to wait for. */
  private Optional<Blocked> tryAdmit(long weight, Deadline deadline, WaitMode waiting)
      throws InterruptedException {
    lock.lock();
    try {
      Optional<Blocked> blocked = pause(jitter());
      if (blocked.isEmpty()) {
        blocked = concurrency(deadline, waiting);
      }
      if (blocked.isEmpty()) {
        blocked = limits(weight);
      }
      if (blocked.isEmpty()) {
        inFlight++;
        probing = probeFirst;
      }
      return blocked;
    } finally {
      lock.unlock();
    }
  }

  private Optional<Blocked> pause(Duration jitter) {
    if (!paused) {
      return Optional.empty();
    }
    Duration left = Duration.ofNanos(pausedUntil - timer.nanos());
    if (left.isPositive()) {
      return Optional.of(new Blocked(WaitReason.PAUSE, left.plus(jitter)));
    }
    paused = false;
    return Optional.empty();
  }

  // Without jitter all waiting calls, of other processes too, would be sent at the same moment.
  private Duration jitter() {
    if (!paused) {
      return Duration.ZERO;
    }
    Duration tenth = Duration.ofNanos(Math.max(0, pausedUntil - timer.nanos()) / 10);
    return traffic.randomPart(tenth.compareTo(MAX_JITTER) < 0 ? tenth : MAX_JITTER);
  }

  /** Waits until fewer than the maximum are in flight; after a long pause that is 1, the probe. */
  private Optional<Blocked> concurrency(Deadline deadline, WaitMode waiting)
      throws InterruptedException {
    Optional<Blocked> pause = pause(Duration.ZERO);
    if (pause.isPresent() || inFlight < maxInFlight()) {
      return pause;
    }
    queueWaits.begin(WaitReason.CONCURRENCY, timer.nanos());
    try {
      while (pause.isEmpty() && inFlight >= maxInFlight()) {
        if (waiting == WaitMode.UNBOUNDED) {
          freed.await();
        } else if (freed.awaitNanos(deadline.remaining().toNanos()) <= 0) {
          return Optional.of(new Blocked(WaitReason.CONCURRENCY, deadline.given()));
        }
        pause = pause(Duration.ZERO);
      }
      return pause;
    } finally {
      queueWaits.end(timer.nanos());
    }
  }

  private int maxInFlight() {
    if (probeFirst) {
      return 1;
    }
    return adaptive.isPresent()
        ? Math.min(maxConcurrentCalls, adaptive.get().inFlight())
        : maxConcurrentCalls;
  }

  private Optional<Blocked> limits(long weight) {
    Optional<Duration> open = breaker.isPresent() ? breaker.get().tryAcquire() : Optional.empty();
    if (open.isPresent()) {
      return Optional.of(new Blocked(WaitReason.BREAKER, open.get()));
    }
    Optional<Duration> wait =
        adaptive.isPresent() ? adaptive.get().tryAcquire(timer.nanos()) : Optional.empty();
    if (wait.isEmpty() && tokens.isPresent()) {
      wait = tokens.get().tryAcquire(weight);
    }
    if (wait.isEmpty() && requests.isPresent()) {
      wait = requests.get().tryAcquire(1);
      if (wait.isPresent() && tokens.isPresent()) {
        tokens.get().settle(weight, 0);
      }
    }
    if (wait.isEmpty()) {
      return Optional.empty();
    }
    breaker.ifPresent(RouteBreaker::releasePermission);
    return Optional.of(new Blocked(WaitReason.RATE_LIMIT, wait.get()));
  }

  private void recordSignal(RouteSignal signal, Permit permit) {
    lock.lock();
    try {
      if (breakerEnabled && signal == RouteSignal.FAILURE && breaker.isEmpty()) {
        breaker = Optional.of(new RouteBreaker(timer, this::logOpened));
      }
      if (breaker.isPresent()) {
        breaker.get().record(signal, permit.transitions);
      }
      throttle.record(signal);
      if (signal == RouteSignal.SUCCESS) {
        namedWaits.reset();
      }
      if (adaptive.isPresent()) {
        adaptive.get().record(signal, permit.sent, timer.nanos());
      }
      if (permit.probe) {
        probing = false;
        probeFirst &= signal == RouteSignal.THROTTLED;
        freed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  private void release() {
    lock.lock();
    try {
      inFlight--;
      lastUsed = timer.nanos();
      freed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Pauses the route: nothing is sent before the time is over. */
  void pauseFor(Duration time) {
    lock.lock();
    try {
      long until = timer.nanos() + time.toNanos();
      if (!paused || until - pausedUntil > 0) {
        pausedUntil = until;
        paused = true;
      }
      if (time.compareTo(LONG_PAUSE) > 0 && !probeFirst) {
        probeFirst = true;
        log.warn(
            "{} is paused for {} s; after that one request is sent as a probe",
            route,
            time.toSeconds());
      }
      freed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Pauses the route for the time that the server named. If it names a short time again and again,
   * the pauses grow.
   *
   * @param most the longest pause to which a shorter time grows
   * @param sent when the request was sent that it answered
   * @return the pause
   */
  Duration pauseAsNamed(Duration named, Duration most, long sent) {
    lock.lock();
    try {
      Duration time = namedWaits.grown(named, most, sent, timer.nanos());
      pauseFor(time);
      return time;
    } finally {
      lock.unlock();
    }
  }

  /** Whether the retry throttle allows a retry. */
  boolean allowsRetry() {
    lock.lock();
    try {
      return throttle.allowsRetry();
    } finally {
      lock.unlock();
    }
  }

  /** Whether the route has an adaptive limiter, so that throttling needs no pause. */
  boolean isAdaptive() {
    return adaptive.isPresent();
  }

  boolean hasBreaker() {
    return breakerEnabled;
  }

  Optional<Duration> remainingPause() {
    return pauseOutside().map(Blocked::time);
  }

  boolean idleSince(long moment) {
    lock.lock();
    try {
      return inFlight == 0 && lastUsed - moment < 0 && pause(Duration.ZERO).isEmpty();
    } finally {
      lock.unlock();
    }
  }

  /** The state of the route, for metrics. */
  TrafficSnapshot.Route snapshot() {
    lock.lock();
    try {
      return new TrafficSnapshot.Route(
          route.server(),
          route.resource(),
          pause(Duration.ZERO).map(Blocked::time).orElse(Duration.ZERO),
          breaker.map(RouteBreaker::state).orElse(TrafficSnapshot.Breaker.CLOSED),
          available(requests),
          available(tokens),
          adaptive
              .map(AdaptiveLimiter::rate)
              .filter(Double::isFinite)
              .map(OptionalDouble::of)
              .orElseGet(OptionalDouble::empty),
          adaptive.map(p -> OptionalLong.of(p.inFlight())).orElseGet(OptionalLong::empty));
    } finally {
      lock.unlock();
    }
  }

  private static OptionalLong available(Optional<RateLimit> limit) {
    return limit.map(each -> OptionalLong.of(each.available())).orElseGet(OptionalLong::empty);
  }

  private void logOpened() {
    traffic.metrics().recordBreakerOpened(route.server(), route.resource());
    log.warn(
        "the circuit breaker of {} is open: {}",
        route,
        breaker.map(RouteBreaker::failures).orElse("its requests fail"));
  }

  private TrafficControl.Admission granted(long weight, Arrival arrival) {
    return new TrafficControl.Admission.Granted(new Permit(weight, probing), arrival.waits());
  }

  private TrafficControl.Admission refused(Blocked blocked, Arrival arrival) {
    return new TrafficControl.Admission.Refused(
        new AttemptResult.NotPermitted(blocked.reason(), blocked.time()), arrival.waits());
  }

  /** The time at which a call arrived. It waits for whatever the queue waits for since then. */
  private final class Arrival {
    private final long at = timer.nanos();
    private final long[] before = queueWaits.sumsAt(at);

    WaitTimes waits() {
      return queueWaits.since(before, at, timer.nanos());
    }
  }
}
