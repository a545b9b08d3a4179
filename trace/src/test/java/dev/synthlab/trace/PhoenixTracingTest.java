package dev.synthlab.trace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthlab.call.CallException;
import dev.synthlab.config.Environment;
import dev.synthlab.config.Secret;
import dev.synthlab.config.Settings;
import dev.synthlab.config.TraceSettings;
import dev.synthlab.external.ApiClient;
import dev.synthlab.external.ApiService;
import dev.synthlab.spans.TraceMasking;
import dev.synthlab.spans.Tracing;
import dev.synthlab.test.Replies;
import dev.synthlab.test.ScriptedServer;
import io.opentelemetry.api.trace.Tracer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(90)
class PhoenixTracingTest {
  @AfterEach
  void endWhatWasSetUp() {
    PhoenixTracing.shutdown();
    Tracing.hide(TraceMasking.NONE);
  }

  @Test
  void sendsTheSpansOfACallWithTheKeyAndTheProject() {
    try (ScriptedServer phoenix = takes();
        Desk desk = new Desk(ScriptedServer.inTurn(Replies.chat("blue")))) {
      TraceSettings trace =
          TraceSettings.to(phoenix.base().resolve("/"))
              .withKey(Secret.of("phoenix-key-0815"))
              .withProject("skies");

      boolean on = PhoenixTracing.setup(trace);
      desk.layer.llm().complete("Why?");
      ExportStats stats = PhoenixTracing.shutdown();

      assertThat(on).isTrue();
      assertThat(stats.ended()).isEqualTo(2);
      assertThat(stats.lost()).isZero();
      assertThat(stats.warning()).isEmpty();
      assertThat(bytes(phoenix)).contains("skies", "Why?", "blue", "attempt 1", "synth_lab.llm");
      assertThat(phoenix.seen())
          .allSatisfy(
              seen -> {
                assertThat(seen.path()).isEqualTo("/v1/traces");
                assertThat(seen.header("authorization")).isEqualTo("Bearer phoenix-key-0815");
              });
    }
  }

  @Test
  void sendsTheSpansOfCallsToOtherServices() {
    try (ScriptedServer phoenix = takes();
        ScriptedServer weather =
            ScriptedServer.inTurn(Replies.json(503, "{}"), Replies.json(200, "{\"high\":7}"));
        Desk desk =
            new Desk(
                ScriptedServer.inTurn(Replies.chat("unused")),
                Map.of(
                    "WEATHER_BASE_URL",
                    weather.base().toString(),
                    "WEATHER_API_KEY",
                    "weather-key-4711"))) {
      PhoenixTracing.setup(TraceSettings.to(phoenix.base().resolve("/")));

      ApiService service = ApiService.named("weather");
      ApiClient api = desk.layer.client(ApiClient.class, service, each -> each);
      api.get("/forecast/{city}", "Oslo").query("token", "query-is-not-shown").send();
      ExportStats stats = PhoenixTracing.shutdown();

      assertThat(stats.ended()).isEqualTo(4);
      assertThat(bytes(phoenix))
          .contains("weather GET /forecast/{city}", "CHAIN", "attempt 1", "wait: backoff")
          .contains("attempt 2", "synth_lab.weather")
          .doesNotContain("weather-key-4711", "query-is-not-shown");
    }
  }

  @Test
  void probesTheEndpointOnceAtStartWithoutASpan() {
    try (ScriptedServer phoenix = takes()) {
      PhoenixTracing.setup(TraceSettings.to(phoenix.base().resolve("/")));

      while (phoenix.seen().isEmpty()) {
        Thread.onSpinWait();
      }
      PhoenixTracing.shutdown();
      assertThat(phoenix.seen()).hasSize(1);
      assertThat(phoenix.seen().getFirst().body()).isEmpty();
    }
  }

