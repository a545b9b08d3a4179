package dev.synthlab.external;

import dev.synthlab.call.CallException;
import dev.synthlab.call.CallLoop;
import dev.synthlab.call.Deadline;
import dev.synthlab.call.Fault;
import dev.synthlab.call.Outcome;
import dev.synthlab.external.ApiException.Details;
import dev.synthlab.http.TransportException;
import dev.synthlab.http.TransportException.Phase;
import dev.synthlab.spans.Labels;
import dev.synthlab.spans.OpenSpan;
import dev.synthlab.spans.Tracing;
import java.time.Duration;

/**
 * Makes one call: its span, its line in the log, its way through the loop, its exception.
 *
 * @param context to the service
 * @param request the first request
 * @param publicOnly whether redirects lead to public addresses only
 * @param timeout of an attempt
 * @param deadline of the whole call
 */
record ApiCallExecution(
    ApiContext context,
    UnsignedRequest request,
    boolean publicOnly,
    Duration timeout,
    Duration deadline) {

  /** The answer, or the exception before the hook of the client. */
  <T> T execute(ResponseReader<T> reading) {
    context.requireOpen();
    String label = request.target().label();
    OpenSpan span =
        Tracing.open(
            Tracing.Kind.CHAIN,
            context.service().name(),
            context.service().name() + " " + label,
            Labels.NONE);
    describe(span);
    ApiExchange.ErrorBody trail = new ApiExchange.ErrorBody(publicOnly);
    boolean goesOn = false;
    try {
      Outcome<T> outcome = span.around(() -> run(reading, trail));
      recordOutcome(span, label, outcome);
      switch (outcome) {
        case Outcome.Answered<T> answered -> {
          reading.onEnd(answered.value(), span::end);
          goesOn = true;
          return answered.value();
        }
        case Outcome.Failed<T> failed -> throw exception(failed.reason(), trail);
      }
    } catch (RuntimeException e) {
      span.recordFailure(e.getClass().getSimpleName(), e);
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException("the loop throws no checked exception", e);
    } finally {
      if (!goesOn) {
        span.end();
      }
    }
  }

  private <T> Outcome<T> run(ResponseReader<T> reading, ApiExchange.ErrorBody trail) {
    CallLoop loop = context.loop().with(context.loop().policy().withTimeout(timeout));
    ApiExchange<T> first =
        new ApiExchange<>(context, request, reading, trail, context.service().redirects());
    return loop.run(first, Deadline.in(context.timer(), deadline));
  }

  private void describe(OpenSpan span) {
    if (span.recorded()) {
      span.set("synthlab.service", context.service().name());
      span.set("http.request.method", request.target().method());
      if (!request.target().template().isEmpty()) {
        span.set("url.template", request.target().template());
      }
    }
  }

  private <T> void recordOutcome(OpenSpan span, String label, Outcome<T> outcome) {
    String end =
        switch (outcome) {
          case Outcome.Answered<T> answered -> "answered";
          case Outcome.Failed<T> failed -> failed.reason().fault().kind().code();
        };
    context
        .log()
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

  private static RuntimeException exception(CallException reason, ApiExchange.ErrorBody trail) {
    Details said = new Details(reason.fault(), reason.report(), trail.text);
    return switch (reason) {
      case CallException.NotFound none -> new ApiException.NotFound(said);
      case CallException.BadRequest wrong -> rejection(wrong, said);
      case CallException.MalformedResponse malformed -> new ApiException.InvalidResponse(said);
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

  private static RuntimeException rejection(CallException.BadRequest wrong, Details said) {
    Fault fault = wrong.fault();
    if (fault.cause().orElse(null) instanceof TransportException broken
        && broken.phase() == Phase.FORBIDDEN) {
      return new ApiException.AddressBlocked(said);
    }
    return switch (fault.status().orElse(0)) {
      case 404, 410 -> new ApiException.NotFound(said);
      case 409, 412 -> new ApiException.Conflict(said);
      default -> new ApiException.Rejected(said);
    };
  }
}
