package dev.synthlab.trace;

import dev.synthlab.config.Trace;
import dev.synthlab.logging.Logging;
import dev.synthlab.logging.Redactor;
import io.opentelemetry.exporter.internal.FailedExportException;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/** Says that spans do not arrive, at most once a minute. Safe for use by many threads. */
final class Complaints {
  private static final Logger log = Logging.component("trace");
  private static final long BETWEEN = Duration.ofMinutes(1).toNanos();

  private final String place;
  private final Trace.Protocol protocol;
  private final AtomicLong next = new AtomicLong(System.nanoTime());

  Complaints(String place, Trace.Protocol protocol) {
    this.place = place;
    this.protocol = protocol;
  }

  void failed(@Nullable Throwable why) {
    long now = System.nanoTime();
    long due = next.get();
    if (now - due >= 0 && next.compareAndSet(due, now + BETWEEN)) {
      log.warn(
          "spans do not reach {} ({}); calls are not affected. {}",
          place,
          reason(why),
          advice(reason(why)));
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

  private String advice(String reason) {
    String lower = reason.toLowerCase(Locale.ROOT);
    if (lower.contains("401") || lower.contains("403") || lower.contains("unauth")) {
      return "Check PHOENIX_API_KEY";
    }
    String other =
        protocol == Trace.Protocol.GRPC
            ? "gRPC is spoken at Phoenix' port 4317; for HTTP give its port 6006"
            : "Phoenix takes HTTP at its port 6006, gRPC at 4317";
    return "Check PHOENIX_COLLECTOR_ENDPOINT, and that Phoenix runs: " + other;
  }
}
