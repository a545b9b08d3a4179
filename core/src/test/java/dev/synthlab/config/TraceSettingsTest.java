package dev.synthlab.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TraceSettingsTest {
  @ParameterizedTest
  @CsvSource({
    "http://p:6006, http://p:6006/v1/traces, HTTP",
    "http://p:6006/, http://p:6006/v1/traces, HTTP",
    "http://p:6006/v1/traces, http://p:6006/v1/traces, HTTP",
    "http://p:4317/v1/traces, http://p:4317/v1/traces, HTTP",
    "http://p:4317, http://p:4317, GRPC",
    "http://p:4317/, http://p:4317, GRPC",
    "https://app.phoenix.arize.com/s/me, https://app.phoenix.arize.com/s/me/v1/traces, HTTP",
  })
  void distinguishesHttpAndGrpcByTheAddress(
      String endpoint, String address, TraceSettings.Protocol protocol) {
    TraceSettings trace = from(Map.of("PHOENIX_COLLECTOR_ENDPOINT", endpoint));

    assertThat(trace.place()).isEqualTo(new TraceSettings.Exporter(URI.create(address), protocol));
  }

  @Test
  void readsTheGrpcPortOfPhoenix() {
    TraceSettings trace =
        from(Map.of("PHOENIX_COLLECTOR_ENDPOINT", "http://p:9999", "PHOENIX_GRPC_PORT", "9999"));

    assertThat(trace.place().protocol()).isEqualTo(TraceSettings.Protocol.GRPC);
  }

  @Test
  void prefersAConfiguredProtocol() {
    TraceSettings http =
        from(
            Map.of(
                "PHOENIX_COLLECTOR_ENDPOINT",
                "http://p:4317",
                "OTEL_EXPORTER_OTLP_PROTOCOL",
                "http/protobuf"));
    TraceSettings grpc =
        from(
            Map.of(
                "PHOENIX_COLLECTOR_ENDPOINT",
                "http://p:6006",
                "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL",
                "grpc"));

    assertThat(http.place())
        .isEqualTo(
            new TraceSettings.Exporter(
                URI.create("http://p:4317/v1/traces"), TraceSettings.Protocol.HTTP));
    assertThat(grpc.place())
        .isEqualTo(
            new TraceSettings.Exporter(URI.create("http://p:6006"), TraceSettings.Protocol.GRPC));
  }

  @ParameterizedTest
  @CsvSource({
    "'', '', '', false",
    "true, '', '', true",
    "'', http://p:6006, '', true",
    "false, http://p:6006, '', false",
    "'', '', OTEL_EXPORTER_OTLP_ENDPOINT=http://c:4318, true",
    "'', '', OTEL_SERVICE_NAME=me, false",
    "true, http://p:6006, OTEL_SDK_DISABLED=true, false",
  })
  void isOnIfEnabledOrIfThereIsAnAddress(String enabled, String endpoint, String otel, boolean on) {
    Map<String, String> variables = new HashMap<>();
    variables.put("PHOENIX_ENABLED", enabled);
    variables.put("PHOENIX_COLLECTOR_ENDPOINT", endpoint);
    if (!otel.isEmpty()) {
      variables.put(otel.split("=")[0], otel.split("=")[1]);
    }

    assertThat(from(variables).on()).isEqualTo(on);
  }

  @Test
  void sendsToAPhoenixOnThisMachineByDefault() {
    assertThat(from(Map.of("PHOENIX_ENABLED", "true")).place().address())
        .isEqualTo(URI.create("http://127.0.0.1:6006/v1/traces"));
  }

  @Test
  void showsNoSecretInItsTextForm() {
    TraceSettings trace =
        from(
            Map.of(
                "PHOENIX_API_KEY",
                "canary-phoenix-1",
                "PHOENIX_CLIENT_HEADERS",
                "x-a=canary-phoenix-2",
                "OTEL_EXPORTER_OTLP_HEADERS",
                "x-b=canary-phoenix-3"));

    assertThat(trace.toString()).doesNotContain("canary-phoenix");
  }

  private static TraceSettings from(Map<String, String> variables) {
    return Settings.from(Environment.of(variables)).trace();
  }
}