  @Test
  void sendsNeitherAKeyNorAHiddenPromptInAnyByte() {
    String key = "sk-trace-canary-0123456789abcdef";
    String prompt = "canary prompt of a person";
    try (ScriptedServer phoenix = takes();
        Desk desk =
            new Desk(
                ScriptedServer.inTurn(
                    Replies.chat(prompt + " answered, " + key),
                    Replies.error(500, "boom", "you sent " + prompt + " with " + key),
                    Replies.error(400, "bad", "you sent " + prompt + " with " + key)),
                Map.of("OPENAI_API_KEY", key))) {
      Map<String, String> all = new HashMap<>();
      for (TraceMasking.Hidden part : TraceMasking.Hidden.values()) {
        all.put(part.name(), "true");
      }
      Tracing.hide(TraceMasking.from(Environment.of(all)));
      PhoenixTracing.setup(TraceSettings.to(phoenix.base().resolve("/")));

      Tracing.chain("around", prompt, () -> desk.layer.llm().complete(prompt));
      try {
        Tracing.chain("around", Map.of("q", prompt), () -> desk.layer.llm().complete(prompt));
      } catch (CallException e) {
        assertThat(e.getMessage()).contains("400");
      }
      ExportStats stats = PhoenixTracing.shutdown();

      assertThat(stats.lost()).isZero();
      assertThat(stats.ended()).isGreaterThanOrEqualTo(7);
      assertThat(bytes(phoenix)).contains("__REDACTED__", "exception.stacktrace");
      assertThat(bytes(phoenix)).doesNotContain(key, "0123456789abcdef", prompt, "canary prompt");
    }
  }

