package dev.synthlab.spans;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.synthlab.Synthlab;
import dev.synthlab.call.CallReport;
import dev.synthlab.call.Timer;
import dev.synthlab.call.TrafficControl;
import dev.synthlab.config.Environment;
import dev.synthlab.config.Settings;
import dev.synthlab.external.ApiClient;
import dev.synthlab.external.ApiService;
import dev.synthlab.http.OkHttpTransport;
import dev.synthlab.json.Description;
import dev.synthlab.llm.CompletionRequest;
import dev.synthlab.llm.LlmClient;
import dev.synthlab.llm.TextStream;
import dev.synthlab.llm.Tool;
import dev.synthlab.test.Replies;
import dev.synthlab.test.ScriptedServer;
import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.testing.exporter.InMemoryMetricReader;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.MDC;

/** An OpenTelemetry that is given by hand, and the context of work on threads of the user. */
@Timeout(60)
class TelemetryTest {
  private static final String TOOL_CALL =
      """
      {"choices":[{"message":{"role":"assistant","content":null,"tool_calls":[{"id":"1",\
      "type":"function","function":{"name":"weather","arguments":"{\\"city\\":\\"Oslo\\"}"}}]},\
      "finish_reason":"tool_calls"}]}""";

  private final Sdk global = new Sdk();
  private final OkHttpTransport transport = new OkHttpTransport();
  private final ConcurrentLinkedQueue<CallReport> reports = new ConcurrentLinkedQueue<>();

  /** The arguments of the tool. */
  record City(@Description("its name") String city) {}

  /** The answer of an interview. */
  record Answer(String text) {}

  /** An SDK whose spans and metrics are read. */
  private static final class Sdk implements AutoCloseable {
    final InMemorySpanExporter spans = InMemorySpanExporter.create();
    final InMemoryMetricReader reader = InMemoryMetricReader.create();
    final OpenTelemetrySdk openTelemetry =
        OpenTelemetrySdk.builder()
            .setTracerProvider(
                SdkTracerProvider.builder()
                    .addSpanProcessor(SimpleSpanProcessor.create(spans))
                    .build())
            .setMeterProvider(SdkMeterProvider.builder().registerMetricReader(reader).build())
            .build();

    Set<String> spanNames() {
      return spans.getFinishedSpanItems().stream()
          .map(SpanData::getName)
          .collect(Collectors.toSet());
    }

    Set<String> metricNames() {
      return metrics().stream().map(MetricData::getName).collect(Collectors.toSet());
    }

    List<MetricData> metrics() {
      return List.copyOf(reader.collectAllMetrics());
    }

    @Override
    public void close() {
      openTelemetry.close();
    }
  }

  @BeforeEach
  void setTheGlobalOne() {
    GlobalOpenTelemetry.resetForTest();
    GlobalOpenTelemetry.set(global.openTelemetry);
  }

  @AfterEach
  void end() {
    GlobalOpenTelemetry.resetForTest();
    transport.close();
    global.close();
  }

  private LlmClient client(ScriptedServer server, Sdk own) {
    return client(server, TrafficControl.RouteLimits.DEFAULT, Optional.of(own));
  }

  private LlmClient client(
      ScriptedServer server, TrafficControl.RouteLimits limits, Optional<Sdk> own) {
    var builder =
        LlmClient.builder()
            .settings(
                Settings.from(Environment.of(Map.of("OPENAI_BASE_URL", server.base().toString())))
                    .llm())
            .transport(transport)
            .traffic(TrafficControl.by(Timer.system(), limits))
            .addObserver(reports::add);
    own.ifPresent(sdk -> builder.openTelemetry(sdk.openTelemetry));
    return builder.build();
  }

