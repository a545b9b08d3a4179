package dev.synthlab.call;

import dev.synthlab.call.CallPolicy.WaitMode;
import dev.synthlab.config.Settings;
import dev.synthlab.spans.TrafficMetrics;
import dev.synthlab.spans.TrafficSnapshot;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The state that all calls of a process share: limits, pauses, breakers and retry throttles of each
 * route, the maximum concurrency of each server, and the number of calls in flight. Safe for use by
 * many threads.
 */
public final class TrafficControl {
  private static final int MAX_IDLE_GATES = 1_000;
  private static final Duration IDLE_TIME = Duration.ofMinutes(10);

  private final Timer timer;
  private final RandomGenerator random;
  private final RouteLimits limits;
  private final Map<Route, RouteGate> gates = new ConcurrentHashMap<>();
  private final Map<Route, RouteLimits> limitsByRoute = new ConcurrentHashMap<>();
  private final Map<String, RouteLimits> keylessLimits = new ConcurrentHashMap<>();
  private final Map<Account, RouteLimits> accountLimits = new ConcurrentHashMap<>();
  private final Map<URI, Semaphore> servers = new ConcurrentHashMap<>();
  private final AtomicInteger inFlight = new AtomicInteger();
  private final AtomicInteger queued = new AtomicInteger();
  private final AtomicInteger retrying = new AtomicInteger();
  private final Set<Thread> waiting = ConcurrentHashMap.newKeySet();
  private final TrafficMetrics metrics = new TrafficMetrics(this::snapshot);

  /**
   * The limits of a route.
   *
   * @param requestsPerMinute the maximum number of requests per minute
   * @param tokensPerMinute the maximum number of tokens per minute
   * @param adaptive the maximum number of requests in flight of the adaptive limiter, if it is on
   * @param maxConcurrentCalls the maximum number of requests in flight
   * @param throttle whether retries are throttled when most attempts fail
   * @param breaker whether a circuit breaker is used
   */
  public record RouteLimits(
      Optional<Integer> requestsPerMinute,
      Optional<Integer> tokensPerMinute,
      Optional<Integer> adaptive,
      Optional<Integer> maxConcurrentCalls,
      boolean throttle,
      boolean breaker) {
    /** No limits; retry throttle and breaker are on. */
    public static final RouteLimits DEFAULT =
        new RouteLimits(Optional.empty(), Optional.empty(), Optional.empty(), true, true);

    /**
     * Limits without a maximum number of requests in flight.
     *
     * @param requestsPerMinute the maximum number of requests per minute
     * @param tokensPerMinute the maximum number of tokens per minute
     * @param adaptive the maximum of the adaptive limiter, if it is on
     * @param throttle whether retries are throttled when most attempts fail
     * @param breaker whether a circuit breaker is used
     */
    public RouteLimits(
        Optional<Integer> requestsPerMinute,
        Optional<Integer> tokensPerMinute,
        Optional<Integer> adaptive,
        boolean throttle,
        boolean breaker) {
      this(requestsPerMinute, tokensPerMinute, adaptive, Optional.empty(), throttle, breaker);
    }

    /**
     * The limits that settings name.
     *
     * @param settings the limits of calls
     * @return without a fixed concurrency, which is that of the runs of many calls
     */
    public static RouteLimits of(Settings.Limits settings) {
      return new RouteLimits(
          boxed(settings.requestsPerMinute()),
          boxed(settings.tokensPerMinute()),
          settings.concurrency().isPresent()
              ? Optional.empty()
              : Optional.of(Settings.Limits.MAX_IN_FLIGHT),
          settings.throttle(),
          settings.breaker());
    }

    private static Optional<Integer> boxed(OptionalInt number) {
      return number.isPresent() ? Optional.of(number.getAsInt()) : Optional.empty();
    }

    /**
     * The same limits with another number of requests per minute.
     *
     * @param count at least 1
     * @return new limits
     */
    public RouteLimits withRequestsPerMinute(int count) {
      positive("requestsPerMinute", count);
      return new RouteLimits(
          Optional.of(count), tokensPerMinute, adaptive, maxConcurrentCalls, throttle, breaker);
    }

    /**
     * The same limits with another number of tokens per minute.
     *
     * @param count at least 1
     * @return new limits
     */
    public RouteLimits withTokensPerMinute(int count) {
      positive("tokensPerMinute", count);
      return new RouteLimits(
          requestsPerMinute, Optional.of(count), adaptive, maxConcurrentCalls, throttle, breaker);
    }

    /**
     * The same limits with another number of requests in flight.
     *
     * @param count at least 1
     * @return new limits
     */
    public RouteLimits withMaxConcurrentCalls(int count) {
      positive("maxConcurrentCalls", count);
      return new RouteLimits(
          requestsPerMinute, tokensPerMinute, adaptive, Optional.of(count), throttle, breaker);
    }

    private static void positive(String field, int count) {
      if (count < 1) {
        throw new IllegalArgumentException(field + " must be at least 1, was " + count);
      }
    }

    @Override
    public String toString() {
      List<String> all = new ArrayList<>();
      requestsPerMinute.ifPresent(count -> all.add(count + " requests a minute"));
      tokensPerMinute.ifPresent(count -> all.add(count + " tokens a minute"));
      adaptive.ifPresent(count -> all.add("at most " + count + " at a time, adapted"));
      maxConcurrentCalls.ifPresent(count -> all.add(count + " at a time"));
      return all.isEmpty() ? "no limits" : String.join(", ", all);
    }
  }