  @Test
  void failsNoCallAndCountsLostSpansWhenPhoenixIsDown() throws IOException {
    try (Desk desk = new Desk(ScriptedServer.start((request, number) -> Replies.chat("fine")))) {
      PhoenixTracing.setup(TraceSettings.to(URI.create("http://127.0.0.1:" + closedPort())));

      for (int i = 0; i < 50; i++) {
        assertThat(desk.layer.llm().complete("hello")).isEqualTo("fine");
      }
      long begin = System.nanoTime();
      ExportStats stats = PhoenixTracing.shutdown();

      assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(6));
      assertThat(stats.ended()).isEqualTo(100);
      assertThat(stats.lost()).isEqualTo(100);
      assertThat(stats.warning().orElseThrow())
          .startsWith("100 of 100 spans did not reach http://127.0.0.1:")
          .endsWith("/v1/traces");
    }
  }

  @Test
  void waitsForASilentPhoenixNoLongerThanConfigured() {
    try (ScriptedServer phoenix = ScriptedServer.start((request, number) -> Replies.silence())) {
      PhoenixTracing.setup(
          TraceSettings.to(phoenix.base().resolve("/")).withShutdown(Duration.ofMillis(500)));
      Tracing.chain("one", () -> "step");

      long begin = System.nanoTime();
      ExportStats stats = PhoenixTracing.shutdown();

      assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(3));
      assertThat(stats.lost()).isEqualTo(1);
    }
  }

  @Test
  void losesNoSpanInABurstOfTenThousand() {
    try (ScriptedServer phoenix = takes()) {
      PhoenixTracing.setup(
          TraceSettings.to(phoenix.base().resolve("/")).withShutdown(Duration.ofSeconds(60)));
      Tracer tracer = PhoenixTracing.tracer("burst");

      for (int i = 0; i < 10_000; i++) {
        tracer.spanBuilder("span").startSpan().end();
      }
      ExportStats stats = PhoenixTracing.shutdown();

      assertThat(stats.ended()).isEqualTo(10_000);
      assertThat(stats.lost()).isZero();
    }
  }

  @Test
  void countsExactlyTheSpansThatTheQueueDrops() {
    try (ScriptedServer phoenix =
        ScriptedServer.start(
            (request, number) -> number <= 3 ? accepted() : Replies.error(503, "x", "full"))) {
      PhoenixTracing.setup(
          TraceSettings.to(phoenix.base().resolve("/")).withShutdown(Duration.ofMillis(300)));
      Tracer tracer = PhoenixTracing.tracer("flood");

      for (int i = 0; i < 40_000; i++) {
        tracer.spanBuilder("span").startSpan().end();
      }
      ExportStats stats = PhoenixTracing.shutdown();

      assertThat(stats.ended()).isEqualTo(40_000);
      assertThat(stats.exported()).isBetween(0L, 1_536L);
      assertThat(stats.lost()).isEqualTo(40_000 - stats.exported());
    }
  }

  @Test
  void obeysTheVariablesOfOpenTelemetry() {
    try (ScriptedServer phoenix = takes();
        ScriptedServer other = takes()) {
      PhoenixTracing.setup(
          TraceSettings.to(phoenix.base().resolve("/"))
              .withProject("mine")
              .withOtel(
                  Map.of(
                      "OTEL_EXPORTER_OTLP_ENDPOINT",
                      "http://127.0.0.1:" + other.port(),
                      "OTEL_SERVICE_NAME",
                      "their-name")));

      Tracing.chain("one", () -> "step");
      ExportStats stats = PhoenixTracing.shutdown();

      assertThat(stats.lost()).isZero();
      assertThat(stats.ended()).isEqualTo(1);
      assertThat(phoenix.seen()).isEmpty();
      assertThat(bytes(other)).contains("their-name", "openinference.project.name", "mine");
    }
  }

  @Test
  void probesTheOpenTelemetryEndpointOnceAtStart() {
    try (ScriptedServer phoenix = takes()) {
      PhoenixTracing.setup(
          TraceSettings.OFF.withOtel(Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", root(phoenix))));

      while (phoenix.seen().isEmpty()) {
        Thread.onSpinWait();
      }
      PhoenixTracing.shutdown();
      assertThat(phoenix.seen()).hasSize(1);
      assertThat(phoenix.seen().getFirst().body()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"OTEL_SERVICE_NAME", "nothing of OpenTelemetry"})
  void sendsItsHeadersToNoRedirectTarget(String variable) {
    try (ScriptedServer elsewhere = takes();
        ScriptedServer phoenix =
            ScriptedServer.start(
                (request, number) ->
                    Replies.json(307, "{}", "Location: " + root(elsewhere) + "v1/traces"))) {
      Settings settings =
          Settings.from(
              Environment.of(
                  Map.of(
                      "PHOENIX_COLLECTOR_ENDPOINT",
                      root(phoenix),
                      "PHOENIX_CLIENT_HEADERS",
                      "api_key=canary-0815",
                      variable,
                      "me")));

      PhoenixTracing.setup(settings);
      Tracing.chain("one", () -> "step");
      ExportStats stats = PhoenixTracing.shutdown();

      assertThat(phoenix.seen()).isNotEmpty();
      assertThat(elsewhere.seen()).isEmpty();
      assertThat(stats.lost()).isEqualTo(1);
    }
  }

  @Test
  void sendsMetricsOnlyIfConfiguredByAVariable() {
    try (ScriptedServer phoenix = takes();
        ScriptedServer collector = takes();
        Desk desk = new Desk(ScriptedServer.start((request, number) -> Replies.chat("blue")))) {
      PhoenixTracing.setup(TraceSettings.to(phoenix.base().resolve("/")));
      desk.layer.llm().complete("Why?");
      PhoenixTracing.shutdown();
      assertThat(phoenix.seen()).allSatisfy(s -> assertThat(s.path()).isEqualTo("/v1/traces"));

      PhoenixTracing.setup(
          TraceSettings.OFF.withOtel(
              Map.of(
                  "OTEL_METRICS_EXPORTER", "otlp",
                  "OTEL_EXPORTER_OTLP_METRICS_PROTOCOL", "http/protobuf",
                  "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", root(collector) + "v1/metrics")));
      desk.layer.llm().complete("Why?");
      PhoenixTracing.shutdown();

      assertThat(collector.seen()).allSatisfy(s -> assertThat(s.path()).isEqualTo("/v1/metrics"));
      assertThat(bytes(collector))
          .contains("gen_ai.client.operation.duration", "synthlab.attempts", "synthlab.spans.lost")
          .doesNotContain("Why?");
    }
  }

  @Test
  void probesWithTheHeadersOfOpenTelemetryVariables() {
    try (ScriptedServer guarded =
        ScriptedServer.start(
            (request, number) ->
                "Bearer k-0815".equals(request.header("authorization"))
                    ? accepted()
                    : Replies.error(401, "x", "who are you"))) {
      Map<String, String> variables = new HashMap<>();
      variables.put("OTEL_EXPORTER_OTLP_ENDPOINT", root(guarded));
      variables.put("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf");

      Optional<String> without = unreachable(variables);
      variables.put("OTEL_EXPORTER_OTLP_HEADERS", "authorization=Bearer%20k-0815");
      Optional<String> with = unreachable(variables);

      assertThat(without).contains("HTTP status 401");
      assertThat(with).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"http/protobuf", "grpc"})
  void trustsTheAuthoritiesOfTheSettings(String protocol, @TempDir Path directory)
      throws IOException {
    HeldCertificate authority =
        new HeldCertificate.Builder().commonName("Lab Authority").certificateAuthority(0).build();
    Path file = directory.resolve("ca.pem");
    Files.writeString(file, authority.certificatePem());
    try (ScriptedServer secure = secure(authority)) {
      Map<String, String> variables = new HashMap<>();
      variables.put("PHOENIX_COLLECTOR_ENDPOINT", root(secure));
      variables.put("OTEL_EXPORTER_OTLP_PROTOCOL", protocol);

      Optional<String> without = unreachable(variables);
      variables.put("SYNTHLAB_CA_FILE", file.toString());
      Optional<String> with = unreachable(variables);

      assertThat(without).isPresent();
      assertThat(with).isEmpty();
    }
  }

  @Test
  void trustsTheAuthoritiesOfTheSettingsWithoutOtelVariables(@TempDir Path directory)
      throws IOException {
    HeldCertificate authority =
        new HeldCertificate.Builder().commonName("Lab Authority").certificateAuthority(0).build();
    Path file = directory.resolve("ca.pem");
    Files.writeString(file, authority.certificatePem());
    try (ScriptedServer secure = secure(authority)) {
      Map<String, String> http = Map.of("PHOENIX_COLLECTOR_ENDPOINT", root(secure));
      Map<String, String> grpc =
          Map.of(
              "PHOENIX_COLLECTOR_ENDPOINT",
              "https://127.0.0.1:" + secure.port(),
              "PHOENIX_GRPC_PORT",
              Integer.toString(secure.port()));
      for (Map<String, String> each : List.of(http, grpc)) {
        Map<String, String> variables = new HashMap<>(each);
        variables.put("SYNTHLAB_CA_FILE", file.toString());

        assertThat(unreachable(each)).isPresent();
        assertThat(unreachable(variables)).isEmpty();
      }
    }
  }

  private static ScriptedServer secure(HeldCertificate authority) {
    HeldCertificate own =
        new HeldCertificate.Builder()
            .addSubjectAlternativeName("127.0.0.1")
            .signedBy(authority)
            .build();
    return ScriptedServer.start(
        new HandshakeCertificates.Builder()
            .heldCertificate(own)
            .build()
            .sslContext()
            .getServerSocketFactory(),
        "https",
        (request, number) ->
            Replies.bytes(200, "application/grpc", new byte[0], "grpc-status", "0"));
  }

  private static Optional<String> unreachable(Map<String, String> variables) {
    return PhoenixTracing.unreachable(
        Settings.from(Environment.of(variables)), Duration.ofSeconds(10));
  }

  private static String root(ScriptedServer server) {
    return server.base().resolve("/").toString();
  }

  @Test
  void doesNothingAndLoadsNothingWithoutSettings() throws Exception {
    String said = child(Map.of(), "off");

    assertThat(said).contains("set up: false").doesNotContain("io.opentelemetry.sdk");
  }

  @Test
  void leavesAnExistingOpenTelemetryUnchanged() throws Exception {
    String said = child(Map.of("PHOENIX_ENABLED", "true"), "foreign");

    assertThat(said).contains("set up: false").doesNotContain("BatchSpanProcessor");
  }

  private static String child(Map<String, String> variables, String what) throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xlog:class+load",
                "-cp",
                System.getProperty("java.class.path"),
                Child.class.getName(),
                what)
            .redirectErrorStream(true);
    builder.environment().keySet().removeIf(name -> name.matches("(PHOENIX|OTEL)_.*"));
    builder.environment().putAll(variables);
    Process process = builder.start();
    process.getOutputStream().close();
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  private static ScriptedServer takes() {
    return ScriptedServer.start((request, number) -> accepted());
  }

  private static ScriptedServer.Reply accepted() {
    return Replies.bytes(200, "application/x-protobuf", new byte[0]);
  }

  private static String bytes(ScriptedServer phoenix) {
    return phoenix.seen().stream().map(ScriptedServer.Seen::body).collect(Collectors.joining("\n"));
  }

  private static int closedPort() throws IOException {
    try (ServerSocket door = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return door.getLocalPort();
    }
  }
}
