package dev.synthlab.call;

import dev.synthlab.call.CallPolicy.WaitMode;
import dev.synthlab.call.Fault.Kind;
import dev.synthlab.config.Secret;
import dev.synthlab.http.Headers;
import dev.synthlab.http.Request;
import dev.synthlab.http.Response;
import dev.synthlab.http.TransportException;
import dev.synthlab.http.TransportException.Phase;
import dev.synthlab.logging.Logging;
import dev.synthlab.spans.Telemetry;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import org.slf4j.Logger;

/** The state of one call: its attempts, waits and fallbacks. For one thread. */
final class CallExecution<T> {
  private static final Logger log = Logging.component("call");
  private static final int UNAUTHORIZED = 401;

  private final CallLoop loop;
  private final ActiveCalls.Call call;
  private final Telemetry telemetry;
  private final Timer timer;
  private final Deadline deadline;
  private final Instant started;
  private final long begin;
  private final CallMetadata.Attribution scope = CallMetadata.Attribution.here();
  private Exchange<T> exchange;
  private Optional<CallReport> ended = Optional.empty();
  private Optional<Duration> firstText = Optional.empty();
  private Spend spend = Spend.NONE;
  private final WaitRecorder waits;
  private final AttemptSchedule schedule;

  private Optional<Secret> token = Optional.empty();
  private boolean tokenRefused;

  CallExecution(CallLoop loop, Exchange<T> exchange, Deadline deadline, ActiveCalls.Call call) {
    this.loop = loop;
    this.call = call;
    this.telemetry = loop.telemetry();
    this.timer = loop.traffic.timer();
    this.exchange = exchange;
    this.deadline = deadline;
    this.started = timer.now();
    this.begin = timer.nanos();
    this.waits = new WaitRecorder(telemetry, timer, loop.policy.waiting() == WaitMode.UNBOUNDED);
    this.schedule = new AttemptSchedule(loop, deadline, waits);
  }

  /** Loads the class: virtual threads that wait for class loading pin their carriers. */
  static void load() {
    log.trace("the call loop is loaded");
  }

  CallResult<T> run() {
    loop.traffic.metrics().recordTo(telemetry.metrics());
    call.enter();
    try {
      while (!call.isCancelled()) {
        Optional<Fault> failure = Optional.empty();
        switch (attempt()) {
          case Verdict.Accept<T> ok -> {
            return succeed(ok.value());
          }
          case Verdict.ReplaceWith<T> next -> {
            exchange = next.exchange();
            if (next.fault().kind() == Kind.REDIRECTED) {
              schedule.uncount();
            }
            failure = schedule.isLast() ? Optional.of(next.fault()) : failure;
          }
          case Verdict.GiveUp<T> gaveUp ->
              failure = hasNewToken(gaveUp.fault()) ? failure : Optional.of(gaveUp.fault());
          case Verdict.TryAgain<T> again -> failure = schedule.await(exchange.route(), again);
        }
        if (failure.isPresent() && !switchToFallback(failure.get())) {
          return fail(failure.get());
        }
      }
      return fail(closedByOwner());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return fail(
          call.isCancelled()
              ? closedByOwner()
              : Fault.of(Kind.CANCELLED, "the call to " + exchange.route() + " was interrupted"));
    } finally {
      call.leave();
    }
  }

  private Fault closedByOwner() {
    return Fault.of(
        Kind.CANCELLED,
        "the call to " + exchange.route() + " was cancelled: " + call.cancellation());
  }

  /** Whether a refused access token was replaced meanwhile; asked once in a call. */
  private boolean hasNewToken(Fault fault) {
    if (tokenRefused
        || token.isEmpty()
        || fault.status().orElse(0) != UNAUTHORIZED
        || schedule.isLast()) {
      return false;
    }
    tokenRefused = true;
    try {
      return !loop.credential.orElseThrow().token().equals(token.get());
    } catch (TransportException e) {
      log.warn("{}", e.getMessage());
      return false;
    }
  }

  /** The report of the call for its observer, after {@link #run}; empty while a stream is open. */
  Optional<CallReport> ended() {
    return ended;
  }

  private boolean switchToFallback(Fault fault) {
    if (!deadline.remaining().isPositive()) {
      return false;
    }
    Optional<Exchange<T>> fallback = exchange.fallback(fault);
    fallback.ifPresent(
        next -> {
          log.info(
              "{} failed, falling back to {}: {}", exchange.route(), next.route(), fault.message());
          exchange = next;
          schedule.restart();
        });
    return fallback.isPresent();
  }

