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
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;

/** A factory of OTLP exporters with short timeouts and few retries. */
final class Exporters {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final RetryPolicy RETRIES =
      RetryPolicy.builder()
          .setMaxAttempts(3)
          .setInitialBackoff(Duration.ofMillis(200))
          .setMaxBackoff(Duration.ofSeconds(1))
          .build();

  // ExportWarnings reports failures once a minute. Loggers without a reference would lose their
  // level.
  private static final List<Logger> SDK_LOGGERS =
      List.of(
          Logger.getLogger("io.opentelemetry.exporter"),
          Logger.getLogger("io.opentelemetry.sdk.trace.export"));

  private Exporters() {}

  static void silenceSdk() {
    SDK_LOGGERS.forEach(each -> each.setLevel(Level.OFF));
  }

  static SpanExporter create(TraceSettings trace, NetworkSettings network) {
    URI address = trace.place().address();
    Map<String, String> headers = headers(trace);
    return switch (trace.place().protocol()) {
      case HTTP ->
          new GrpcFallbackExporter(
              http(address, headers, network),
              Pipeline.redacted(address),
              () -> grpc(root(address), headers, network));
      case GRPC -> grpc(address, headers, network);
    };
  }

  private static URI root(URI address) {
    return URI.create(address.getScheme() + "://" + address.getRawAuthority());
  }

  private static SpanExporter http(
      URI address, Map<String, String> headers, NetworkSettings network) {
    return withNetwork(OtlpHttpSpanExporter.builder(), network)
        .setEndpoint(address.toString())
        .setHeaders(() -> headers)
        .setTimeout(TIMEOUT)
        .setRetryPolicy(RETRIES)
        .build();
  }

  private static SpanExporter grpc(
      URI address, Map<String, String> headers, NetworkSettings network) {
    return withNetwork(OtlpGrpcSpanExporter.builder(), network)
        .setEndpoint(address.toString())
        .setHeaders(() -> headers)
        .setTimeout(TIMEOUT)
        .setRetryPolicy(RETRIES)
        .build();
  }

  /** The exporter with the proxies and certificate authorities of the settings. */
  @SuppressWarnings("ReferenceEquality") // whether it was replaced
  static SpanExporter withNetwork(SpanExporter exporter, NetworkSettings network) {
    SpanExporter withNetwork =
        switch (exporter) {
          case OtlpHttpSpanExporter http -> withNetwork(http.toBuilder(), network).build();
          case OtlpGrpcSpanExporter grpc -> withNetwork(grpc.toBuilder(), network).build();
          case SpanExporter other -> other;
        };
    if (withNetwork != exporter) {
      exporter.shutdown();
    }
    return withNetwork;
  }

  /** The exporter of metrics with the proxies and certificate authorities of the settings. */
  @SuppressWarnings("ReferenceEquality") // whether it was replaced
  static MetricExporter withNetwork(MetricExporter exporter, NetworkSettings network) {
    Optional<ExplainingTrustManager> trust =
        network.caFile().map(any -> ExplainingTrustManager.of(network));
    MetricExporter withNetwork =
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
    if (withNetwork != exporter) {
      exporter.shutdown();
    }
    return withNetwork;
  }

  private static OtlpHttpSpanExporterBuilder withNetwork(
      OtlpHttpSpanExporterBuilder made, NetworkSettings network) {
    made.setProxy(ProxyOptions.create(new SameServerProxySelector(Proxies.of(network))));
    // Without own authorities the SDK uses those of the system, which need no loading.
    if (network.caFile().isPresent()) {
      ExplainingTrustManager trust = ExplainingTrustManager.of(network);
      made.setSslContext(trust.context(), trust);
    }
    return made;
  }

  /** The SDK does not support proxies for gRPC. */
  private static OtlpGrpcSpanExporterBuilder withNetwork(
      OtlpGrpcSpanExporterBuilder made, NetworkSettings network) {
    if (network.caFile().isPresent()) {
      ExplainingTrustManager trust = ExplainingTrustManager.of(network);
      made.setSslContext(trust.context(), trust);
    }
    return made;
  }

  static Map<String, String> headers(TraceSettings trace) {
    Map<String, String> headers = new LinkedHashMap<>();
    // In lower case, as gRPC requires.
    trace.key().map(Secret::reveal).ifPresent(k -> headers.put("authorization", "Bearer " + k));
    trace.headers().forEach((name, value) -> headers.put(name, value.reveal()));
    return headers;
  }
}
