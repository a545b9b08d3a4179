package dev.synthlab.call;

import dev.synthlab.call.CallPolicy.Waiting;
import dev.synthlab.call.Event.Withheld.Reason;
import dev.synthlab.call.Fault.Kind;
import dev.synthlab.http.Headers;
import dev.synthlab.http.Response;
import dev.synthlab.http.TransportException;
import dev.synthlab.http.TransportException.Phase;
import dev.synthlab.logging.Logging;
import dev.synthlab.spans.Metrics;
import dev.synthlab.spans.Tracing;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;

/** The course of one call. For one thread. */
final class Course<T> {
  private static final Logger log = Logging.component("call");

  /** Shorter waits are not worth a span. */
  private static final Duration SEEN = Duration.ofMillis(10);

  private final CallLoop loop;
  private final Timer timer;
  private final Deadline deadline;
  private final Instant started;
  private final long begin;
  private final List<Attempt> attempts = new ArrayList<>();
  private Exchange<T> exchange;
  private Duration held = Duration.ZERO;
  private Tries tries;

  Course(CallLoop loop, Exchange<T> exchange, Deadline deadline) {
    this.loop = loop;
    this.timer = loop.traffic.timer();
    this.exchange = exchange;
    this.deadline = deadline;
    this.started = timer.now();
    this.begin = timer.nanos();
    this.tries = Tries.of(loop.policy);
  }

  /** Loads the class: virtual threads that wait for that pin their carriers. */
  static void load() {
    log.trace("the call loop is loaded");
  }

