package dev.synthlab.trace;

import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.util.Collection;

/** An exporter that counts exported spans and warns about failures. */
final class CountingSpanExporter implements SpanExporter {
  private final SpanExporter exporter;
  private final SpanCounters counters;
  private final ExportWarnings warnings;
  private volatile boolean shuttingDown;

  CountingSpanExporter(SpanExporter exporter, SpanCounters counters, ExportWarnings warnings) {
    this.exporter = exporter;
    this.counters = counters;
    this.warnings = warnings;
  }

  @Override
  public CompletableResultCode export(Collection<SpanData> spans) {
    int count = spans.size(); // the caller reuses the collection after this method returns
    CompletableResultCode result = exporter.export(spans);
    result.whenComplete(
        () -> {
          if (result.isSuccess()) {
            counters.exported(count);
            return;
          }
          counters.failed(count);
          if (count > 0 || !shuttingDown) { // a shutdown cancels the check of the endpoint
            warnings.failed(result.getFailureThrowable());
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
    shuttingDown = true;
    return exporter.shutdown();
  }

  @Override
  public String toString() {
    return "CountingSpanExporter[" + exporter + "]";
  }
}
