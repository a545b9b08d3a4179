package dev.synthlab.trace;

import dev.synthlab.config.TraceSettings;
import dev.synthlab.logging.Logging;
import dev.synthlab.logging.Redactor;
import io.opentelemetry.exporter.internal.FailedExportException;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/** Says that spans, or metrics, do not arrive, at most once a minute. Safe for many threads. */
final class ExportWarnings {
  private static final Logger log = Logging.component("trace");
  private static final long BETWEEN = Duration.ofMinutes(1).toNanos();

  private final String what;
  private final UnaryOperator<String> advice;
  private final AtomicLong next = new AtomicLong(System.nanoTime());

  private ExportWarnings(String what, UnaryOperator<String> advice) {
    this.what = what;
    this.advice = advice;
  }

  static ExportWarnings ofSpans(String place, TraceSettings.Protocol protocol) {
    return new ExportWarnings("spans do not reach " + place, reason -> advice(reason, protocol));
  }

  static ExportWarnings ofMetrics() {
    return new ExportWarnings(
        "metrics do not reach their collector",
        reason ->
            "Check OTEL_EXPORTER_OTLP_METRICS_ENDPOINT, or OTEL_EXPORTER_OTLP_ENDPOINT; Phoenix takes"
                + " no metrics");
  }

  void failed(@Nullable Throwable why) {
    long now = System.nanoTime();
    long due = next.get();
    if (now - due >= 0 && next.compareAndSet(due, now + BETWEEN)) {
      String reason = reason(why);
      log.warn("{} ({}); calls are not affected. {}", what, reason, advice.apply(reason));
    }
  }

  /** In few words, without what a server may have repeated. */
  static String reason(@Nullable Throwable why) {
    Throwable root = why;
    while (root != null && root.getCause() != null) {
      root = root.getCause();
    }
    if (root == null) {
      return "no answer in time";
    }
    // Their message is empty; what they know is the status.
    if (root instanceof FailedExportException.HttpExportException http
        && http.getResponse() != null) {
      return "HTTP status " + http.getResponse().getStatusCode();
    }
    if (root instanceof FailedExportException.GrpcExportException grpc
        && grpc.getResponse() != null) {
      return "gRPC status " + grpc.getResponse().getStatusCode();
    }
    String words = Optional.ofNullable(root.getMessage()).orElse("").strip();
    return Redactor.printableLine(
        Redactor.redact(words.isEmpty() ? root.getClass().getSimpleName() : words));
  }

  private static String advice(String reason, TraceSettings.Protocol protocol) {
    String lower = reason.toLowerCase(Locale.ROOT);
    if (lower.contains("401") || lower.contains("403") || lower.contains("unauth")) {
      return "Check PHOENIX_API_KEY";
    }
    String other =
        protocol == TraceSettings.Protocol.GRPC
            ? "gRPC is spoken at Phoenix' port 4317; for HTTP give its port 6006"
            : "Phoenix takes HTTP at its port 6006, gRPC at 4317";
    return "Check PHOENIX_COLLECTOR_ENDPOINT, and that Phoenix runs: " + other;
  }
}
