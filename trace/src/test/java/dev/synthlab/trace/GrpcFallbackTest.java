package dev.synthlab.trace;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.synthlab.config.Environment;
import dev.synthlab.config.Settings;
import dev.synthlab.config.TraceSettings;
import dev.synthlab.spans.Tracing;
import java.io.EOFException;
import java.io.IOException;
import java.net.ProtocolException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

/** An endpoint for HTTP that is a port of gRPC. */
@Timeout(60)
class GrpcFallbackTest {
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();
  private final Logger root = (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);

  @BeforeEach
  void listen() {
    log.start();
    root.addAppender(log);
  }

  @AfterEach
  void end() {
    PhoenixTracing.shutdown();
    root.detachAppender(log);
  }

  private List<String> logged() {
    return log.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
  }

  @Test
  void sendsSpansByGrpcIfThePortIsOneOfGrpc() throws IOException {
    try (GrpcPort collector = new GrpcPort()) {
      PhoenixTracing.setup(TraceSettings.to(collector.address()));
      for (int i = 0; i < 20; i++) {
        Tracing.chain("step-" + i, () -> "done");
      }

      ExportStats end = PhoenixTracing.shutdown();

      assertThat(end.lost()).isZero();
      String calls = String.join("", collector.calls());
      assertThat(calls).contains("step-0", "step-19");
      assertThat(logged())
          .filteredOn(line -> line.contains(Integer.toString(collector.address().getPort())))
          .containsExactly(
              collector.address() + "/v1/traces is a port of gRPC: spans are sent there by gRPC");
    }
  }

  @Test
  void acceptsAPortOfGrpcInTheCheckOfTheEndpoint() throws IOException {
    try (GrpcPort collector = new GrpcPort()) {
      Map<String, String> phoenix =
          Map.of("PHOENIX_COLLECTOR_ENDPOINT", collector.address().toString());

      assertThat(PhoenixTracing.unreachable(settings(phoenix), Duration.ofSeconds(10))).isEmpty();
    }
  }

  @Test
  void saysInWordsThatAPortIsOneOfGrpcIfHttpIsDemanded() throws IOException {
    try (GrpcPort collector = new GrpcPort()) {
      Map<String, String> otel =
          Map.of(
              "OTEL_EXPORTER_OTLP_ENDPOINT",
              collector.address().toString(),
              "OTEL_EXPORTER_OTLP_PROTOCOL",
              "http/protobuf");

      assertThat(PhoenixTracing.unreachable(settings(otel), Duration.ofSeconds(10)))
          .contains("this is a port of gRPC, not of HTTP");
    }
  }

  @Test
  void recognisesTheFirstFrameOfHttp2Only() {
    assertThat(GrpcFallbackExporter.isGrpcPort(eof("000018040000000000"))).isTrue();
    assertThat(GrpcFallbackExporter.isGrpcPort(status("\0\0\u0018\u0004\0\0\0"))).isTrue();
    assertThat(GrpcFallbackExporter.isGrpcPort(eof(""))).isFalse();
    assertThat(GrpcFallbackExporter.isGrpcPort(eof("485454502f312e3104"))).isFalse();
    assertThat(GrpcFallbackExporter.isGrpcPort(status("SSH-2.0-OpenSSH_9.6"))).isFalse();
    assertThat(GrpcFallbackExporter.isGrpcPort(null)).isFalse();
  }

  private static Throwable eof(String bytes) {
    return new IOException(
        "unexpected end of stream",
        new EOFException("\\n not found: limit=9 content=" + bytes + "\u2026"));
  }

  private static Throwable status(String line) {
    return new ProtocolException("Unexpected status line: " + line);
  }

  private static Settings settings(Map<String, String> variables) {
    return Settings.from(Environment.of(variables));
  }
}
