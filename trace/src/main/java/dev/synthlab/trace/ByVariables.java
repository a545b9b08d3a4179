package dev.synthlab.trace;

import dev.synthlab.config.Trace;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.exporter.otlp.trace.OtlpGrpcSpanExporter;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Sets up what OpenTelemetry's own variables say; ours are the defaults beneath. */
final class ByVariables {
  private ByVariables() {}

  static OpenTelemetrySdk sdk(Trace trace, Tally tally, Complaints complaints) {
    return AutoConfiguredOpenTelemetrySdk.builder()
        .addPropertiesSupplier(() -> beneath(trace))
        .addResourceCustomizer((resource, config) -> Pipeline.named(resource, trace))
        .addSpanExporterCustomizer(
            (exporter, config) ->
                speaksOtlp(exporter) ? new CountedExporter(exporter, tally, complaints) : exporter)
        .addSpanProcessorCustomizer((processor, config) -> kept(processor, trace.sample(), tally))
        .disableShutdownHook()
        .build()
        .getOpenTelemetrySdk();
  }

  private static SpanProcessor kept(SpanProcessor processor, double sample, Tally tally) {
    // Others show spans as they end, for someone who looks for a mistake.
    return processor instanceof BatchSpanProcessor
        ? new Keeping(processor, sample, tally)
        : processor;
  }

  private static boolean speaksOtlp(SpanExporter exporter) {
    return exporter instanceof OtlpHttpSpanExporter || exporter instanceof OtlpGrpcSpanExporter;
  }

  static Map<String, String> beneath(Trace trace) {
    Map<String, String> all = new LinkedHashMap<>();
    all.put("otel.metrics.exporter", "none");
    all.put("otel.logs.exporter", "none");
    all.put("otel.bsp.max.queue.size", Integer.toString(Pipeline.QUEUE));
    all.put("otel.bsp.schedule.delay", Long.toString(Pipeline.DELAY.toMillis()));
    all.put("otel.span.attribute.count.limit", Integer.toString(Pipeline.MOST_ATTRIBUTES));
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
