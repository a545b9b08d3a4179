package dev.synthlab.trace;

import dev.synthlab.logging.Logging;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * An exporter over HTTP that changes to gRPC, once and for good, if the port turns out to be one of
 * gRPC. Thread-safe.
 */
final class GrpcFallbackExporter implements SpanExporter {
  private static final Logger log = Logging.component("trace");

  /**
   * The beginning of an HTTP/2 SETTINGS frame, as HTTP/1.1 clients report what they cannot read.
   */
  private static final Pattern SETTINGS_AS_TEXT =
      Pattern.compile("unexpected status line: \0..\u0004.*", Pattern.DOTALL);

  private static final Pattern SETTINGS_AS_HEX =
      Pattern.compile(".*\\bcontent=00[0-9a-f]{4}04.*", Pattern.DOTALL);

  private final String endpoint;
  private final Supplier<SpanExporter> grpc;
  private final ReentrantLock lock = new ReentrantLock();
  private final SpanExporter http;
  private volatile SpanExporter current;
  private boolean closed;

  GrpcFallbackExporter(SpanExporter http, String endpoint, Supplier<SpanExporter> grpc) {
    this.http = http;
    this.current = http;
    this.endpoint = endpoint;
    this.grpc = grpc;
  }

  /** Whether an export by HTTP failed because the port speaks HTTP/2 only, as those of gRPC do. */
  static boolean isGrpcPort(@Nullable Throwable failure) {
    for (Throwable each = failure; each != null; each = each.getCause()) {
      String message = String.valueOf(each.getMessage()).toLowerCase(Locale.ROOT);
      if (SETTINGS_AS_TEXT.matcher(message).matches()
          || SETTINGS_AS_HEX.matcher(message).matches()) {
        return true;
      }
    }
    return false;
  }

  @Override
  public CompletableResultCode export(Collection<SpanData> spans) {
    List<SpanData> kept = List.copyOf(spans); // the caller reuses the collection
    SpanExporter used = current;
    CompletableResultCode first = used.export(kept);
    CompletableResultCode result = new CompletableResultCode();
    first.whenComplete(
        () -> {
          Optional<SpanExporter> other = first.isSuccess() ? Optional.empty() : other(used, first);
          if (other.isPresent()) {
            CompletableResultCode second = other.get().export(kept);
            second.whenComplete(() -> complete(result, second));
          } else {
            complete(result, first);
          }
        });
    return result;
  }

  private static void complete(CompletableResultCode result, CompletableResultCode by) {
    Throwable failure = by.getFailureThrowable();
    if (by.isSuccess()) {
      result.succeed();
    } else if (failure == null) {
      result.fail();
    } else {
      result.failExceptionally(failure);
    }
  }

  /** The exporter over gRPC, for spans that were sent by HTTP to a port of gRPC. */
  @SuppressWarnings("ReferenceEquality") // whether it was replaced
  private Optional<SpanExporter> other(SpanExporter used, CompletableResultCode failed) {
    lock.lock();
    try {
      if (closed) {
        return Optional.empty();
      }
      if (used == http && current == http && isGrpcPort(failed.getFailureThrowable())) {
        current = grpc.get();
        http.shutdown(); // this also ends other exports by HTTP, which come here then
        log.info("{} is a port of gRPC: spans are sent there by gRPC", endpoint);
      }
      return used == current ? Optional.empty() : Optional.of(current);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public CompletableResultCode flush() {
    return current.flush();
  }

  @Override
  public CompletableResultCode shutdown() {
    lock.lock();
    try {
      closed = true;
      return current.shutdown();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public String toString() {
    return "GrpcFallbackExporter[" + current + "]";
  }
}