  Outcome<T> run() {
    try {
      while (true) {
        Optional<Fault> over = Optional.empty();
        switch (attempt()) {
          case Verdict.Accept<T> ok -> {
            return answered(ok.value());
          }
          case Verdict.Next<T> next -> exchange = next.exchange();
          case Verdict.GiveUp<T> gaveUp -> over = Optional.of(gaveUp.fault());
          case Verdict.Again<T> again -> over = rest(again);
        }
        if (over.isPresent() && !goesElsewhere(over.get())) {
          return failed(over.get());
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return failed(
          Fault.of(Kind.CANCELLED, "the call to " + exchange.route() + " was interrupted"));
    }
  }

  private boolean goesElsewhere(Fault fault) {
    if (!deadline.remaining().isPositive()) {
      return false;
    }
    Optional<Exchange<T>> other = exchange.fallback(fault);
    other.ifPresent(
        next -> {
          log.info(
              "{} cannot answer, {} is asked: {}", exchange.route(), next.route(), fault.message());
          exchange = next;
          tries = Tries.of(loop.policy);
        });
    return other.isPresent();
  }

  private Verdict<T> attempt() throws InterruptedException {
    Waiting waiting = loop.policy.waiting();
    return switch (loop.funds.pay(exchange, deadline, waiting, loop.traffic)) {
      case Funds.Answer.Refused no -> new Verdict.GiveUp<>(no.why());
      case Funds.Answer.Paid money -> {
        try {
          yield admitted(money, waiting);
        } catch (InterruptedException | RuntimeException | Error e) {
          money.giveBack();
          throw e;
        }
      }
    };
  }

  private Verdict<T> admitted(Funds.Answer.Paid money, Waiting waiting)
      throws InterruptedException {
    return switch (loop.traffic.admit(exchange.route(), exchange.weight(), deadline, waiting)) {
      case Traffic.Admission.Refused no -> {
        money.giveBack();
        heldBack(no.held());
        yield judged(no.why());
      }
      case Traffic.Admission.Granted yes -> {
        heldBack(yes.held());
        if (waiting == Waiting.AS_LONG_AS_IT_TAKES) {
          deadline.excuse(yes.held().total());
        }
        yield sent(yes.permit(), money);
      }
    };
  }

  private void heldBack(Holds holds) {
    if (holds == Holds.NONE) {
      return;
    }
    held = held.plus(holds.total());
    Map<String, Duration> parts = new LinkedHashMap<>();
    holds.by().forEach((reason, time) -> parts.put(word(reason), time));
    parts.forEach(this::measured);
    if (holds.total().compareTo(SEEN) > 0) {
      Instant now = timer.now();
      Tracing.waited(
          holds.main().map(Course::word).orElseThrow(), now.minus(holds.total()), now, parts);
    }
  }

  private static String word(Reason reason) {
    return switch (reason) {
      case PAUSE -> "pause";
      case LIMIT -> "limit";
      case BREAKER -> "breaker";
      case PLACE -> "place";
    };
  }

  private void measured(String reason, Duration time) {
    Metrics.waited(exchange.route().server(), exchange.route().resource(), reason, time);
  }

  private Verdict<T> sent(Lane.Permit permit, Funds.Answer.Paid money) throws InterruptedException {
    Route route = exchange.route();
    AttemptSpan span = new AttemptSpan(exchange.request(), exchange.route(), attempts);
    AtomicReference<Spend> used = new AtomicReference<>(Spend.NONE);
    Lease lease =
        new Lease(
            timer,
            () -> {
              permit.leave();
              loop.traffic.left(route);
              span.end();
            });
    Runnable settle =
        () -> {
          permit.settle(used.get());
          money.settle(used.get());
        };
    boolean goesOn = false;
    Instant at = timer.now();
    long from = timer.nanos();
    try {
      Duration left = deadline.remaining();
      if (!left.isPositive()) {
        return new Verdict.GiveUp<>(overdue());
      }
      Duration within = left.compareTo(loop.policy.timeout()) < 0 ? left : loop.policy.timeout();
      Event event = event(lease, within);
      Verdict<T> verdict = judged(event);
      permit.judged(Sign.of(fault(verdict)), headers(event));
      span.judged(event, fault(verdict));
      note(at, from, event, fault(verdict));
      if (verdict instanceof Verdict.Accept<T> ok) {
        goesOn = exchange.live();
        accepted(ok.value(), lease, used, settle);
      }
      return verdict;
    } finally {
      if (!goesOn) {
        lease.end(); // the body was read and closed before anybody knew what it had cost
        settle.run();
        span.close();
      }
    }
  }

  private void accepted(T value, Lease lease, AtomicReference<Spend> used, Runnable settle) {
    if (!exchange.live()) {
      used.set(exchange.spend(value));
      return;
    }
    lease.liveOn(
        loop.policy.timeout(),
        deadline,
        () -> {
          used.set(exchange.spend(value));
          settle.run();
          ended(used.get());
        });
  }

  private static <T> Optional<Fault> fault(Verdict<T> verdict) {
    return switch (verdict) {
      case Verdict.Accept<T> ok -> Optional.empty();
      case Verdict.Again<T> again -> Optional.of(again.fault());
      case Verdict.Next<T> next -> Optional.of(next.fault());
      case Verdict.GiveUp<T> over -> Optional.of(over.fault());
    };
  }

  private static Optional<Headers> headers(Event event) {
    return event instanceof Event.Arrived answer ? Optional.of(answer.headers()) : Optional.empty();
  }

  private Event event(Lease lease, Duration within) throws InterruptedException {
    long from = timer.nanos();
    try {
      Response response = loop.transport.send(exchange.request(), within);
      Duration left = within.minusNanos(timer.nanos() - from);
      InputStream body = lease.guard(response, left, within);
      if (exchange.transfers()) {
        lease.boundSilence(loop.policy.timeout(), deadline);
      }
      return new Event.Arrived(response.status(), response.headers(), body);
    } catch (IOException e) {
      return new Event.Broken(asTransport(e, Phase.EXCHANGE));
    }
  }

  private Verdict<T> judged(Event event) throws InterruptedException {
    try {
      return exchange.judge(event);
    } catch (IOException e) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      try {
        return exchange.judge(new Event.Broken(asTransport(e, Phase.BODY)));
      } catch (IOException impossible) {
        throw new IllegalStateException("a broken event has no body to read", impossible);
      }
    }
  }

  private static TransportException asTransport(IOException e, Phase phase) {
    return e instanceof TransportException known
        ? known
        : new TransportException(phase, false, String.valueOf(e.getMessage()), e);
  }

  private void note(Instant at, long from, Event event, Optional<Fault> fault) {
    OptionalInt status =
        event instanceof Event.Arrived answer
            ? OptionalInt.of(answer.status())
            : OptionalInt.empty();
    Duration took = Duration.ofNanos(timer.nanos() - from);
    attempts.add(
        new Attempt(attempts.size() + 1, exchange.route(), at, took, status, fault, Duration.ZERO));
    Metrics.attempted(
        exchange.route().server(),
        exchange.route().resource(),
        fault.map(each -> each.kind().code()).orElse("answered"),
        status);
    log.debug(
        "attempt {} on {}: {} in {} ms",
        attempts.size(),
        exchange.route(),
        fault.map(Fault::message).orElse("answered"),
        took.toMillis());
  }

  /** Waits before the next attempt, or says why there is none. */
  private Optional<Fault> rest(Verdict.Again<T> again) throws InterruptedException {
    Fault fault = again.fault();
    boolean bulk = loop.policy.waiting() == Waiting.AS_LONG_AS_IT_TAKES;
    if (again.pause().isPresent()) {
      return held(fault, again.pause().get(), bulk);
    }
    if (bulk && fault.kind() == Kind.RATE_LIMITED) {
      // A route that finds its own pace has slowed down by now; others wait, all of them.
      return loop.traffic.paced(exchange.route())
          ? Optional.empty()
          : held(fault, tries.pause(attempts.size()), true);
    }
    if (!tries.mayFollow()) {
      return Optional.of(fault);
    }
    if (!loop.traffic.allowsARetry(exchange.route(), loop.policy.waiting())) {
      String why = "; not tried again: too many calls to " + exchange.route() + " fail (throttle)";
      return Optional.of(fault.as(fault.kind(), fault.message() + why));
    }
    Duration pause =
        onStaleConnection(fault) ? Duration.ZERO : loop.traffic.randomPart(tries.pause());
    // A pause that outlives the deadline cannot end in an answer: fail now, not later.
    if (pause.compareTo(deadline.remaining()) >= 0) {
      return Optional.of(deadline.remaining().isPositive() ? fault : overdue(fault));
    }
    waited(pause);
    Instant from = timer.now();
    loop.traffic.backOff(pause);
    if (pause.isPositive()) {
      measured("backoff", pause);
      Tracing.waited("backoff", from, timer.now(), Map.of());
    }
    return Optional.empty();
  }

  /** The whole route waits; the gate holds this call with the others. */
  private Optional<Fault> held(Fault fault, Duration pause, boolean bulk) {
    loop.traffic.pause(exchange.route(), pause);
    if (!bulk && pause.compareTo(deadline.remaining()) >= 0) {
      return Optional.of(fault);
    }
    log.info("{} asked to wait {} ms; every call to it waits", exchange.route(), pause.toMillis());
    waited(pause);
    return Optional.empty();
  }

  private void waited(Duration pause) {
    Attempt last = attempts.removeLast();
    attempts.add(
        new Attempt(
            last.number(),
            last.route(),
            last.started(),
            last.took(),
            last.status(),
            last.fault(),
            pause));
  }

  // The server may have closed a connection that lay idle: nothing speaks against trying a new one.
  private static boolean onStaleConnection(Fault fault) {
    return fault.cause().orElse(null) instanceof TransportException broken
        && broken.reusedConnection();
  }

  private Fault overdue() {
    return attempts.isEmpty()
        ? Fault.of(
            Kind.DEADLINE_EXCEEDED,
            "the deadline of " + seconds() + " s was over before a request was sent")
        : overdue(attempts.getLast().fault().orElseThrow());
  }

  private Fault overdue(Fault last) {
    return last.as(
        Kind.DEADLINE_EXCEEDED,
        "the deadline of " + seconds() + " s was over; last: " + last.message());
  }

  private double seconds() {
    return deadline.given().toMillis() / 1000.0;
  }

  private Outcome<T> answered(T value) {
    CallReport report =
        report(exchange.live() ? Spend.NONE : exchange.spend(value), Optional.empty());
    if (!exchange.live()) {
      loop.observer.ended(report);
    }
    return new Outcome.Answered<>(value, report);
  }

  private void ended(Spend spend) {
    loop.observer.ended(report(spend, Optional.empty()));
  }

  private Outcome<T> failed(Fault fault) {
    CallReport report = report(Spend.NONE, Optional.of(fault));
    loop.observer.ended(report);
    return new Outcome.Failed<>(CallException.of(fault, report), report);
  }

  private CallReport report(Spend spend, Optional<Fault> fault) {
    Duration elapsed = Duration.ofNanos(timer.nanos() - begin);
    return new CallReport(exchange.route(), started, elapsed, held, attempts, spend, fault);
  }
}
