package dev.synthlab.external;

import dev.synthlab.call.CallException;
import dev.synthlab.call.CallLoop;
import dev.synthlab.call.CallResult;
import dev.synthlab.call.Deadline;
import dev.synthlab.call.Fault;
import dev.synthlab.external.ApiException.Details;
import dev.synthlab.http.TransportException;
import dev.synthlab.http.TransportException.Phase;
import dev.synthlab.spans.Labels;
import dev.synthlab.spans.OpenSpan;
import dev.synthlab.spans.Tracing;
import java.time.Duration;

/**
 * The execution of one call: its span, its log line, its run through the call loop, its exception.
 *
 * @param context the state of the client
 * @param request the first request
 * @param publicOnly whether redirects may lead to public addresses only
 * @param timeout of an attempt
 * @param deadline of the whole call
 */
record ApiCallExecution(
    ApiContext context,
    UnsignedRequest request,
    boolean publicOnly,
    Duration timeout,
    Duration deadline) {

  /** Returns the result, or throws an exception that the client's error mapper has not seen. */
  <T> T execute(ResponseReader<T> reader) {
    context.requireOpen();
    String label = request.target().label();
    OpenSpan span =
        context
            .loop()
            .telemetry()
            .open(
                Tracing.Kind.CHAIN,
                context.service().name(),
                context.service().name() + " " + label,
                Labels.NONE);
    describe(span);
    ApiExchange.ErrorBody errorBody = new ApiExchange.ErrorBody(publicOnly);
    boolean spanStaysOpen = false;
    try {
      CallResult<T> result = span.around(() -> run(reader, errorBody));
      recordResult(span, label, result);
      switch (result) {
        case CallResult.Answered<T> answered -> {
          reader.onEnd(answered.value(), span::end);
          spanStaysOpen = true;
          return answered.value();
        }
        case CallResult.Failed<T> failed -> throw exception(failed.exception(), errorBody);
      }
    } catch (RuntimeException e) {
      span.recordFailure(e.getClass().getSimpleName(), e);
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException("the loop throws no checked exception", e);
    } finally {
      if (!spanStaysOpen) {
        span.end();
      }
    }
  }

  private <T> CallResult<T> run(ResponseReader<T> reader, ApiExchange.ErrorBody errorBody) {
    CallLoop loop = context.loop().with(context.loop().policy().withTimeout(timeout));
    ApiExchange<T> first =
        new ApiExchange<>(context, request, reader, errorBody, context.service().redirects());
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

  private <T> void recordResult(OpenSpan span, String label, CallResult<T> result) {
    String status =
        switch (result) {
          case CallResult.Answered<T> answered -> "answered";
          case CallResult.Failed<T> failed -> failed.fault().kind().code();
        };
    context
        .log()
        .debug(
            "{}: {} in {} ms, {} requests",
            label,
            status,
            result.report().elapsed().toMillis(),
            result.report().attempts().size());
    span.set("synthlab.attempts", result.report().attempts().size());
    if (result instanceof CallResult.Answered<T>) {
      span.succeeded();
    }
  }

  private static RuntimeException exception(CallException reason, ApiExchange.ErrorBody errorBody) {
    Details details = new Details(reason.fault(), reason.report(), errorBody.text);
    return switch (reason) {
      case CallException.NotFound notFound -> new ApiException.NotFound(details);
      case CallException.BadRequest badRequest -> rejection(badRequest, details);
      case CallException.MalformedResponse malformed -> new ApiException.InvalidResponse(details);
      case CallException.PromptFiltered same -> same;
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

  private static RuntimeException rejection(CallException.BadRequest badRequest, Details details) {
    Fault fault = badRequest.fault();
    if (fault.cause().orElse(null) instanceof TransportException broken
        && broken.phase() == Phase.FORBIDDEN) {
      return new ApiException.AddressBlocked(details);
    }
    return switch (fault.status().orElse(0)) {
      case 404, 410 -> new ApiException.NotFound(details);
      case 409, 412 -> new ApiException.Conflict(details);
      default -> new ApiException.Rejected(details);
    };
  }
}
