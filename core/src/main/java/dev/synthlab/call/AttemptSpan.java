package dev.synthlab.call;

import dev.synthlab.http.Body;
import dev.synthlab.http.Request;
import dev.synthlab.spans.OpenSpan;
import dev.synthlab.spans.Tracing;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The span of one request that is sent. It is no LLM span, and has no tokens: they would be counted
 * twice. Ends when the answer was both judged and read. Safe for use by many threads.
 *
 * @see <a href="https://opentelemetry.io/docs/specs/semconv/http/http-spans/">HTTP spans</a>
 */
final class AttemptSpan {
  private final OpenSpan span;
  private boolean judged;
  private boolean over;

  AttemptSpan(Request request, Route route, List<Attempt> before) {
    span = Tracing.attempt("attempt " + (before.size() + 1));
    if (span.recorded()) {
      span.set("http.request.method", request.method());
      // Under a name of ours: what has a model by the usual ones is taken for a call.
      span.set("synthlab.resource", route.resource());
      span.url(base(request, route), shown(request));
      span.set("server.address", Optional.ofNullable(request.uri().getHost()).orElse(""));
      if (request.uri().getPort() > 0) {
        span.set("server.port", request.uri().getPort());
      }
      if (request.body() instanceof Body.Bytes bytes) {
        span.set("http.request.body.size", bytes.bytes().length);
      }
      if (!before.isEmpty()) {
        span.set("http.request.resend_count", before.size());
        span.set("synthlab.waited_ms", before.getLast().pauseAfter().toMillis());
      }
    }
  }

  /** The address without query and user-info, which may hold keys. */
  private static String shown(Request request) {
    return request.toString().substring(request.method().length() + 1);
  }

  /** What requests of that route have in common. */
  private static String base(Request request, Route route) {
    return shown(Request.get(route.base(), request.headers())).replaceFirst("/+$", "");
  }

  /** Says how it went; the answer may have been read to its end before. */
  synchronized void judged(AttemptResult result, Optional<Fault> fault) {
    judged = true;
    if (span.recorded()) {
      tell(result, fault);
    }
    if (over) {
      span.end();
    }
  }

  private void tell(AttemptResult result, Optional<Fault> fault) {
    if (result instanceof AttemptResult.ResponseReceived answer) {
      span.set("http.response.status_code", answer.status());
      ResponseClassifier.requestId(answer.headers())
          .ifPresent(id -> span.set("synthlab.request_id", id));
    }
    if (fault.isEmpty()) {
      span.succeeded();
    } else {
      fault.get().retryAfter().map(Duration::toMillis).ifPresent(this::retryAfter);
      span.recordFailure(type(result, fault.get()), fault.get().message());
    }
  }

  private void retryAfter(long millis) {
    span.set("synthlab.retry_after_ms", millis);
  }

  /** The status where there is one, as the convention has it. */
  private static String type(AttemptResult result, Fault fault) {
    return result instanceof AttemptResult.ResponseReceived answer && answer.status() / 100 != 2
        ? Integer.toString(answer.status())
        : fault.kind().code();
  }

  /** The answer was read to its end, or let go. */
  synchronized void end() {
    over = true;
    if (judged) {
      span.end();
    }
  }

  /** Nothing more comes, judged or not. */
  void close() {
    span.end();
  }
}
