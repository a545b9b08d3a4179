package dev.synthlab.call;

import dev.synthlab.call.CallPolicy.Waiting;
import dev.synthlab.call.Event.Withheld.Reason;
import dev.synthlab.http.Headers;
import dev.synthlab.logging.Logging;
import dev.synthlab.spans.Metrics;
import dev.synthlab.spans.Standing;
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
final class Lane {
  private static final Logger log = Logging.component("call");
  private static final Duration LONG_PAUSE = Duration.ofSeconds(60);
  private static final Duration MOST_JITTER = Duration.ofSeconds(3);

  private final Route route;
  private final Traffic traffic;
  private final Timer timer;
  private final Semaphore turn = new Semaphore(1, true);
  private final Optional<Limit> requests;
  private final Optional<Limit> tokens;
  private final boolean breakable;
  private final Optional<Pace> pace;
  private final Throttle throttle = new Throttle();
  private final Holds.Row row = new Holds.Row();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition freed = lock.newCondition();
  private int inFlight;
  private long pausedUntil;
  private boolean paused;
  private boolean probeFirst;
  private boolean probing;
  private volatile long lastUsed;

  /** Made at the first failure: most processes never need one. */
  private volatile Optional<Breaker> breaker = Optional.empty();

  Lane(Route route, Traffic traffic) {
    Traffic.Rules rules = traffic.rules(route);
    this.route = route;
    this.traffic = traffic;
    this.timer = traffic.timer();
    this.lastUsed = timer.nanos();
    requests = rules.requestsPerMinute().map(n -> Limit.ofRequests(timer, n));
    tokens = rules.tokensPerMinute().map(n -> Limit.ofTokens(timer, n));
    breakable = rules.breaker() && route.base().getScheme().startsWith("http");
    pace = rules.adaptive().map(most -> new Pace(most, timer.nanos()));
  }

  /** A request that may go out, and the end of it. */
  final class Permit {
    private final long weight;
    private final boolean probe;
    private final long sent = timer.nanos();
    private final int era = breaker.map(Breaker::era).orElse(0);
    private boolean judged;

    private Permit(long weight, boolean probe) {
      this.weight = weight;
      this.probe = probe;
    }

    /** Says how the attempt went; once, before {@link #leave}. */
    void judged(Sign sign, Optional<Headers> headers) {
      judged = true;
      saw(sign, this);
      headers.flatMap(RateHeaders::pause).ifPresent(Lane.this::hold);
    }

    /** The request has ended. */
    void leave() {
      if (!judged) {
        saw(Sign.NEUTRAL, this);
      }
      free();
    }

    /** Says what it used, once that is known. */
    void settle(Spend used) {
      tokens.ifPresent(t -> t.settle(weight, used.inputTokens() + used.outputTokens()));
    }
  }

  /** Why a request cannot go out now, and how long that will last. */
  private record Hold(Reason reason, Duration time) {}

  Traffic.Admission admit(long weight, Deadline deadline, Waiting waiting)
      throws InterruptedException {
    Since begin = new Since();
    lastUsed = begin.at;
    Optional<Hold> now = waiting == Waiting.WITHIN_DEADLINE ? standing() : Optional.empty();
    if (now.filter(hold -> outlives(hold, deadline)).isPresent()) {
      return refused(now.get(), begin);
    }
    if (!entered(turn, deadline, waiting)) {
      return refused(new Hold(row.now().orElse(Reason.LIMIT), Duration.ZERO), begin);
    }
    try {
      while (true) {
        Optional<Hold> hold = gone(weight, deadline, waiting);
        if (hold.isEmpty()) {
          return granted(weight, begin);
        }
        if (waiting == Waiting.WITHIN_DEADLINE && outlives(hold.get(), deadline)) {
          return refused(hold.get(), begin);
        }
        held(hold.get());
      }
    } finally {
      turn.release();
    }
  }

  private void held(Hold hold) throws InterruptedException {
    row.begin(hold.reason(), timer.nanos());
    try {
      timer.pause(hold.time());
    } finally {
      row.end(timer.nanos());
    }
  }

  private static boolean outlives(Hold hold, Deadline deadline) {
    return hold.reason() == Reason.BREAKER || hold.time().compareTo(deadline.remaining()) >= 0;
  }

  private static boolean entered(Semaphore gate, Deadline deadline, Waiting waiting)
      throws InterruptedException {
    if (waiting == Waiting.AS_LONG_AS_IT_TAKES) {
      gate.acquire();
      return true;
    }
    return gate.tryAcquire(Math.max(0, deadline.remaining().toNanos()), TimeUnit.NANOSECONDS);
  }

