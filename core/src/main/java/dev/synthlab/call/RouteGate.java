package dev.synthlab.call;

import dev.synthlab.call.AttemptResult.NotPermitted.Reason;
import dev.synthlab.call.CallPolicy.WaitMode;
import dev.synthlab.http.Headers;
import dev.synthlab.logging.Logging;
import dev.synthlab.spans.Metrics;
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
 * One route's gate. Calls go through it one after the other, in the order of their coming; the
 * first in the row waits for all that holds the route back. Safe for use by many threads.
 */
final class RouteGate {
  private static final Logger log = Logging.component("call");
  private static final Duration LONG_PAUSE = Duration.ofSeconds(60);
  private static final Duration MAX_JITTER = Duration.ofSeconds(3);

  private final Route route;
  private final TrafficControl traffic;
  private final Timer timer;
  private final Semaphore turn = new Semaphore(1, true);
  private final Optional<RateLimit> requests;
  private final Optional<RateLimit> tokens;
  private final boolean breakable;
  private final Optional<AdaptiveLimiter> pace;
  private final RetryThrottle throttle = new RetryThrottle();
  private final WaitTimes.QueueWaits queueWaits = new WaitTimes.QueueWaits();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition freed = lock.newCondition();
  private int inFlight;
  private long pausedUntil;
  private boolean paused;
  private boolean probeFirst;
  private boolean probing;
  private volatile long lastUsed;

  /** Made at the first failure: most processes never need one. */
  private volatile Optional<RouteBreaker> breaker = Optional.empty();

  RouteGate(Route route, TrafficControl traffic) {
    TrafficControl.RouteLimits rules = traffic.rules(route);
    this.route = route;
    this.traffic = traffic;
    this.timer = traffic.timer();
    this.lastUsed = timer.nanos();
    requests = rules.requestsPerMinute().map(n -> RateLimit.ofRequests(timer, n));
    tokens = rules.tokensPerMinute().map(n -> RateLimit.ofTokens(timer, n));
    breakable = rules.breaker() && route.base().getScheme().startsWith("http");
    pace = rules.adaptive().map(max -> new AdaptiveLimiter(max, timer.nanos()));
  }

  /** A request that may go out, and the end of it. */
  final class Permit {
    private final long weight;
    private final boolean probe;
    private final long sent = timer.nanos();
    private final int era = breaker.map(RouteBreaker::era).orElse(0);
    private boolean judged;

    private Permit(long weight, boolean probe) {
      this.weight = weight;
      this.probe = probe;
    }

    /** Says how the attempt went; once, before {@link #leave}. */
    void judged(RouteSignal signal, Optional<Headers> headers) {
      judged = true;
      record(signal, this);
      headers.flatMap(RateLimitHeaders::pause).ifPresent(RouteGate.this::pauseUntil);
    }

    /** The request has ended. */
    void leave() {
      if (!judged) {
        record(RouteSignal.NEUTRAL, this);
      }
      release();
    }

    /** Says what it used, once that is known. */
    void settle(Spend used) {
      tokens.ifPresent(t -> t.settle(weight, used.inputTokens() + used.outputTokens()));
    }
  }

  /** Why a request cannot go out now, and how long that will last. */
  private record Blocked(Reason reason, Duration time) {}

  TrafficControl.Admission admit(long weight, Deadline deadline, WaitMode waiting)
      throws InterruptedException {
    Arrival begin = new Arrival();
    lastUsed = begin.at;
    Optional<Blocked> now = waiting == WaitMode.WITHIN_DEADLINE ? pauseOutside() : Optional.empty();
    if (now.filter(hold -> outlives(hold, deadline)).isPresent()) {
      return refused(now.get(), begin);
    }
    if (!acquireTurn(turn, deadline, waiting)) {
      return refused(new Blocked(queueWaits.now().orElse(Reason.LIMIT), Duration.ZERO), begin);
    }
    try {
      while (true) {
        Optional<Blocked> hold = tryAdmit(weight, deadline, waiting);
        if (hold.isEmpty()) {
          return granted(weight, begin);
        }
        if (waiting == WaitMode.WITHIN_DEADLINE && outlives(hold.get(), deadline)) {
          return refused(hold.get(), begin);
        }
        held(hold.get());
      }
    } finally {
      turn.release();
    }
  }

  private void held(Blocked hold) throws InterruptedException {
    queueWaits.begin(hold.reason(), timer.nanos());
    try {
      timer.pause(hold.time());
    } finally {
      queueWaits.end(timer.nanos());
    }
  }

  private static boolean outlives(Blocked hold, Deadline deadline) {
    return hold.reason() == Reason.BREAKER || hold.time().compareTo(deadline.remaining()) >= 0;
  }

  private static boolean acquireTurn(Semaphore gate, Deadline deadline, WaitMode waiting)
      throws InterruptedException {
    if (waiting == WaitMode.UNBOUNDED) {
      gate.acquire();
      return true;
    }
    return gate.tryAcquire(Math.max(0, deadline.remaining().toNanos()), TimeUnit.NANOSECONDS);
  }

  /** What holds everybody back, seen from outside the row. */
  private Optional<Blocked> pauseOutside() {
    lock.lock();
    try {
      return pause(Duration.ZERO);
    } finally {
      lock.unlock();
    }
  }

