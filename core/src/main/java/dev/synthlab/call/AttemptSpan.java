package dev.synthlab.call;

import dev.synthlab.http.Body;
import dev.synthlab.http.Request;
import dev.synthlab.spans.OpenSpan;
import dev.synthlab.spans.Telemetry;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The span of one attempt. It is not an LLM span and has no tokens: they would be counted twice. It
 * ends when the response was both judged and read. Safe for use by many threads.
 *
 * @see <a href="https://opentelemetry.io/docs/specs/semconv/http/http-spans/">HTTP spans</a>
 */
final class AttemptSpan {
  private final OpenSpan span;
  private boolean judged;
  private boolean ended;

  AttemptSpan(Telemetry telemetry, Request request, Route route, List<Attempt> earlier) {
    span = telemetry.attempt("attempt " + (earlier.size() + 1));
    if (span.recorded()) {
      span.set("http.request.method", request.method());
      // An own name: a span with a model under the usual names counts as an LLM call.
      span.set("synthlab.resource", route.resource());
      span.url(baseUrl(request, route), displayUrl(request));
      span.set("server.address", Optional.ofNullable(request.uri().getHost()).orElse(""));
      if (request.uri().getPort() > 0) {
        span.set("server.port", request.uri().getPort());
      }
      if (request.body() instanceof Body.Bytes bytes) {
        span.set("http.request.body.size", bytes.bytes().length);
      }
      if (!earlier.isEmpty()) {
        span.set("http.request.resend_count", earlier.size());
        span.set("synthlab.waited_ms", earlier.getLast().backoff().toMillis());
      }
    }
  }

  /** The address without query and user-info, which may contain keys. */
  private static String displayUrl(Request request) {
    return request.toString().substring(request.method().length() + 1);
  }

  /** The part of the address that all requests of the route share. */
  private static String baseUrl(Request request, Route route) {
    return displayUrl(Request.get(route.base(), request.headers())).replaceFirst("/+$", "");
  }

  /** Records the result of the attempt; the response may have been read to its end before. */
  synchronized void record(AttemptResult result, Optional<Fault> fault) {
    judged = true;
    if (span.recorded()) {
      setAttributes(result, fault);
    }
    if (ended) {
      span.end();
    }
  }

  private void setAttributes(AttemptResult result, Optional<Fault> fault) {
    if (result instanceof AttemptResult.ResponseReceived response) {
      span.set("http.response.status_code", response.status());
      ResponseClassifier.requestId(response.headers())
          .ifPresent(id -> span.set("synthlab.request_id", id));
    }
    if (fault.isEmpty()) {
      span.succeeded();
    } else {
      fault.get().retryAfter().map(Duration::toMillis).ifPresent(this::setRetryAfter);
      span.recordFailure(errorType(result, fault.get()), fault.get().message());
    }
  }

  private void setRetryAfter(long millis) {
    span.set("synthlab.retry_after_ms", millis);
  }

  /** The status if there is one, as the semantic convention says; else the kind of fault. */
  private static String errorType(AttemptResult result, Fault fault) {
    return result instanceof AttemptResult.ResponseReceived response && response.status() / 100 != 2
        ? Integer.toString(response.status())
        : fault.kind().code();
  }

  /** Ends the request: its body was read to the end or closed. */
  synchronized void end() {
    ended = true;
    if (judged) {
      span.end();
    }
  }

  /** Ends the span, whether or not the result was recorded. */
  void close() {
    span.end();
  }
}
