package dev.synthlab.trace;

import dev.synthlab.config.NetworkSettings;
import dev.synthlab.config.Secret;
import dev.synthlab.config.TraceSettings;
import dev.synthlab.http.ExplainingTrustManager;
import dev.synthlab.http.Proxies;
import io.opentelemetry.exporter.otlp.http.metrics.OtlpHttpMetricExporter;
import io.opentelemetry.exporter.otlp.http.metrics.OtlpHttpMetricExporterBuilder;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporterBuilder;
import io.opentelemetry.exporter.otlp.metrics.OtlpGrpcMetricExporter;
import io.opentelemetry.exporter.otlp.metrics.OtlpGrpcMetricExporterBuilder;
import io.opentelemetry.exporter.otlp.trace.OtlpGrpcSpanExporter;
import io.opentelemetry.exporter.otlp.trace.OtlpGrpcSpanExporterBuilder;
import io.opentelemetry.sdk.common.export.ProxyOptions;
import io.opentelemetry.sdk.common.export.RetryPolicy;
import io.opentelemetry.sdk.metrics.export.MetricExporter;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Makes exporters that neither try long nor wait long. */
final class Exporters {
  private static final Duration MAX = Duration.ofSeconds(10);
  private static final RetryPolicy RETRIES =
      RetryPolicy.builder()
          .setMaxAttempts(3)
          .setInitialBackoff(Duration.ofMillis(200))
          .setMaxBackoff(Duration.ofSeconds(1))
          .build();

  // What goes wrong is said once a minute by Complaints, and not by each export. Loggers that
  // nobody holds forget what they were told.
  private static final List<Logger> NOISY =
      List.of(
          Logger.getLogger("io.opentelemetry.exporter"),
          Logger.getLogger("io.opentelemetry.sdk.trace.export"));

  private Exporters() {}

  static void hush() {
    NOISY.forEach(each -> each.setLevel(Level.OFF));
  }

  static SpanExporter to(TraceSettings trace, NetworkSettings network) {
    TraceSettings.Exporter place = trace.place();
    Map<String, String> headers = headers(trace);
    return switch (place.protocol()) {
      case HTTP ->
          routed(OtlpHttpSpanExporter.builder(), network)
              .setEndpoint(place.address().toString())
              .setHeaders(() -> headers)
              .setTimeout(MAX)
              .setRetryPolicy(RETRIES)
              .build();
      case GRPC ->
          routed(OtlpGrpcSpanExporter.builder(), network)
              .setEndpoint(place.address().toString())
              .setHeaders(() -> headers)
              .setTimeout(MAX)
              .setRetryPolicy(RETRIES)
              .build();
    };
  }

  /** The same exporter, by the proxies and the authorities of the settings. */
  @SuppressWarnings("ReferenceEquality") // whether another took its place
  static SpanExporter routed(SpanExporter exporter, NetworkSettings network) {
    SpanExporter routed =
        switch (exporter) {
          case OtlpHttpSpanExporter http -> routed(http.toBuilder(), network).build();
          case OtlpGrpcSpanExporter grpc -> routed(grpc.toBuilder(), network).build();
          case SpanExporter other -> other;
        };
    if (routed != exporter) {
      exporter.shutdown();
    }
    return routed;
  }

  /** The same for metrics. */
  @SuppressWarnings("ReferenceEquality") // whether another took its place
  static MetricExporter routed(MetricExporter exporter, NetworkSettings network) {
    Optional<ExplainingTrustManager> trust =
        network.caFile().map(any -> ExplainingTrustManager.of(network));
    MetricExporter routed =
        switch (exporter) {
          case OtlpHttpMetricExporter http -> {
            OtlpHttpMetricExporterBuilder made = http.toBuilder();
            made.setProxyOptions(
                ProxyOptions.create(new SameServerProxySelector(Proxies.of(network))));
            trust.ifPresent(any -> made.setSslContext(any.context(), any));
            yield made.build();
          }
          case OtlpGrpcMetricExporter grpc -> {
            OtlpGrpcMetricExporterBuilder made = grpc.toBuilder();
            trust.ifPresent(any -> made.setSslContext(any.context(), any));
            yield made.build();
          }
          case MetricExporter other -> other;
        };
    if (routed != exporter) {
      exporter.shutdown();
    }
    return routed;
  }

  private static OtlpHttpSpanExporterBuilder routed(
      OtlpHttpSpanExporterBuilder made, NetworkSettings network) {
    made.setProxy(ProxyOptions.create(new SameServerProxySelector(Proxies.of(network))));
    // Without authorities of one's own the SDK's trust is the system's, and needs no loading.
    if (network.caFile().isPresent()) {
      ExplainingTrustManager trust = ExplainingTrustManager.of(network);
      made.setSslContext(trust.context(), trust);
    }
    return made;
  }

  /** The SDK sends by gRPC directly, whatever the proxies. */
  private static OtlpGrpcSpanExporterBuilder routed(
      OtlpGrpcSpanExporterBuilder made, NetworkSettings network) {
    if (network.caFile().isPresent()) {
      ExplainingTrustManager trust = ExplainingTrustManager.of(network);
      made.setSslContext(trust.context(), trust);
    }
    return made;
  }

  static Map<String, String> headers(TraceSettings trace) {
    Map<String, String> headers = new LinkedHashMap<>();
    // In lower case, as gRPC wants it.
    trace.key().map(Secret::reveal).ifPresent(k -> headers.put("authorization", "Bearer " + k));
    trace.headers().forEach((name, value) -> headers.put(name, value.reveal()));
    return headers;
  }
}