  /** Takes all that a request needs, or gives back what it took and says what it waits for. */
  private Optional<Blocked> tryAdmit(long weight, Deadline deadline, WaitMode waiting)
      throws InterruptedException {
    lock.lock();
    try {
      Optional<Blocked> hold = pause(jitter());
      if (hold.isEmpty()) {
        hold = place(deadline, waiting);
      }
      if (hold.isEmpty()) {
        hold = limits(weight);
      }
      if (hold.isEmpty()) {
        inFlight++;
        probing = probeFirst;
      }
      return hold;
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
      return Optional.of(new Blocked(Reason.PAUSE, left.plus(jitter)));
    }
    paused = false;
    return Optional.empty();
  }

  // Everybody who waited would come back in the same instant as other processes do.
  private Duration jitter() {
    if (!paused) {
      return Duration.ZERO;
    }
    Duration tenth = Duration.ofNanos(Math.max(0, pausedUntil - timer.nanos()) / 10);
    return traffic.randomPart(tenth.compareTo(MAX_JITTER) < 0 ? tenth : MAX_JITTER);
  }

  /** Waits for a place among those in flight; after a long pause there is one, for the probe. */
  private Optional<Blocked> place(Deadline deadline, WaitMode waiting) throws InterruptedException {
    Optional<Blocked> pause = pause(Duration.ZERO);
    if (pause.isPresent() || inFlight < maxInFlight()) {
      return pause;
    }
    queueWaits.begin(Reason.PLACE, timer.nanos());
    try {
      while (pause.isEmpty() && inFlight >= maxInFlight()) {
        if (waiting == WaitMode.UNBOUNDED) {
          freed.await();
        } else if (freed.awaitNanos(deadline.remaining().toNanos()) <= 0) {
          return Optional.of(new Blocked(Reason.PLACE, deadline.given()));
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
    return pace.map(AdaptiveLimiter::inFlight).orElse(Integer.MAX_VALUE);
  }

  private Optional<Blocked> limits(long weight) {
    Optional<Duration> open = breaker.flatMap(RouteBreaker::take);
    if (open.isPresent()) {
      return Optional.of(new Blocked(Reason.BREAKER, open.get()));
    }
    Optional<Duration> wait = pace.flatMap(p -> p.take(timer.nanos()));
    if (wait.isEmpty()) {
      wait = tokens.flatMap(limit -> limit.take(weight));
    }
    if (wait.isEmpty()) {
      wait = requests.flatMap(limit -> limit.take(1));
      if (wait.isPresent()) {
        tokens.ifPresent(limit -> limit.settle(weight, 0));
      }
    }
    if (wait.isPresent()) {
      breaker.ifPresent(RouteBreaker::giveBack);
    }
    return wait.map(time -> new Blocked(Reason.LIMIT, time));
  }

  private void record(RouteSignal signal, Permit permit) {
    lock.lock();
    try {
      if (breakable && signal == RouteSignal.FAILED && breaker.isEmpty()) {
        breaker = Optional.of(new RouteBreaker(timer, this::logOpened));
      }
      breaker.ifPresent(b -> b.saw(signal, permit.era));
      throttle.saw(signal);
      pace.ifPresent(p -> p.saw(signal, permit.sent, timer.nanos()));
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

  /** Nobody sends before the time is over. */
  void pauseUntil(Duration time) {
    lock.lock();
    try {
      long until = timer.nanos() + time.toNanos();
      if (!paused || until - pausedUntil > 0) {
        pausedUntil = until;
        paused = true;
      }
      if (time.compareTo(LONG_PAUSE) > 0 && !probeFirst) {
        probeFirst = true;
        log.warn("{} asked to wait {} s; then one request goes first", route, time.toSeconds());
      }
      freed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Whether the route's repetitions have a budget left. */
  boolean allowsARetry() {
    lock.lock();
    try {
      return throttle.allowsARetry();
    } finally {
      lock.unlock();
    }
  }

  /** Whether the route finds its own pace, so that a refusal needs no pause. */
  boolean paced() {
    return pace.isPresent();
  }

  boolean hasBreaker() {
    return breakable;
  }

  Optional<Duration> pauseLeft() {
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

  /** How the route stands, for those who measure it. */
  TrafficSnapshot.Route snapshot() {
    lock.lock();
    try {
      return new TrafficSnapshot.Route(
          route.server(),
          route.resource(),
          pause(Duration.ZERO).map(Blocked::time).orElse(Duration.ZERO),
          breaker.map(RouteBreaker::state).orElse(TrafficSnapshot.Breaker.CLOSED),
          release(requests),
          release(tokens),
          pace.map(AdaptiveLimiter::rate)
              .filter(Double::isFinite)
              .map(OptionalDouble::of)
              .orElseGet(OptionalDouble::empty),
          pace.map(p -> OptionalLong.of(p.inFlight())).orElseGet(OptionalLong::empty));
    } finally {
      lock.unlock();
    }
  }

  private static OptionalLong release(Optional<RateLimit> limit) {
    return limit.map(each -> OptionalLong.of(each.free())).orElseGet(OptionalLong::empty);
  }

  private void logOpened() {
    Metrics.opened(route.server(), route.resource());
    log.warn("{} fails all the time: it is left alone for a while", route);
  }

  private TrafficControl.Admission granted(long weight, Arrival begin) {
    return new TrafficControl.Admission.Granted(new Permit(weight, probing), begin.held());
  }

  private TrafficControl.Admission refused(Blocked hold, Arrival begin) {
    return new TrafficControl.Admission.Refused(
        new AttemptResult.NotPermitted(hold.reason(), hold.time()), begin.held());
  }

  /** The moment at which somebody came. Whatever the row waited for since, he waited for. */
  private final class Arrival {
    private final long at = timer.nanos();
    private final long[] before = queueWaits.upTo(at);

    WaitTimes held() {
      return queueWaits.since(before, at, timer.nanos());
    }
  }
}
