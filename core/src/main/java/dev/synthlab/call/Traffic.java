package dev.synthlab.call;

import dev.synthlab.call.CallPolicy.Waiting;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;

/**
 * What all calls of the process know of each other: which routes are paused, how many calls a
 * server takes at once, how many are under way. Safe for use by many threads.
 */
public final class Traffic {
  private static final Duration MOST_JITTER = Duration.ofSeconds(3);

  private final Timer timer;
  private final RandomGenerator random;
  private final Map<Route, AtomicLong> pauses = new ConcurrentHashMap<>();
  private final Map<URI, Semaphore> places = new ConcurrentHashMap<>();
  private final AtomicInteger inFlight = new AtomicInteger();
  private final AtomicInteger held = new AtomicInteger();
  private final AtomicInteger retrying = new AtomicInteger();

  /**
   * Traffic of its own.
   *
   * @param timer the time it lives by
   * @param random where jitter comes from; safe for many threads
   */
  public Traffic(Timer timer, RandomGenerator random) {
    this.timer = timer;
    this.random = random;
  }

  /**
   * Traffic of its own, with the jitter of the running thread.
   *
   * @param timer the time it lives by
   * @return new traffic
   */
  public static Traffic by(Timer timer) {
    return new Traffic(timer, () -> ThreadLocalRandom.current().nextLong());
  }

  /**
   * How things stand.
   *
   * @param inFlight requests sent and not yet ended
   * @param held calls that wait for a pause or a place
   * @param retrying calls that wait to be tried again
   * @param longestPause what is left of the longest pause a server asked for
   */
  public record State(int inFlight, int held, int retrying, Optional<Duration> longestPause) {}

  /**
   * How things stand now.
   *
   * @return a picture of the moment
   */
  public State state() {
    long now = timer.nanos();
    Optional<Duration> longest =
        pauses.values().stream()
            .map(until -> Duration.ofNanos(until.get() - now))
            .filter(Duration::isPositive)
            .max(Duration::compareTo);
    return new State(inFlight.get(), held.get(), retrying.get(), longest);
  }

  /**
   * Bounds the requests under way to one server.
   *
   * @param base its base address
   * @param atOnce at least 1; the first bound stays
   */
  public void bound(URI base, int atOnce) {
    places.computeIfAbsent(base, b -> new Semaphore(atOnce, true));
  }

  Timer timer() {
    return timer;
  }

  /** A random part of a time, from nothing to all of it. */
  Duration randomPart(Duration most) {
    long nanos = most.toNanos();
    return nanos <= 0 ? Duration.ZERO : Duration.ofNanos(random.nextLong(nanos + 1));
  }

  /** Nobody sends on this route before the time is over. */
  void pause(Route route, Duration time) {
    long until = timer.nanos() + time.toNanos();
    pauses
        .computeIfAbsent(route, r -> new AtomicLong(until))
        .accumulateAndGet(until, (a, b) -> a - b > 0 ? a : b);
  }

  /** Waits before a repetition, seen by {@link #state()}. */
  void backOff(Duration time) throws InterruptedException {
    retrying.incrementAndGet();
    try {
      timer.pause(time);
    } finally {
      retrying.decrementAndGet();
    }
  }

  /** What the gate says. */
  sealed interface Admission {
    /** The request may go out; {@code leave} is run when it has ended. */
    record Granted(Runnable leave, Duration held) implements Admission {}

    /** It may not. */
    record Refused(Event.Withheld why, Duration held) implements Admission {}
  }

  /** Waits until the route takes a request, in the order of coming, or says why it may not. */
  Admission admit(Route route, Deadline deadline, Waiting waiting) throws InterruptedException {
    long begin = timer.nanos();
    held.incrementAndGet();
    try {
      while (true) {
        Optional<Duration> pause = pauseLeft(route);
        if (pause.isPresent()) {
          if (waiting == Waiting.WITHIN_DEADLINE
              && pause.get().compareTo(deadline.remaining()) >= 0) {
            return refused(Event.Withheld.Reason.PAUSE, pause.get(), begin);
          }
          timer.pause(pause.get().plus(jitter(pause.get())));
          continue;
        }
        Optional<Semaphore> gate = Optional.ofNullable(places.get(route.base()));
        if (gate.isPresent() && !entered(gate.get(), deadline, waiting)) {
          return refused(Event.Withheld.Reason.LIMIT, Duration.ZERO, begin);
        }
        if (pauseLeft(route).isPresent()) { // asked for while this call waited for its place
          gate.ifPresent(Semaphore::release);
          continue;
        }
        inFlight.incrementAndGet();
        return new Admission.Granted(() -> left(gate), since(begin));
      }
    } finally {
      held.decrementAndGet();
    }
  }

  private void left(Optional<Semaphore> gate) {
    inFlight.decrementAndGet();
    gate.ifPresent(Semaphore::release);
  }

  private static boolean entered(Semaphore gate, Deadline deadline, Waiting waiting)
      throws InterruptedException {
    if (waiting == Waiting.AS_LONG_AS_IT_TAKES) {
      gate.acquire();
      return true;
    }
    return gate.tryAcquire(Math.max(0, deadline.remaining().toNanos()), TimeUnit.NANOSECONDS);
  }

  private Optional<Duration> pauseLeft(Route route) {
    AtomicLong until = pauses.get(route);
    if (until == null) {
      return Optional.empty();
    }
    return Optional.of(Duration.ofNanos(until.get() - timer.nanos())).filter(Duration::isPositive);
  }

  // Everybody who waited would come back in the same instant.
  private Duration jitter(Duration pause) {
    Duration tenth = pause.dividedBy(10);
    return randomPart(tenth.compareTo(MOST_JITTER) < 0 ? tenth : MOST_JITTER);
  }

  private Admission refused(Event.Withheld.Reason reason, Duration pause, long begin) {
    return new Admission.Refused(new Event.Withheld(reason, pause), since(begin));
  }

  private Duration since(long begin) {
    return Duration.ofNanos(timer.nanos() - begin);
  }
}
