package dev.synthlab.external;

import dev.synthlab.call.CallException;
import dev.synthlab.call.CallLoop;
import dev.synthlab.call.Deadline;
import dev.synthlab.call.Fault;
import dev.synthlab.call.Outcome;
import dev.synthlab.external.ApiException.Said;
import dev.synthlab.http.TransportException;
import dev.synthlab.http.TransportException.Phase;
import dev.synthlab.spans.Labels;
import dev.synthlab.spans.OpenSpan;
import dev.synthlab.spans.Tracing;
import java.time.Duration;

/**
 * Makes one call: its span, its line in the log, its way through the loop, its exception.
 *
 * @param way to the service
 * @param outgoing the first request
 * @param guarded whether redirects lead to public addresses only
 * @param timeout of an attempt
 * @param within of the whole call
 */
record Making(Way way, Outgoing outgoing, boolean guarded, Duration timeout, Duration within) {

  /** The answer, or the exception before the hook of the client. */
  <T> T made(Reading<T> reading) {
    way.requireOpen();
    String label = outgoing.target().label();
    OpenSpan span =
        Tracing.open(
            Tracing.Kind.CHAIN,
            way.service().name(),
            way.service().name() + " " + label,
            Labels.NONE);
    describe(span);
    ApiExchange.Trail trail = new ApiExchange.Trail(guarded);
    boolean goesOn = false;
    try {
      Outcome<T> outcome = span.around(() -> ran(reading, trail));
      tell(span, label, outcome);
      switch (outcome) {
        case Outcome.Answered<T> answered -> {
          reading.whenOver(answered.value(), span::end);
          goesOn = true;
          return answered.value();
        }
        case Outcome.Failed<T> failed -> throw exception(failed.why(), trail);
      }
    } catch (RuntimeException e) {
      span.failed(e.getClass().getSimpleName(), e);
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException("the loop throws no checked exception", e);
    } finally {
      if (!goesOn) {
        span.end();
      }
    }
  }

  private <T> Outcome<T> ran(Reading<T> reading, ApiExchange.Trail trail) {
    CallLoop loop = way.loop().with(way.loop().policy().withTimeout(timeout));
    ApiExchange<T> first =
        new ApiExchange<>(way, outgoing, reading, trail, way.service().redirects());
    return loop.run(first, Deadline.in(way.timer(), within));
  }

  private void describe(OpenSpan span) {
    if (span.recorded()) {
      span.set("synthlab.service", way.service().name());
      span.set("http.request.method", outgoing.target().method());
      if (!outgoing.target().template().isEmpty()) {
        span.set("url.template", outgoing.target().template());
      }
    }
  }

  private <T> void tell(OpenSpan span, String label, Outcome<T> outcome) {
    String end =
        switch (outcome) {
          case Outcome.Answered<T> answered -> "answered";
          case Outcome.Failed<T> failed -> failed.why().fault().kind().code();
        };
    way.log()
        .debug(
            "{}: {} in {} ms, {} requests",
            label,
            end,
            outcome.report().elapsed().toMillis(),
            outcome.report().attempts().size());
    span.set("synthlab.attempts", outcome.report().attempts().size());
    if (outcome instanceof Outcome.Answered<T>) {
      span.succeeded();
    }
  }

  private static RuntimeException exception(CallException why, ApiExchange.Trail trail) {
    Said said = new Said(why.fault(), why.report(), trail.text);
    return switch (why) {
      case CallException.NotFound none -> new ApiException.NotFound(said);
      case CallException.BadRequest wrong -> refused(wrong, said);
      case CallException.MalformedResponse malformed -> new ApiException.Unreadable(said);
      case CallException.Authentication same -> same;
      case CallException.QuotaExceeded same -> same;
      case CallException.BudgetExceeded same -> same;
      case CallException.RateLimited same -> same;
      case CallException.ServerFailed same -> same;
      case CallException.ConnectionFailed same -> same;
      case CallException.TlsFailed same -> same;
      case CallException.DeadlineExceeded same -> same;
      case CallException.ResponseTooLarge same -> same;
      case CallException.Redirected same -> same;
      case CallException.StreamInterrupted same -> same;
      case CallException.CircuitOpen same -> same;
      case CallException.Cancelled same -> same;
    };
  }

  private static RuntimeException refused(CallException.BadRequest wrong, Said said) {
    Fault fault = wrong.fault();
    if (fault.cause().orElse(null) instanceof TransportException broken
        && broken.phase() == Phase.FORBIDDEN) {
      return new ApiException.AddressRefused(said);
    }
    return switch (fault.status().orElse(0)) {
      case 404, 410 -> new ApiException.NotFound(said);
      case 409, 412 -> new ApiException.Conflict(said);
      default -> new ApiException.Rejected(said);
    };
  }
}