  /** What holds everybody back, seen from outside the row. */
  private Optional<Hold> standing() {
    lock.lock();
    try {
      return pause(Duration.ZERO);
    } finally {
      lock.unlock();
    }
  }

  /** Takes all that a request needs, or gives back what it took and says what it waits for. */
  private Optional<Hold> gone(long weight, Deadline deadline, Waiting waiting)
      throws InterruptedException {
    lock.lock();
    try {
      Optional<Hold> hold = pause(jitter());
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

  private Optional<Hold> pause(Duration jitter) {
    if (!paused) {
      return Optional.empty();
    }
    Duration left = Duration.ofNanos(pausedUntil - timer.nanos());
    if (left.isPositive()) {
      return Optional.of(new Hold(Reason.PAUSE, left.plus(jitter)));
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
    return traffic.randomPart(tenth.compareTo(MOST_JITTER) < 0 ? tenth : MOST_JITTER);
  }

  /** Waits for a place among those in flight; after a long pause there is one, for the probe. */
  private Optional<Hold> place(Deadline deadline, Waiting waiting) throws InterruptedException {
    Optional<Hold> pause = pause(Duration.ZERO);
    if (pause.isPresent() || inFlight < most()) {
      return pause;
    }
    row.begin(Reason.PLACE, timer.nanos());
    try {
      while (pause.isEmpty() && inFlight >= most()) {
        if (waiting == Waiting.AS_LONG_AS_IT_TAKES) {
          freed.await();
        } else if (freed.awaitNanos(deadline.remaining().toNanos()) <= 0) {
          return Optional.of(new Hold(Reason.PLACE, deadline.given()));
        }
        pause = pause(Duration.ZERO);
      }
      return pause;
    } finally {
      row.end(timer.nanos());
    }
  }

  private int most() {
    if (probeFirst) {
      return 1;
    }
    return pace.map(Pace::inFlight).orElse(Integer.MAX_VALUE);
  }

  private Optional<Hold> limits(long weight) {
    Optional<Duration> open = breaker.flatMap(Breaker::take);
    if (open.isPresent()) {
      return Optional.of(new Hold(Reason.BREAKER, open.get()));
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
      breaker.ifPresent(Breaker::giveBack);
    }
    return wait.map(time -> new Hold(Reason.LIMIT, time));
  }

  private void saw(Sign sign, Permit permit) {
    lock.lock();
    try {
      if (breakable && sign == Sign.FAILED && breaker.isEmpty()) {
        breaker = Optional.of(new Breaker(timer, this::sayOpened));
      }
      breaker.ifPresent(b -> b.saw(sign, permit.era));
      throttle.saw(sign);
      pace.ifPresent(p -> p.saw(sign, permit.sent, timer.nanos()));
      if (permit.probe) {
        probing = false;
        probeFirst &= sign == Sign.THROTTLED;
        freed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  private void free() {
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
  void hold(Duration time) {
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
    return standing().map(Hold::time);
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
  Standing.Route standsAt() {
    lock.lock();
    try {
      return new Standing.Route(
          route.server(),
          route.resource(),
          pause(Duration.ZERO).map(Hold::time).orElse(Duration.ZERO),
          breaker.map(Breaker::state).orElse(Standing.Breaker.CLOSED),
          free(requests),
          free(tokens),
          pace.map(Pace::rate)
              .filter(Double::isFinite)
              .map(OptionalDouble::of)
              .orElseGet(OptionalDouble::empty),
          pace.map(p -> OptionalLong.of(p.inFlight())).orElseGet(OptionalLong::empty));
    } finally {
      lock.unlock();
    }
  }

  private static OptionalLong free(Optional<Limit> limit) {
    return limit.map(each -> OptionalLong.of(each.free())).orElseGet(OptionalLong::empty);
  }

  private void sayOpened() {
    Metrics.opened(route.server(), route.resource());
    log.warn("{} fails all the time: it is left alone for a while", route);
  }

  private Traffic.Admission granted(long weight, Since begin) {
    return new Traffic.Admission.Granted(new Permit(weight, probing), begin.held());
  }

  private Traffic.Admission refused(Hold hold, Since begin) {
    return new Traffic.Admission.Refused(
        new Event.Withheld(hold.reason(), hold.time()), begin.held());
  }

  /** The moment at which somebody came. Whatever the row waited for since, he waited for. */
  private final class Since {
    private final long at = timer.nanos();
    private final long[] before = row.upTo(at);

    Holds held() {
      return row.since(before, at, timer.nanos());
    }
  }
}