  private Verdict<T> attempt() throws InterruptedException {
    Budget budget = loop.budget;
    Optional<BigDecimal> max =
        budget.isUnlimited() ? Optional.of(BigDecimal.ZERO) : exchange.maxCostUsd();
    if (max.isEmpty()) {
      return new Verdict.GiveUp<>(Fault.of(Kind.BUDGET_EXCEEDED, unknownPrice(exchange.route())));
    }
    Optional<Budget.Reservation> reservation = reserve(budget, max.get());
    if (reservation.isEmpty()) {
      String message = "nothing was sent: " + budget.refusal(max.get());
      return new Verdict.GiveUp<>(Fault.of(Kind.BUDGET_EXCEEDED, message));
    }
    try {
      return admitAndSend(reservation.get());
    } catch (InterruptedException | RuntimeException | Error e) {
      reservation.get().settle(Spend.NONE);
      throw e;
    }
  }

  private Optional<Budget.Reservation> reserve(Budget budget, BigDecimal max)
      throws InterruptedException {
    if (budget.isUnlimited()) {
      return budget.reserve(max);
    }
    Optional<Duration> within =
        loop.policy.waiting() == WaitMode.UNBOUNDED
            ? Optional.empty()
            : Optional.of(deadline.remaining());
    return loop.traffic.whileWaiting(() -> budget.reserve(max, within));
  }

  private static String unknownPrice(Route route) {
    return "nothing was sent: SYNTHLAB_BUDGET_USD is set, and what an answer of "
        + route
        + " may cost is not known: give its price in SYNTHLAB_MODELS_FILE (for a free one any number"
        + " above 0), or bound its answer by max tokens if only its length is unknown";
  }

  private Verdict<T> admitAndSend(Budget.Reservation reservation) throws InterruptedException {
    WaitMode waiting = loop.policy.waiting();
    return switch (loop.traffic.admit(exchange.route(), exchange.weight(), deadline, waiting)) {
      case TrafficControl.Admission.Refused no -> {
        reservation.settle(Spend.NONE);
        waits.record(exchange.route(), no.waits());
        yield judge(no.result());
      }
      case TrafficControl.Admission.Granted yes -> {
        waits.record(exchange.route(), yes.waits());
        if (waiting == WaitMode.UNBOUNDED) {
          deadline.extend(yes.waits().total());
        }
        yield send(new Sending(yes.permit(), reservation));
      }
    };
  }

  /** What one attempt holds until its request has ended: permit, reservation, span. */
  private final class Sending {
    private final RouteGate.Permit permit;
    private final Budget.Reservation reservation;
    private final Route route = exchange.route();
    private final AttemptSpan span =
        new AttemptSpan(telemetry, exchange.request(), route, schedule.attempts());
    private final InFlightRequest request = new InFlightRequest(timer, this::leave);
    private volatile Spend used = Spend.NONE;

    Sending(RouteGate.Permit permit, Budget.Reservation reservation) {
      this.permit = permit;
      this.reservation = reservation;
    }

    private void leave() {
      permit.leave();
      loop.traffic.leave(route);
      span.end();
    }

    void settle() {
      permit.settle(used);
      reservation.settle(used);
    }
  }

  private Verdict<T> send(Sending sending) throws InterruptedException {
    boolean open = false;
    Instant at = timer.now();
    long from = timer.nanos();
    try {
      Duration left = deadline.remaining();
      if (!left.isPositive()) {
        return new Verdict.GiveUp<>(schedule.deadlineExceeded());
      }
      Duration within = left.compareTo(loop.policy.timeout()) < 0 ? left : loop.policy.timeout();
      schedule.sending(from);
      AttemptResult result = exchangeOver(sending.request, within);
      Verdict<T> verdict = judge(result);
      sending.permit.record(RouteSignal.of(verdict), headers(result));
      sending.span.record(result, fault(verdict));
      recordAttempt(at, from, result, fault(verdict));
      if (verdict instanceof Verdict.Accept<T> ok) {
        open = exchange.bodyMode() == BodyMode.STREAM;
        accept(ok.value(), sending);
      }
      return verdict;
    } finally {
      if (!open) {
        sending.request.end(); // the body was closed before its cost was known
        sending.settle();
        sending.span.close();
      }
    }
  }

