package dev.synthlab.trace;

import dev.synthlab.config.Net;
import dev.synthlab.config.Secret;
import dev.synthlab.config.Trace;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.exporter.otlp.trace.OtlpGrpcSpanExporter;
import io.opentelemetry.sdk.common.export.ProxyOptions;
import io.opentelemetry.sdk.common.export.RetryPolicy;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Makes exporters that neither try long nor wait long. */
final class Exporters {
  private static final Duration LONGEST = Duration.ofSeconds(10);
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

  static SpanExporter to(Trace trace, Net net) {
    Trace.Place place = trace.place();
    Map<String, String> headers = headers(trace);
    return switch (place.protocol()) {
      case HTTP ->
          OtlpHttpSpanExporter.builder()
              .setEndpoint(place.address().toString())
              .setHeaders(() -> headers)
              .setTimeout(LONGEST)
              .setRetryPolicy(RETRIES)
              .setProxy(ProxyOptions.create(new ByNet(net)))
              .build();
      case GRPC ->
          OtlpGrpcSpanExporter.builder()
              .setEndpoint(place.address().toString())
              .setHeaders(() -> headers)
              .setTimeout(LONGEST)
              .setRetryPolicy(RETRIES)
              .build();
    };
  }

  static Map<String, String> headers(Trace trace) {
    Map<String, String> headers = new LinkedHashMap<>();
    // In lower case, as gRPC wants it.
    trace.key().map(Secret::reveal).ifPresent(k -> headers.put("authorization", "Bearer " + k));
    trace.headers().forEach((name, value) -> headers.put(name, value.reveal()));
    return headers;
  }

  /** The proxies of the settings, and no others. */
  private static final class ByNet extends ProxySelector {
    private final Net net;

    ByNet(Net net) {
      this.net = net;
    }

    @Override
    public List<Proxy> select(@Nullable URI address) {
      return List.of(
          Optional.ofNullable(address)
              .flatMap(net::proxyFor)
              .map(p -> InetSocketAddress.createUnresolved(p.host(), p.port()))
              .map(place -> new Proxy(Proxy.Type.HTTP, place))
              .orElse(Proxy.NO_PROXY));
    }

    @Override
    public void connectFailed(
        @Nullable URI address, @Nullable SocketAddress proxy, @Nullable IOException why) {
      // There is no other proxy to turn to.
    }
  }
}