  @Test
  void getsTheSpansAndMetricsOfAllCallsInsteadOfTheGlobalOne() {
    try (Sdk own = new Sdk();
        ScriptedServer server =
            ScriptedServer.inTurn(
                Replies.json(200, TOOL_CALL),
                Replies.chat("sunny"),
                Replies.error(503, "overloaded", "later", "Retry-After", "0"),
                Replies.chat("{\"text\":\"yes\"}"),
                Replies.events(
                    Replies.delta("a"), Replies.finish("stop"), Replies.usage(), "[DONE]"))) {
      LlmClient client = client(server, own);
      Tool weather =
          Tool.of(
              "weather",
              "the weather",
              City.class,
              city -> Tracing.chain("look up " + city.city(), () -> "sun"));

      client.complete("Weather in Oslo?", weather);
      client.complete("Do you agree?", Answer.class);
      try (TextStream stream = client.stream("Hi")) {
        stream.forEach(part -> {});
      }

      assertThat(own.spanNames())
          .contains("tools", "weather", "look up Oslo", "complete Answer", "attempt 2")
          .anyMatch(name -> name.startsWith("chat "));
      assertThat(own.metricNames())
          .contains(
              "gen_ai.client.operation.duration", "synthlab.attempts", "synthlab.requests.active");
      assertThat(global.spans.getFinishedSpanItems()).isEmpty();
      assertThat(global.metrics()).isEmpty();
    }
  }

  @Test
  void getsTheSpansAndMetricsOfAnExternalService() {
    ApiService service = ApiService.named("weather");
    try (Sdk own = new Sdk();
        ScriptedServer server = ScriptedServer.inTurn(Replies.json(200, "{}"));
        ApiClient client =
            ApiClient.builder(service)
                .settings(
                    service.settings(
                        Environment.of(
                            Map.of(
                                "WEATHER_BASE_URL",
                                server.base().toString(),
                                "WEATHER_API_KEY",
                                "sk-test-0123456789"))))
                .transport(transport)
                .openTelemetry(own.openTelemetry)
                .build()) {
      client.get("/now").asText();

      assertThat(own.spanNames()).contains("attempt 1", "weather GET /now");
      assertThat(own.metricNames()).contains("synthlab.attempts");
      assertThat(global.spans.getFinishedSpanItems()).isEmpty();
      assertThat(global.metrics()).isEmpty();
    }
  }

  @Test
  void staysApartFromThatOfAnotherClient() {
    try (Sdk one = new Sdk();
        Sdk two = new Sdk();
        ScriptedServer server = ScriptedServer.start((request, n) -> Replies.chat("blue"))) {
      LlmClient first = client(server, one);
      LlmClient second = client(server, two);

      first.complete("Hi");
      second.complete("Hi");
      second.complete("Hi");

      assertThat(calls(one)).isEqualTo(1);
      assertThat(calls(two)).isEqualTo(2);
      assertThat(one.spans.getFinishedSpanItems()).hasSize(2);
      assertThat(two.spans.getFinishedSpanItems()).hasSize(4);
    }
  }

  @Test
  void registersItsGaugesOnceForAllClients() {
    try (Sdk own = new Sdk();
        ScriptedServer server = ScriptedServer.start((request, n) -> Replies.chat("blue"))) {
      for (int i = 0; i < 10; i++) {
        client(server, own).complete("Hi");
      }

      assertThat(own.metrics())
          .filteredOn(metric -> metric.getName().equals("synthlab.requests.active"))
          .singleElement()
          .satisfies(metric -> assertThat(metric.getLongSumData().getPoints()).hasSize(1));
      assertThat(calls(own)).isEqualTo(10);
    }
  }

  /** Older supported versions of the API do not let a library read it without setting it. */
  private static void assumeGlobalCanBeRead() {
    assumeTrue(
        Arrays.stream(GlobalOpenTelemetry.class.getMethods())
            .anyMatch(method -> method.getName().equals("getOrNoop")));
  }

  private static long calls(Sdk sdk) {
    return sdk.metrics().stream()
        .filter(metric -> metric.getName().equals("gen_ai.client.operation.duration"))
        .flatMap(metric -> metric.getHistogramData().getPoints().stream())
        .mapToLong(point -> point.getCount())
        .sum();
  }