  /**
   * Creates a traffic control.
   *
   * @param timer the clock
   * @param random the source of jitter; safe for use by many threads
   * @param limits the limits of routes without their own
   */
  public TrafficControl(Timer timer, RandomGenerator random, RouteLimits limits) {
    this.timer = timer;
    this.random = random;
    this.limits = limits;
  }

  /**
   * Creates a traffic control that clients can share: with the clock of the system, without limits,
   * with breakers and the retry throttle.
   *
   * @return a new traffic control
   */
  public static TrafficControl create() {
    return by(Timer.system(), RouteLimits.DEFAULT);
  }

  /**
   * Creates a traffic control with random jitter.
   *
   * @param timer the clock
   * @param limits the limits of routes without their own
   * @return a new traffic control
   */
  public static TrafficControl by(Timer timer, RouteLimits limits) {
    return new TrafficControl(timer, () -> ThreadLocalRandom.current().nextLong(), limits);
  }

  /**
   * The number of calls in each state.
   *
   * @param inFlight requests in flight
   * @param queued calls that wait for a pause, a limit, a breaker or concurrency
   * @param retrying calls that wait before the next attempt
   * @param maxPause the remaining time of the longest pause of a route
   */
  public record State(int inFlight, int queued, int retrying, Optional<Duration> maxPause) {}

  /**
   * The current state.
   *
   * @return a snapshot
   */
  public State state() {
    Optional<Duration> max =
        gates.values().stream()
            .map(RouteGate::remainingPause)
            .flatMap(Optional::stream)
            .max(Duration::compareTo);
    return new State(inFlight.get(), queued.get(), retrying.get(), max);
  }

  private TrafficSnapshot snapshot() {
    return new TrafficSnapshot(
        inFlight.get(),
        queued.get(),
        retrying.get(),
        gates.values().stream().map(RouteGate::snapshot).toList());
  }

  /**
   * Limits the requests in flight to one server.
   *
   * @param base its base address
   * @param concurrency at least 1; the first limit that is set stays
   */
  public void limitConcurrency(URI base, int concurrency) {
    servers.computeIfAbsent(base, b -> new Semaphore(concurrency, true));
  }

  /**
   * Sets the limits of one route.
   *
   * @param route the route
   * @param own its limits; the first that are set stay
   */
  public void setLimits(Route route, RouteLimits own) {
    limitsByRoute.putIfAbsent(route, own);
  }

  /**
   * Sets the limits of all routes with one key at one server; each model has them for itself.
   *
   * @param base the base URL of the server
   * @param keyName the name of the key
   * @param own their limits
   * @throws IllegalStateException if they have other limits already
   */
  public void setLimits(URI base, String keyName, RouteLimits own) {
    RouteLimits before = accountLimits.putIfAbsent(new Account(base, keyName), own);
    if (before != null && !before.equals(own)) {
      throw new IllegalStateException(
          "two clients of one traffic control have other limits for the key "
              + keyName
              + " at "
              + base
              + ": "
              + before
              + " and "
              + own
              + "; give them the same limits, or each key a keyName of its own");
    }
  }

  private record Account(URI base, String keyName) {}

  /**
   * Sets the limits of all routes to a resource that use no key, whatever their server.
   *
   * @param resource the resource of the routes
   * @param own their limits; the first that are set stay
   */
  public void setKeylessLimits(String resource, RouteLimits own) {
    keylessLimits.putIfAbsent(resource, own);
  }

  /**
   * The limits of routes without their own.
   *
   * @return the default limits
   */
  public RouteLimits limits() {
    return limits;
  }

  Timer timer() {
    return timer;
  }

  TrafficMetrics metrics() {
    return metrics;
  }

  RouteLimits limits(Route route) {
    RouteLimits others =
        route.keyName().isEmpty()
            ? keylessLimits.getOrDefault(route.resource(), limits)
            : accountLimits.getOrDefault(new Account(route.base(), route.keyName()), limits);
    return limitsByRoute.getOrDefault(route, others);
  }

  /** A random duration from zero to a maximum. */
  Duration randomPart(Duration max) {
    long nanos = max.toNanos();
    return nanos <= 0 ? Duration.ZERO : Duration.ofNanos(random.nextLong(nanos + 1));
  }

  /** Pauses a route: nothing is sent on it before the time is over. */
  void pause(Route route, Duration time) {
    gate(route).pauseFor(time);
  }

  /** Pauses a route for a time that its server named; see {@link RouteGate#pauseAsNamed}. */
  Duration pauseAsNamed(Route route, Duration named, Duration most, long sent) {
    return gate(route).pauseAsNamed(named, most, sent);
  }

