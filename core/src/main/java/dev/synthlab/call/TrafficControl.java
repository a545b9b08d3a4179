package dev.synthlab.call;

import dev.synthlab.call.AttemptResult.NotPermitted.Reason;
import dev.synthlab.call.CallPolicy.WaitMode;
import dev.synthlab.spans.Metrics;
import dev.synthlab.spans.TrafficSnapshot;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;

/**
 * What all calls of the process know of each other: limits, pauses, breakers and budgets of every
 * route, how many calls a server takes at once, how many are under way. Safe for use by many
 * threads.
 */
public final class TrafficControl {
  private static final int MANY_LANES = 1_000;
  private static final Duration IDLE = Duration.ofMinutes(10);

  private final Timer timer;
  private final RandomGenerator random;
  private final RouteLimits rules;
  private final Map<Route, RouteGate> gates = new ConcurrentHashMap<>();
  private final Map<Route, RouteLimits> governed = new ConcurrentHashMap<>();
  private final Map<String, RouteLimits> keyless = new ConcurrentHashMap<>();
  private final Map<URI, Semaphore> places = new ConcurrentHashMap<>();
  private final AtomicInteger inFlight = new AtomicInteger();
  private final AtomicInteger held = new AtomicInteger();
  private final AtomicInteger retrying = new AtomicInteger();
  private final Set<Thread> waiting = ConcurrentHashMap.newKeySet();
  private final TrafficSnapshot.Source measured = this::snapshot;

  /**
   * What holds for every route.
   *
   * @param requestsPerMinute most requests a minute
   * @param tokensPerMinute most tokens a minute
   * @param adaptive at most so many in flight, while it is found out what the server bears
   * @param throttle whether repetitions have a budget
   * @param breaker whether a route that fails all the time is left alone a while
   */
  public record RouteLimits(
      Optional<Integer> requestsPerMinute,
      Optional<Integer> tokensPerMinute,
      Optional<Integer> adaptive,
      boolean throttle,
      boolean breaker) {
    /** No limits; throttle and breaker are on. */
    public static final RouteLimits DEFAULT =
        new RouteLimits(Optional.empty(), Optional.empty(), Optional.empty(), true, true);
  }

  /**
   * Traffic of its own.
   *
   * @param timer the time it lives by
   * @param random where jitter comes from; safe for many threads
   * @param rules what holds for every route
   */
  public TrafficControl(Timer timer, RandomGenerator random, RouteLimits rules) {
    this.timer = timer;
    this.random = random;
    this.rules = rules;
    Metrics.watch(measured);
  }

  /**
   * Traffic of its own, with the jitter of the running thread.
   *
   * @param timer the time it lives by
   * @param rules what holds for every route
   * @return new traffic
   */
  public static TrafficControl by(Timer timer, RouteLimits rules) {
    return new TrafficControl(timer, () -> ThreadLocalRandom.current().nextLong(), rules);
  }

  /**
   * How things stand.
   *
   * @param inFlight requests sent and not yet ended
   * @param held calls that wait for a pause, a limit or a place
   * @param retrying calls that wait to be tried again
   * @param maxPause what is left of the longest pause a server asked for
   */
  public record State(int inFlight, int held, int retrying, Optional<Duration> maxPause) {}

  /**
   * How things stand now.
   *
   * @return a picture of the moment
   */
  public State state() {
    Optional<Duration> max =
        gates.values().stream()
            .map(RouteGate::pauseLeft)
            .flatMap(Optional::stream)
            .max(Duration::compareTo);
    return new State(inFlight.get(), held.get(), retrying.get(), max);
  }

  private TrafficSnapshot snapshot() {
    return new TrafficSnapshot(
        inFlight.get(),
        held.get(),
        retrying.get(),
        gates.values().stream().map(RouteGate::snapshot).toList());
  }

  /**
   * Bounds the requests under way to one server.
   *
   * @param base its base address
   * @param concurrency at least 1; the first bound stays
   */
  public void limitConcurrency(URI base, int concurrency) {
    places.computeIfAbsent(base, b -> new Semaphore(concurrency, true));
  }

  /**
   * Gives a route rules of its own.
   *
   * @param route whose
   * @param own what holds for it in place of what holds for every route; the first rules stay
   */
  public void setLimits(Route route, RouteLimits own) {
    governed.putIfAbsent(route, own);
  }

  /**
   * Gives the routes that bear no key rules of their own, wherever they lead.
   *
   * @param resource what is asked for by them
   * @param own what holds in place of what holds for every route; the first rules stay
   */
  public void setKeylessLimits(String resource, RouteLimits own) {
    keyless.putIfAbsent(resource, own);
  }

  /**
   * What holds for every route that has no rules of its own.
   *
   * @return the rules
   */
  public RouteLimits rules() {
    return rules;
  }

  Timer timer() {
    return timer;
  }