  @Test
  void getsTheSpansOfWorkForWhichItWasGiven() {
    assumeGlobalCanBeRead();
    try (Sdk own = new Sdk();
        ScriptedServer server = ScriptedServer.start((request, n) -> Replies.chat("blue"))) {
      LlmClient client = client(server, TrafficControl.RouteLimits.DEFAULT, Optional.empty());

      Tracing.with(
          own.openTelemetry,
          () ->
              Tracing.chain(
                  "interviews", () -> client.askAsync(CompletionRequest.of("Hi")).join()));
      client.complete("Hi");

      assertThat(own.spans.getFinishedSpanItems()).hasSize(3);
      assertThat(own.spans.getFinishedSpanItems())
          .extracting(SpanData::getTraceId)
          .containsOnly(own.spans.getFinishedSpanItems().getFirst().getTraceId());
      assertThat(global.spans.getFinishedSpanItems()).hasSize(2);
    }
  }

  @Test
  void ofAnInstalledInstanceReplacesTheGlobalOne() {
    assumeGlobalCanBeRead();
    try (Sdk own = new Sdk()) {
      try (Synthlab lab =
              Synthlab.builder()
                  .settings(Settings.from(Environment.of(Map.of())))
                  .openTelemetry(own.openTelemetry)
                  .build();
          Synthlab.Installed installed = Synthlab.install(lab)) {
        Objects.requireNonNull(installed);
        Tracing.chain("installed", () -> 1);
      }

      Tracing.chain("global", () -> 1);

      assertThat(own.spanNames()).containsExactly("installed");
      assertThat(global.spanNames()).containsExactly("global");
    }
  }

  @Test
  void followsTypedCallsToTheThreadsOfAWrappedExecutor() throws Exception {
    interviewsInOneTrace(Tracing::wrap);
  }

  @Test
  void followsTypedCallsToThreadsWithOpenTelemetrysOwnWrapper() throws Exception {
    interviewsInOneTrace(Context::taskWrapping);
  }

  private void interviewsInOneTrace(UnaryOperator<ExecutorService> wrapper) throws Exception {
    int interviews = 50;
    try (Sdk own = new Sdk();
        ScriptedServer server =
            ScriptedServer.start((request, n) -> Replies.chat("{\"text\":\"yes\"}"));
        ExecutorService pool = wrapper.apply(Executors.newFixedThreadPool(8))) {
      LlmClient client = client(server, own);

      List<Future<Answer>> answers = new ArrayList<>();
      Tracing.with(
          own.openTelemetry,
          () ->
              Tracing.with(
                  Labels.session("study").withComponent("interviews"),
                  () ->
                      Tracing.chain(
                          "interviews",
                          () -> {
                            for (int i = 0; i < interviews; i++) {
                              answers.add(
                                  pool.submit(() -> client.complete("Agree?", Answer.class)));
                            }
                            for (Future<Answer> answer : answers) {
                              assertThat(answer.get()).isEqualTo(new Answer("yes"));
                            }
                            return answers.size();
                          })));

      List<SpanData> spans = own.spans.getFinishedSpanItems();
      assertThat(spans)
          .extracting(SpanData::getTraceId)
          .containsOnly(spans.getFirst().getTraceId());
      assertThat(spans)
          .filteredOn(span -> span.getName().equals("complete Answer"))
          .hasSize(interviews)
          .allSatisfy(
              span ->
                  assertThat(span.getAttributes().get(AttributeKey.stringKey("session.id")))
                      .isEqualTo("study"));
      assertThat(reports)
          .hasSize(interviews)
          .allSatisfy(
              report -> {
                assertThat(report.metadata().scope().component()).isEqualTo("interviews");
                assertThat(report.metadata().scope().trace())
                    .contains(spans.getFirst().getTraceId());
              });
    }
  }

  @Test
  void doesNotStayOnTheThreadsOfAnExecutor() throws Exception {
    try (ExecutorService pool = Executors.newSingleThreadExecutor()) {
      MDC.put("study", "one");
      try {
        Tracing.with(
            Labels.NONE.withComponent("interviews"),
            () -> {
              assertThat(Tracing.wrap(pool).submit(TelemetryTest::context).get())
                  .isEqualTo("interviews one");
              return null;
            });
      } finally {
        MDC.remove("study");
      }

      assertThat(pool.submit(TelemetryTest::context).get()).isEqualTo("- null");
    }
  }

  private static String context() {
    String component = Labels.here().metadata().getOrDefault(Labels.COMPONENT, "-");
    return component + " " + MDC.get("study");
  }
}