  /** Whether a failed attempt on this route may be retried. */
  boolean allowsRetry(Route route, WaitMode waiting) {
    if (!limits(route).throttle()) {
      return true;
    }
    RouteGate gate = gate(route);
    // A bulk run loses no row to an outage: it waits for the breaker instead.
    return (waiting == WaitMode.UNBOUNDED && gate.hasBreaker()) || gate.allowsRetry();
  }

  /** Whether the route has an adaptive limiter, so that throttling needs no pause. */
  boolean isAdaptive(Route route) {
    return gate(route).isAdaptive();
  }

  /** Waits before the next attempt, visible in {@link #state()}. */
  void backOff(Duration time) throws InterruptedException {
    retrying.incrementAndGet();
    waiting.add(Thread.currentThread());
    try {
      timer.pause(time);
    } finally {
      endWait();
      retrying.decrementAndGet();
    }
  }

  /** A wait for something other than a route. */
  interface Wait<T> {
    T await() throws InterruptedException;
  }

  /** Waits for something other than a route, visible to {@link #interruptIfWaiting}. */
  <T> T whileWaiting(Wait<T> wait) throws InterruptedException {
    waiting.add(Thread.currentThread());
    try {
      return wait.await();
    } finally {
      endWait();
    }
  }

  /**
   * Interrupts a thread if its call waits for a pause, a limit, concurrency or the next attempt. A
   * thread with a request in flight is not interrupted.
   *
   * @param thread a thread that may be in a call
   */
  public void interruptIfWaiting(Thread thread) {
    synchronized (waiting) {
      if (waiting.contains(thread)) {
        thread.interrupt();
      }
    }
  }

  // Interrupting holds the same lock: a thread that no longer waits is not interrupted.
  private void endWait() {
    synchronized (waiting) {
      waiting.remove(Thread.currentThread());
    }
  }

  /** The decision of a gate. */
  sealed interface Admission {
    /** The request may be sent. */
    record Granted(RouteGate.Permit permit, WaitTimes waits) implements Admission {}

    /** The request may not be sent. */
    record Refused(AttemptResult.NotPermitted result, WaitTimes waits) implements Admission {}
  }

  /** Waits in the queue of a route until its request may be sent, or returns why it may not. */
  Admission admit(Route route, long weight, Deadline deadline, WaitMode mode)
      throws InterruptedException {
    queued.incrementAndGet();
    waiting.add(Thread.currentThread());
    try {
      Semaphore server = servers.get(route.base());
      Duration waited = Duration.ZERO;
      if (server != null && !server.tryAcquire(0, TimeUnit.NANOSECONDS)) {
        long begin = timer.nanos();
        boolean acquired = acquire(server, deadline, mode);
        waited = Duration.ofNanos(timer.nanos() - begin);
        if (!acquired) {
          return new Admission.Refused(
              new AttemptResult.NotPermitted(WaitReason.CONCURRENCY, Duration.ZERO),
              WaitTimes.NONE.plus(WaitReason.CONCURRENCY, waited));
        }
      }
      return withServerWait(waited, admitAtGate(route, weight, deadline, mode, server));
    } finally {
      endWait();
      queued.decrementAndGet();
    }
  }

  private Admission withServerWait(Duration waited, Admission admission) {
    return switch (admission) {
      case Admission.Granted yes -> {
        inFlight.incrementAndGet();
        yield new Admission.Granted(yes.permit(), yes.waits().plus(WaitReason.CONCURRENCY, waited));
      }
      case Admission.Refused no ->
          new Admission.Refused(no.result(), no.waits().plus(WaitReason.CONCURRENCY, waited));
    };
  }

  /** Ends a request that was admitted. */
  void leave(Route route) {
    inFlight.decrementAndGet();
    Semaphore server = servers.get(route.base());
    if (server != null) {
      server.release();
    }
  }

  private Admission admitAtGate(
      Route route, long weight, Deadline deadline, WaitMode waiting, @Nullable Semaphore server)
      throws InterruptedException {
    boolean granted = false;
    try {
      Admission admission = gate(route).admit(weight, deadline, waiting);
      granted = admission instanceof Admission.Granted;
      return admission;
    } finally {
      if (!granted && server != null) {
        server.release();
      }
    }
  }

  private static boolean acquire(Semaphore server, Deadline deadline, WaitMode waiting)
      throws InterruptedException {
    if (waiting == WaitMode.UNBOUNDED) {
      server.acquire();
      return true;
    }
    return server.tryAcquire(Math.max(0, deadline.remaining().toNanos()), TimeUnit.NANOSECONDS);
  }

  int routes() {
    return gates.size();
  }

  private RouteGate gate(Route route) {
    RouteGate gate = gates.get(route);
    if (gate != null) {
      return gate;
    }
    if (gates.size() >= MAX_IDLE_GATES) {
      long moment = timer.nanos() - IDLE_TIME.toNanos();
      gates.values().removeIf(each -> each.idleSince(moment));
    }
    return gates.computeIfAbsent(route, r -> new RouteGate(r, this));
  }
}
