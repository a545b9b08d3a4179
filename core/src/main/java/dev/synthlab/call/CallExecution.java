package dev.synthlab.call;

import dev.synthlab.call.AttemptResult.NotPermitted.Reason;
import dev.synthlab.call.CallPolicy.WaitMode;
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
final class CallExecution<T> {
  private static final Logger log = Logging.component("call");

  /** Shorter waits are not worth a span. */
  private static final Duration SEEN = Duration.ofMillis(10);

  private final CallLoop loop;
  private final Timer timer;
  private final Deadline deadline;
  private final Instant started;
  private final long begin;
  private final List<Attempt> attempts = new ArrayList<>();
  private final CallMetadata.Attribution scope = CallMetadata.Attribution.here();
  private Exchange<T> exchange;
  private Optional<Duration> firstText = Optional.empty();
  private Duration held = Duration.ZERO;
  private Backoff backoff;

  CallExecution(CallLoop loop, Exchange<T> exchange, Deadline deadline) {
    this.loop = loop;
    this.timer = loop.traffic.timer();
    this.exchange = exchange;
    this.deadline = deadline;
    this.started = timer.now();
    this.begin = timer.nanos();
    this.backoff = Backoff.of(loop.policy);
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
          case Verdict.ReplaceWith<T> next -> exchange = next.exchange();
          case Verdict.GiveUp<T> gaveUp -> over = Optional.of(gaveUp.fault());
          case Verdict.TryAgain<T> again -> over = rest(again);
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
          backoff = Backoff.of(loop.policy);
        });
    return other.isPresent();
  }

  private Verdict<T> attempt() throws InterruptedException {
    WaitMode waiting = loop.policy.waiting();
    return switch (loop.funds.pay(exchange, deadline, waiting, loop.traffic)) {
      case Funds.Answer.Refused no -> new Verdict.GiveUp<>(no.reason());
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

  private Verdict<T> admitted(Funds.Answer.Paid money, WaitMode waiting)
      throws InterruptedException {
    return switch (loop.traffic.admit(exchange.route(), exchange.weight(), deadline, waiting)) {
      case TrafficControl.Admission.Refused no -> {
        money.giveBack();
        heldBack(no.held());
        yield judged(no.reason());
      }
      case TrafficControl.Admission.Granted yes -> {
        heldBack(yes.held());
        if (waiting == WaitMode.UNBOUNDED) {
          deadline.excuse(yes.held().total());
        }
        yield sent(yes.permit(), money);
      }
    };
  }

  private void heldBack(WaitTimes waits) {
    if (waits.equals(WaitTimes.NONE)) {
      return;
    }
    held = held.plus(waits.total());
    Map<String, Duration> parts = new LinkedHashMap<>();
    waits.by().forEach((reason, time) -> parts.put(word(reason), time));
    parts.forEach(this::measured);
    if (waits.total().compareTo(SEEN) > 0) {
      Instant now = timer.now();
      Tracing.waited(
          waits.main().map(CallExecution::word).orElseThrow(),
          now.minus(waits.total()),
          now,
          parts);
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

  private Verdict<T> sent(RouteGate.Permit permit, Funds.Answer.Paid money)
      throws InterruptedException {
    Route route = exchange.route();
    AttemptSpan span = new AttemptSpan(exchange.request(), exchange.route(), attempts);
    AtomicReference<Spend> used = new AtomicReference<>(Spend.NONE);
    InFlightRequest lease =
        new InFlightRequest(
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
      AttemptResult result = event(lease, within);
      Verdict<T> verdict = judged(result);
      permit.judged(RouteSignal.of(fault(verdict)), headers(result));
      span.judged(result, fault(verdict));
      note(at, from, result, fault(verdict));
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

  private void accepted(
      T value, InFlightRequest lease, AtomicReference<Spend> used, Runnable settle) {
    if (!exchange.live()) {
      used.set(exchange.spend(value));
      return;
    }
    firstText = Optional.of(Duration.ofNanos(timer.nanos() - begin));
    lease.liveOn(
        loop.policy.timeout(),
        deadline,
        () -> {
          used.set(exchange.spend(value));
          settle.run();
          loop.observer.ended(report(used.get(), exchange.brokenBy(value), Optional.of(value)));
        });
  }

  private static <T> Optional<Fault> fault(Verdict<T> verdict) {
    return switch (verdict) {
      case Verdict.Accept<T> ok -> Optional.empty();
      case Verdict.TryAgain<T> again -> Optional.of(again.fault());
      case Verdict.ReplaceWith<T> next -> Optional.of(next.fault());
      case Verdict.GiveUp<T> over -> Optional.of(over.fault());
    };
  }

  private static Optional<Headers> headers(AttemptResult result) {
    return result instanceof AttemptResult.ResponseReceived answer
        ? Optional.of(answer.headers())
        : Optional.empty();
  }

  private AttemptResult event(InFlightRequest lease, Duration within) throws InterruptedException {
    long from = timer.nanos();
    try {
      Response response = loop.transport.send(exchange.request(), within);
      Duration left = within.minusNanos(timer.nanos() - from);
      InputStream body = lease.guard(response, left, within);
      if (exchange.transfers()) {
        lease.boundSilence(loop.policy.timeout(), deadline);
      }
      return new AttemptResult.ResponseReceived(response.status(), response.headers(), body);
    } catch (IOException e) {
      return new AttemptResult.TransportFailed(asTransport(e, Phase.EXCHANGE));
    }
  }

  private Verdict<T> judged(AttemptResult result) throws InterruptedException {
    try {
      return exchange.judge(result);
    } catch (IOException e) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      try {
        return exchange.judge(new AttemptResult.TransportFailed(asTransport(e, Phase.BODY)));
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

  private void note(Instant at, long from, AttemptResult result, Optional<Fault> fault) {
    OptionalInt status =
        result instanceof AttemptResult.ResponseReceived answer
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
  private Optional<Fault> rest(Verdict.TryAgain<T> again) throws InterruptedException {
    Fault fault = again.fault();
    boolean bulk = loop.policy.waiting() == WaitMode.UNBOUNDED;
    if (again.pause().isPresent()) {
      return held(fault, again.pause().get(), bulk);
    }
    if (bulk && fault.kind() == Kind.RATE_LIMITED) {
      // A route that finds its own pace has slowed down by now; others wait, all of them.
      return loop.traffic.paced(exchange.route())
          ? Optional.empty()
          : held(fault, backoff.pause(attempts.size()), true);
    }
    if (!backoff.mayFollow()) {
      return Optional.of(fault);
    }
    if (!loop.traffic.allowsARetry(exchange.route(), loop.policy.waiting())) {
      String why = "; not tried again: too many calls to " + exchange.route() + " fail (throttle)";
      return Optional.of(fault.as(fault.kind(), fault.message() + why));
    }
    Duration pause =
        onStaleConnection(fault) ? Duration.ZERO : loop.traffic.randomPart(backoff.pause());
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
        exchange.live()
            ? report(Spend.NONE, Optional.empty(), Optional.empty())
            : report(exchange.spend(value), Optional.empty(), Optional.of(value));
    if (!exchange.live()) {
      loop.observer.ended(report);
    }
    return new Outcome.Answered<>(value, report);
  }

  private Outcome<T> failed(Fault fault) {
    CallReport report = report(Spend.NONE, Optional.of(fault), Optional.empty());
    loop.observer.ended(report);
    return new Outcome.Failed<>(CallException.of(fault, report), report);
  }

  private CallReport report(Spend spend, Optional<Fault> fault, Optional<T> value) {
    Duration elapsed = Duration.ofNanos(timer.nanos() - begin);
    CallMetadata metadata = new CallMetadata(exchange.purpose(), scope, said(value));
    return new CallReport(
        exchange.route(), started, elapsed, held, attempts, spend, fault, metadata);
  }

  private CallMetadata.AnswerMetadata said(Optional<T> value) {
    CallMetadata.AnswerMetadata said =
        value
            .map(exchange::said)
            .orElse(CallMetadata.AnswerMetadata.NOTHING)
            .withFirstText(firstText);
    return loop.observer.wantsTexts()
        ? exchange.texts(value).map(said::withTexts).orElse(said)
        : said;
  }
}
