package dev.synthlab.trace;

import dev.synthlab.config.NetworkSettings;
import dev.synthlab.config.TraceSettings;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.exporter.otlp.trace.OtlpGrpcSpanExporter;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdkBuilder;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The OpenTelemetry SDK as configured by the {@code OTEL_*} variables, with our settings as
 * defaults.
 */
final class OtelEnvironment {
  private static final Map<String, String> NO_SPANS =
      Map.of("otel.traces.exporter", "none", "otel.traces.sampler", "always_off");

  private OtelEnvironment() {}

  static OpenTelemetrySdk sdk(
      TraceSettings trace,
      NetworkSettings network,
      SpanCounters counters,
      ExportWarnings warnings) {
    List<SpanExporter> exporters = new ArrayList<>();
    OpenTelemetrySdk sdk =
        configured(trace)
            .addSpanExporterCustomizer(
                (exporter, config) -> {
                  if (!isOtlp(exporter)) {
                    return exporter;
                  }
                  SpanExporter connected =
                      Exporters.withNetwork(exporter, withOwnTrust(trace, network));
                  SpanExporter counted = new CountingSpanExporter(connected, counters, warnings);
                  exporters.add(counted);
                  return counted;
                })
            .addSpanProcessorCustomizer(
                (processor, config) -> withSampling(processor, trace.sample(), counters))
            .addMetricExporterCustomizer(
                (exporter, config) ->
                    new WarningMetricExporter(
                        Exporters.withNetwork(exporter, withOwnTrust(trace, network))))
            .build()
            .getOpenTelemetrySdk();
    // An empty export now, so that a wrong endpoint is reported at the start.
    exporters.forEach(each -> each.export(List.of()));
    return sdk;
  }

  /** The OTLP exporters, which the caller shuts down. */
  static List<SpanExporter> exporters(TraceSettings trace, NetworkSettings network) {
    List<SpanExporter> exporters = new ArrayList<>();
    configured(trace)
        .addPropertiesCustomizer(config -> Map.of("otel.metrics.exporter", "none"))
        .addSpanExporterCustomizer(
            (exporter, config) -> {
              if (isOtlp(exporter)) {
                exporters.add(Exporters.withNetwork(exporter, withOwnTrust(trace, network)));
              }
              return SpanExporter.composite();
            })
        .build()
        .getOpenTelemetrySdk()
        .shutdown();
    return exporters;
  }

  private static AutoConfiguredOpenTelemetrySdkBuilder configured(TraceSettings trace) {
    return AutoConfiguredOpenTelemetrySdk.builder()
        .addPropertiesSupplier(() -> defaults(trace))
        .addPropertiesCustomizer(config -> trace.on() ? Map.of() : NO_SPANS)
        .addResourceCustomizer((resource, config) -> Pipeline.named(resource, trace))
        .disableShutdownHook();
  }

  /** Certificate variables of OpenTelemetry override the authorities of the settings. */
  private static NetworkSettings withOwnTrust(TraceSettings trace, NetworkSettings network) {
    boolean hasCertificate =
        trace.otel().keySet().stream().anyMatch(name -> name.endsWith("CERTIFICATE"));
    return hasCertificate
        ? new NetworkSettings(
            Optional.empty(),
            network.httpProxy(),
            network.httpsProxy(),
            network.noProxy(),
            network.refused())
        : network;
  }

  private static SpanProcessor withSampling(
      SpanProcessor processor, double sample, SpanCounters counters) {
    // Other processors export spans immediately, for debugging.
    return processor instanceof BatchSpanProcessor
        ? new TailSampler(processor, sample, counters)
        : processor;
  }

  private static boolean isOtlp(SpanExporter exporter) {
    return exporter instanceof OtlpHttpSpanExporter || exporter instanceof OtlpGrpcSpanExporter;
  }

  static Map<String, String> defaults(TraceSettings trace) {
    Map<String, String> all = new LinkedHashMap<>();
    all.put("otel.metrics.exporter", "none");
    all.put("otel.logs.exporter", "none");
    all.put("otel.bsp.max.queue.size", Integer.toString(Pipeline.QUEUE));
    all.put("otel.bsp.schedule.delay", Long.toString(Pipeline.DELAY.toMillis()));
    all.put("otel.span.attribute.count.limit", Integer.toString(Pipeline.MAX_ATTRIBUTES));
    all.put("otel.exporter.otlp.traces.protocol", trace.place().protocol().word());
    if (!trace.otel().containsKey("OTEL_EXPORTER_OTLP_ENDPOINT")) {
      all.put("otel.exporter.otlp.traces.endpoint", trace.place().address().toString());
    }
    if (!trace.otel().containsKey("OTEL_EXPORTER_OTLP_HEADERS")) {
      String headers =
          Exporters.headers(trace).entrySet().stream()
              .map(each -> each.getKey() + "=" + encoded(each.getValue()))
              .collect(Collectors.joining(","));
      all.put("otel.exporter.otlp.traces.headers", headers);
    }
    trace.otel().forEach((name, value) -> all.put(property(name), value));
    return all;
  }

  private static String encoded(String value) {
    return URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private static String property(String variable) {
    return variable.toLowerCase(Locale.ROOT).replace('_', '.');
  }
}
