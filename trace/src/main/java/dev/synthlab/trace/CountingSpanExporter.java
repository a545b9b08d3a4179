package dev.synthlab.trace;

import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.util.Collection;

/** An exporter that counts what arrives, and says when nothing does. */
final class CountingSpanExporter implements SpanExporter {
  private final SpanExporter exporter;
  private final SpanCounters counters;
  private final ExportWarnings complaints;
  private volatile boolean ending;

  CountingSpanExporter(SpanExporter exporter, SpanCounters counters, ExportWarnings complaints) {
    this.exporter = exporter;
    this.counters = counters;
    this.complaints = complaints;
  }

  @Override
  public CompletableResultCode export(Collection<SpanData> spans) {
    int count = spans.size(); // the collection is used again once this has returned
    CompletableResultCode result = exporter.export(spans);
    result.whenComplete(
        () -> {
          if (result.isSuccess()) {
            counters.arrived(count);
            return;
          }
          counters.failed(count);
          if (count > 0 || !ending) { // an end cuts off what only asked
            complaints.failed(result.getFailureThrowable());
          }
        });
    return result;
  }

  @Override
  public CompletableResultCode flush() {
    return exporter.flush();
  }

  @Override
  public CompletableResultCode shutdown() {
    ending = true;
    return exporter.shutdown();
  }

  @Override
  public String toString() {
    return "CountingSpanExporter[" + exporter + "]";
  }
}