  RouteLimits rules(Route route) {
    RouteLimits others =
        route.keyName().isEmpty() ? keyless.getOrDefault(route.resource(), rules) : rules;
    return governed.getOrDefault(route, others);
  }

  /** A random part of a time, from nothing to all of it. */
  Duration randomPart(Duration max) {
    long nanos = max.toNanos();
    return nanos <= 0 ? Duration.ZERO : Duration.ofNanos(random.nextLong(nanos + 1));
  }

  /** Nobody sends on this route before the time is over. */
  void pause(Route route, Duration time) {
    gate(route).pauseUntil(time);
  }

  /** Whether a failed call on this route may be repeated. */
  boolean allowsARetry(Route route, WaitMode waiting) {
    if (!rules(route).throttle()) {
      return true;
    }
    RouteGate gate = gate(route);
    // A bulk run loses no row to an outage: its breaker holds it back instead.
    return (waiting == WaitMode.UNBOUNDED && gate.hasBreaker()) || gate.allowsARetry();
  }

  /** Whether the route finds its own pace, so that a refusal needs no pause. */
  boolean paced(Route route) {
    return gate(route).paced();
  }

  /** Waits before a repetition, seen by {@link #state()}. */
  void backOff(Duration time) throws InterruptedException {
    retrying.incrementAndGet();
    waiting.add(Thread.currentThread());
    try {
      timer.pause(time);
    } finally {
      waitedEnough();
      retrying.decrementAndGet();
    }
  }

  /** What a call waits for besides. */
  interface Wait<T> {
    T over() throws InterruptedException;
  }

  /** Waits for something that is not the traffic's, seen by {@link #interruptIfWaiting}. */
  <T> T whileWaiting(Wait<T> something) throws InterruptedException {
    waiting.add(Thread.currentThread());
    try {
      return something.over();
    } finally {
      waitedEnough();
    }
  }

  /**
   * Interrupts a thread whose call waits for a pause, a limit, a place or another try; one whose
   * request is under way goes on.
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

  // Whoever interrupts holds the same lock: nobody is interrupted who waits no more.
  private void waitedEnough() {
    synchronized (waiting) {
      waiting.remove(Thread.currentThread());
    }
  }

  /** What the gate says. */
  sealed interface Admission {
    /** The request may go out. */
    record Granted(RouteGate.Permit permit, WaitTimes held) implements Admission {}

    /** It may not. */
    record Refused(AttemptResult.NotPermitted reason, WaitTimes held) implements Admission {}
  }

  /** Waits until the route takes a request, in the order of coming, or says why it may not. */
  Admission admit(Route route, long weight, Deadline deadline, WaitMode manner)
      throws InterruptedException {
    held.incrementAndGet();
    waiting.add(Thread.currentThread());
    try {
      Semaphore server = places.get(route.base());
      Duration waited = Duration.ZERO;
      if (server != null && !server.tryAcquire(0, TimeUnit.NANOSECONDS)) {
        long begin = timer.nanos();
        boolean placed = placed(server, deadline, manner);
        waited = Duration.ofNanos(timer.nanos() - begin);
        if (!placed) {
          return new Admission.Refused(
              new AttemptResult.NotPermitted(Reason.PLACE, Duration.ZERO),
              WaitTimes.NONE.after(Reason.PLACE, waited));
        }
      }
      return after(waited, admitted(route, weight, deadline, manner, server));
    } finally {
      waitedEnough();
      held.decrementAndGet();
    }
  }

  private Admission after(Duration waited, Admission said) {
    return switch (said) {
      case Admission.Granted yes -> {
        inFlight.incrementAndGet();
        yield new Admission.Granted(yes.permit(), yes.held().after(Reason.PLACE, waited));
      }
      case Admission.Refused no ->
          new Admission.Refused(no.reason(), no.held().after(Reason.PLACE, waited));
    };
  }

  /** A request that was admitted has ended. */
  void left(Route route) {
    inFlight.decrementAndGet();
    Semaphore server = places.get(route.base());
    if (server != null) {
      server.release();
    }
  }

  private Admission admitted(
      Route route,
      long weight,
      Deadline deadline,
      WaitMode waiting,
      @org.jspecify.annotations.Nullable Semaphore server)
      throws InterruptedException {
    boolean granted = false;
    try {
      Admission said = gate(route).admit(weight, deadline, waiting);
      granted = said instanceof Admission.Granted;
      return said;
    } finally {
      if (!granted && server != null) {
        server.release();
      }
    }
  }

  private static boolean placed(Semaphore server, Deadline deadline, WaitMode waiting)
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
    if (gates.size() >= MANY_LANES) {
      long moment = timer.nanos() - IDLE.toNanos();
      gates.values().removeIf(each -> each.idleSince(moment));
    }
    return gates.computeIfAbsent(route, r -> new RouteGate(r, this));
  }
}
