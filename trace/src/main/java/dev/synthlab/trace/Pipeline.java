package dev.synthlab.trace;

import dev.synthlab.config.NetworkSettings;
import dev.synthlab.config.TraceSettings;
import dev.synthlab.spans.Metrics;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.SpanLimits;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** One OpenTelemetry SDK with its sampler, queue and exporter. */
final class Pipeline {
  /** The capacity of the queue of ended spans. */
  static final int QUEUE = 16_384;

  /** The maximum number of spans of one export. */
  private static final int BATCH = 512;

  static final Duration DELAY = Duration.ofSeconds(1);

  /** The default of the SDK, 128, is too small for a long conversation. */
  static final int MAX_ATTRIBUTES = 10_000;

  private static final AttributeKey<String> PROJECT =
      AttributeKey.stringKey("openinference.project.name");
  private static final AttributeKey<String> SERVICE = AttributeKey.stringKey("service.name");

  private final OpenTelemetrySdk sdk;
  private final String endpoint;
  private final SpanCounters counters;

  private Pipeline(OpenTelemetrySdk sdk, String endpoint, SpanCounters counters) {
    this.sdk = sdk;
    this.endpoint = endpoint;
    this.counters = counters;
  }

  static Pipeline of(TraceSettings trace, NetworkSettings network) {
    Exporters.silenceSdk();
    String endpoint = redacted(trace.place().address());
    SpanCounters counters = new SpanCounters(maxInFlight(trace));
    ExportWarnings warnings = ExportWarnings.ofSpans(endpoint, trace.place().protocol());
    if (!trace.otel().isEmpty()) {
      return new Pipeline(
          OtelEnvironment.sdk(trace, network, counters, warnings), endpoint, counters);
    }
    SpanExporter exporter =
        new CountingSpanExporter(Exporters.create(trace, network), counters, warnings);
    BatchSpanProcessor queue =
        BatchSpanProcessor.builder(exporter).setMaxQueueSize(QUEUE).setScheduleDelay(DELAY).build();
    OpenTelemetrySdk sdk =
        OpenTelemetrySdk.builder()
            .setTracerProvider(
                SdkTracerProvider.builder()
                    .setResource(named(Resource.getDefault(), trace))
                    .setSpanLimits(
                        SpanLimits.builder().setMaxNumberOfAttributes(MAX_ATTRIBUTES).build())
                    .addSpanProcessor(new TailSampler(queue, trace.sample(), counters))
                    .build())
            .setPropagators(ContextPropagators.create(W3CTraceContextPropagator.getInstance()))
            .build();
    // An empty export now, so that a wrong endpoint is reported at the start.
    exporter.export(List.of());
    return new Pipeline(sdk, endpoint, counters);
  }

  private static long maxInFlight(TraceSettings trace) {
    return number(trace, "OTEL_BSP_MAX_QUEUE_SIZE", QUEUE)
        + 2 * number(trace, "OTEL_BSP_MAX_EXPORT_BATCH_SIZE", BATCH);
  }

  private static long number(TraceSettings trace, String variable, long defaultValue) {
    String value = trace.otel().getOrDefault(variable, "").strip();
    return value.matches("\\d{1,9}") ? Long.parseLong(value) : defaultValue;
  }

  /** The resource, with the project as its project and service name where it has none. */
  static Resource named(Resource resource, TraceSettings trace) {
    String service = resource.getAttribute(SERVICE);
    Attributes project =
        resource.getAttribute(PROJECT) == null
            ? Attributes.of(PROJECT, trace.project())
            : Attributes.empty();
    Attributes name =
        service == null || service.startsWith("unknown_service")
            ? Attributes.of(SERVICE, trace.project())
            : Attributes.empty();
    return resource.merge(Resource.create(project)).merge(Resource.create(name));
  }

  /** The reason why the endpoint does not accept an empty export; empty if it does. */
  static Optional<String> unreachable(
      TraceSettings trace, NetworkSettings network, Duration timeout) {
    Exporters.silenceSdk();
    List<SpanExporter> exporters =
        trace.otel().isEmpty()
            ? List.of(Exporters.create(trace, network))
            : OtelEnvironment.exporters(trace, network);
    return exporters.stream()
        .map(exporter -> failure(exporter, timeout))
        .flatMap(Optional::stream)
        .findFirst();
  }

  private static Optional<String> failure(SpanExporter exporter, Duration timeout) {
    try {
      CompletableResultCode result =
          exporter.export(List.of()).join(timeout.toMillis(), TimeUnit.MILLISECONDS);
      return result.isSuccess()
          ? Optional.empty()
          : Optional.of(ExportWarnings.reason(result.getFailureThrowable()));
    } finally {
      exporter.shutdown();
    }
  }

  /** A URL without its query and user info, which may contain secrets. */
  static String redacted(URI address) {
    String port = address.getPort() < 0 ? "" : ":" + address.getPort();
    return address.getScheme() + "://" + address.getHost() + port + address.getRawPath();
  }

  OpenTelemetry openTelemetry() {
    return sdk;
  }

  ExportStats stats() {
    return counters.stats(endpoint);
  }

  /** Registers the metric of lost spans. */
  void measureLoss() {
    Metrics.setLostSpans(counters::lost);
  }

  ExportStats shutdown(Duration max) {
    long end = System.nanoTime() + max.toNanos();
    sdk.getSdkTracerProvider().shutdown().join(max.toMillis(), TimeUnit.MILLISECONDS);
    counters.close();
    // Metrics come last: they include the number of lost spans.
    long left = Math.max(0, end - System.nanoTime());
    sdk.getSdkMeterProvider().shutdown().join(left, TimeUnit.NANOSECONDS);
    return stats();
  }
}
