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

/** One OpenTelemetry that was set up here: from ended spans to the server. */
final class Pipeline {
  /** Ended spans that wait to be sent, in a burst. */
  static final int QUEUE = 16_384;

  /** One batch is gathered while another is sent. */
  private static final int BATCH = 512;

  static final Duration DELAY = Duration.ofSeconds(1);

  /** The SDK's own 128 are too few for a long conversation. */
  static final int MAX_ATTRIBUTES = 10_000;

  private static final AttributeKey<String> PROJECT =
      AttributeKey.stringKey("openinference.project.name");
  private static final AttributeKey<String> SERVICE = AttributeKey.stringKey("service.name");

  private final OpenTelemetrySdk sdk;
  private final String place;
  private final SpanCounters counters;

  private Pipeline(OpenTelemetrySdk sdk, String place, SpanCounters counters) {
    this.sdk = sdk;
    this.place = place;
    this.counters = counters;
  }

  static Pipeline of(TraceSettings trace, NetworkSettings network) {
    Exporters.hush();
    String place = shown(trace.place().address());
    SpanCounters counters = new SpanCounters(maxOnTheirWay(trace));
    ExportWarnings complaints = ExportWarnings.ofSpans(place, trace.place().protocol());
    if (!trace.otel().isEmpty()) {
      return new Pipeline(
          OtelEnvironment.sdk(trace, network, counters, complaints), place, counters);
    }
    SpanExporter exporter =
        new CountingSpanExporter(Exporters.to(trace, network), counters, complaints);
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
    // Nothing is sent at once, to hear now and not at the end that nobody takes it.
    exporter.export(List.of());
    return new Pipeline(sdk, place, counters);
  }

  private static long maxOnTheirWay(TraceSettings trace) {
    return number(trace, "OTEL_BSP_MAX_QUEUE_SIZE", QUEUE)
        + 2 * number(trace, "OTEL_BSP_MAX_EXPORT_BATCH_SIZE", BATCH);
  }

  private static long number(TraceSettings trace, String variable, long byDefault) {
    String given = trace.otel().getOrDefault(variable, "").strip();
    return given.matches("\\d{1,9}") ? Long.parseLong(given) : byDefault;
  }

  /** The resource with the project, where neither it nor the service has a name. */
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

  /** Tries the address once. */
  static Optional<String> unreachable(
      TraceSettings trace, NetworkSettings network, Duration patience) {
    Exporters.hush();
    List<SpanExporter> exporters =
        trace.otel().isEmpty()
            ? List.of(Exporters.to(trace, network))
            : OtelEnvironment.exporters(trace, network);
    return exporters.stream()
        .map(exporter -> refusal(exporter, patience))
        .flatMap(Optional::stream)
        .findFirst();
  }

  private static Optional<String> refusal(SpanExporter exporter, Duration patience) {
    try {
      CompletableResultCode result =
          exporter.export(List.of()).join(patience.toMillis(), TimeUnit.MILLISECONDS);
      return result.isSuccess()
          ? Optional.empty()
          : Optional.of(ExportWarnings.reason(result.getFailureThrowable()));
    } finally {
      exporter.shutdown();
    }
  }

  /** An address without what may be secret in it. */
  static String shown(URI address) {
    String port = address.getPort() < 0 ? "" : ":" + address.getPort();
    return address.getScheme() + "://" + address.getHost() + port + address.getRawPath();
  }

  OpenTelemetry openTelemetry() {
    return sdk;
  }

  ExportStats delivery() {
    return counters.so(place);
  }

  /** Lets whoever reads metrics know how many spans were lost. */
  void measureLoss() {
    Metrics.setLostSpans(counters::lost);
  }

  ExportStats shutdown(Duration max) {
    long end = System.nanoTime() + max.toNanos();
    sdk.getSdkTracerProvider().shutdown().join(max.toMillis(), TimeUnit.MILLISECONDS);
    counters.close();
    // Metrics come last: they tell what became of the spans.
    long left = Math.max(0, end - System.nanoTime());
    sdk.getSdkMeterProvider().shutdown().join(left, TimeUnit.NANOSECONDS);
    return delivery();
  }
}
