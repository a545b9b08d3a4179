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

/**
 * Warnings, at most one per minute, that spans or metrics do not reach the collector. Thread-safe.
 */
final class ExportWarnings {
  private static final Logger log = Logging.component("trace");
  private static final String GRPC_PORT = "this is a port of gRPC, not of HTTP";
  private static final long INTERVAL = Duration.ofMinutes(1).toNanos();

  private final String what;
  private final UnaryOperator<String> advice;
  private final AtomicLong next = new AtomicLong(System.nanoTime());

  private ExportWarnings(String what, UnaryOperator<String> advice) {
    this.what = what;
    this.advice = advice;
  }

  static ExportWarnings ofSpans(String endpoint, TraceSettings.Protocol protocol) {
    return new ExportWarnings("spans do not reach " + endpoint, reason -> advice(reason, protocol));
  }

  static ExportWarnings ofMetrics() {
    return new ExportWarnings(
        "metrics do not reach their collector",
        reason ->
            "Check OTEL_EXPORTER_OTLP_METRICS_ENDPOINT or OTEL_EXPORTER_OTLP_ENDPOINT; Phoenix accepts"
                + " no metrics");
  }

  void failed(@Nullable Throwable failure) {
    long now = System.nanoTime();
    long due = next.get();
    if (now - due >= 0 && next.compareAndSet(due, now + INTERVAL)) {
      String reason = reason(failure);
      log.warn("{} ({}); calls are not affected. {}", what, reason, advice.apply(reason));
    }
  }

  /** A short reason, without secrets that a server may have repeated. */
  static String reason(@Nullable Throwable failure) {
    if (GrpcFallbackExporter.isGrpcPort(failure)) {
      return GRPC_PORT;
    }
    Throwable root = failure;
    while (root != null && root.getCause() != null) {
      root = root.getCause();
    }
    if (root == null) {
      return "no response in time";
    }
    // These exceptions have no message, only a status.
    if (root instanceof FailedExportException.HttpExportException http
        && http.getResponse() != null) {
      return "HTTP status " + http.getResponse().getStatusCode();
    }
    if (root instanceof FailedExportException.GrpcExportException grpc
        && grpc.getResponse() != null) {
      return "gRPC status " + grpc.getResponse().getStatusCode();
    }
    String message = Optional.ofNullable(root.getMessage()).orElse("").strip();
    return Redactor.printableLine(
        Redactor.redact(message.isEmpty() ? root.getClass().getSimpleName() : message));
  }

  private static String advice(String reason, TraceSettings.Protocol protocol) {
    if (reason.equals(GRPC_PORT)) {
      return "Set the variable of OpenTelemetry for the protocol to grpc, or name a port of HTTP";
    }
    String lower = reason.toLowerCase(Locale.ROOT);
    if (lower.contains("401") || lower.contains("403") || lower.contains("unauth")) {
      return "Check PHOENIX_API_KEY";
    }
    String other =
        protocol == TraceSettings.Protocol.GRPC
            ? "Phoenix accepts gRPC at port 4317; for HTTP use port 6006"
            : "Phoenix accepts HTTP at port 6006 and gRPC at port 4317";
    return "Check PHOENIX_COLLECTOR_ENDPOINT and that Phoenix runs: " + other;
  }
}