  private void accept(T value, Sending sending) {
    if (exchange.bodyMode() != BodyMode.STREAM) {
      spend = exchange.spend(value);
      sending.used = spend;
      return;
    }
    firstText = Optional.of(Duration.ofNanos(timer.nanos() - begin));
    call.opened(sending.request.cancel);
    sending.request.keepOpen(
        loop.policy.timeout(),
        deadline,
        () -> {
          sending.used = exchange.spend(value);
          sending.settle();
          Optional<Fault> fault =
              sending.request.isCancelled()
                  ? Optional.of(closedByOwner())
                  : exchange.brokenBy(value);
          loop.report(report(sending.used, fault, Optional.of(value)));
          call.closed(sending.request.cancel);
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
    return result instanceof AttemptResult.ResponseReceived response
        ? Optional.of(response.headers())
        : Optional.empty();
  }

  /** Sends the request over the transport, as far as the headers of the response. */
  private AttemptResult exchangeOver(InFlightRequest request, Duration within)
      throws InterruptedException {
    long from = timer.nanos();
    try {
      Response response = loop.transport.send(authorized(exchange.request()), within);
      Duration left = within.minusNanos(timer.nanos() - from);
      InputStream body = request.guard(response, left, within);
      if (exchange.bodyMode() == BodyMode.TRANSFER) {
        request.limitSilence(loop.policy.timeout(), deadline);
      }
      Runnable onEvent = () -> request.limitSilence(loop.policy.timeout(), deadline);
      return new AttemptResult.ResponseReceived(
          response.status(), response.headers(), body, onEvent);
    } catch (IOException e) {
      return new AttemptResult.TransportFailed(asTransport(e, Phase.EXCHANGE));
    }
  }

  private Request authorized(Request request) throws TransportException {
    if (loop.credential.isEmpty()) {
      return request;
    }
    Secret current = loop.credential.get().token();
    token = Optional.of(current);
    return Credential.authorized(request, current);
  }

  private Verdict<T> judge(AttemptResult result) throws InterruptedException {
    try {
      return exchange.judge(result);
    } catch (IOException e) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      try {
        return exchange.judge(new AttemptResult.TransportFailed(asTransport(e, Phase.BODY)));
      } catch (IOException impossible) {
        throw new IllegalStateException("a failed transport has no body to read", impossible);
      }
    }
  }

  private static TransportException asTransport(IOException e, Phase phase) {
    return e instanceof TransportException known
        ? known
        : new TransportException(phase, false, String.valueOf(e.getMessage()), e);
  }

  private void recordAttempt(Instant at, long from, AttemptResult result, Optional<Fault> fault) {
    OptionalInt status =
        result instanceof AttemptResult.ResponseReceived response
            ? OptionalInt.of(response.status())
            : OptionalInt.empty();
    Duration took = Duration.ofNanos(timer.nanos() - from);
    int number = schedule.attempts().size() + 1;
    schedule.add(new Attempt(number, exchange.route(), at, took, status, fault, Duration.ZERO));
    telemetry
        .metrics()
        .recordAttempt(
            exchange.route().server(),
            exchange.route().resource(),
            fault.isPresent() ? fault.get().kind().code() : "answered",
            status);
    if (log.isDebugEnabled()) {
      log.debug(
          "attempt {} on {}: {} in {} ms",
          number,
          exchange.route(),
          fault.map(Fault::message).orElse("answered"),
          took.toMillis());
    }
  }

  private CallResult<T> succeed(T value) {
    if (exchange.bodyMode() == BodyMode.STREAM) {
      // The observer gets its report when the stream is closed.
      CallReport begun = report(Spend.NONE, Optional.empty(), Optional.empty());
      return new CallResult.Answered<>(value, begun);
    }
    CallReport report = report(spend, Optional.empty(), Optional.of(value));
    ended = Optional.of(report);
    return new CallResult.Answered<>(value, report);
  }

  private CallResult<T> fail(Fault fault) {
    CallReport report = report(Spend.NONE, Optional.of(fault), Optional.empty());
    ended = Optional.of(report);
    return new CallResult.Failed<>(fault, report);
  }

  private CallReport report(Spend spend, Optional<Fault> fault, Optional<T> value) {
    Duration elapsed = Duration.ofNanos(timer.nanos() - begin);
    CallMetadata metadata = new CallMetadata(exchange.purpose(), scope, metadata(value));
    return new CallReport(
        exchange.route(),
        started,
        elapsed,
        waits.queued(),
        schedule.attempts(),
        spend,
        fault,
        metadata);
  }

  private CallMetadata.AnswerMetadata metadata(Optional<T> value) {
    CallMetadata.AnswerMetadata known =
        value.isPresent() ? exchange.said(value.get()) : CallMetadata.AnswerMetadata.NOTHING;
    known = firstText.isPresent() ? known.withFirstText(firstText) : known;
    if (!loop.wantsTexts()) {
      return known;
    }
    Optional<CallMetadata.Content> texts = exchange.texts(value);
    return texts.isPresent() ? known.withTexts(texts.get()) : known;
  }
}
