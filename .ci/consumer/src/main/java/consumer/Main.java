package consumer;

import com.sun.net.httpserver.HttpServer;
import dev.synthlab.config.Secret;
import dev.synthlab.llm.LlmClient;
import dev.synthlab.llm.TextStream;
import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.metrics.InstrumentType;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.data.AggregationTemporality;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.export.MetricExporter;
import io.opentelemetry.sdk.metrics.export.PeriodicMetricReader;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.Executors;

/** A service that starts, calls, streams, traces and closes, against a server of its own. */
public final class Main {
  private static final String ANSWER =
      """
      {"id":"1","model":"gpt-4o-mini","choices":[{"index":0,"finish_reason":"stop",\
      "message":{"role":"assistant","content":"{\\"name\\":\\"Oslo\\",\\"people\\":700000}"}}],\
      "usage":{"prompt_tokens":5,"completion_tokens":7,"total_tokens":12}}""";
  private static final String STREAM =
      """
      data: {"choices":[{"index":0,"delta":{"content":"Hello"}}]}

      data: {"choices":[{"index":0,"delta":{"content":" there"},"finish_reason":"stop"}]}

      data: [DONE]

      """;

  private Main() {}

  /** A typed answer. */
  public record City(String name, int people) {}

  /**
   * Runs the service once.
   *
   * @param arguments none
   * @throws Exception if the server cannot be started, or the code of a page fails
   */
  public static void main(String[] arguments) throws Exception {
    printVersions();
    HttpServer server = start();
    Spans spans = new Spans();
    Metrics metrics = new Metrics();
    try (OpenTelemetrySdk sdk =
        OpenTelemetrySdk.builder()
            .setTracerProvider(
                SdkTracerProvider.builder()
                    .addSpanProcessor(SimpleSpanProcessor.create(spans))
                    .build())
            .setMeterProvider(
                SdkMeterProvider.builder()
                    .registerMetricReader(PeriodicMetricReader.create(metrics))
                    .build())
            .build()) {
      try (LlmClient llm = client(server, sdk)) {
        require(
            llm.complete("Which city?", City.class).equals(new City("Oslo", 700_000)), "typed call");
        StringBuilder text = new StringBuilder();
        try (TextStream stream = llm.stream("Hi")) {
          stream.forEach(text::append);
        }
        require(text.toString().equals("Hello there"), "stream: " + text);
      }
      Pages.run(base(server), sdk);
    } finally {
      server.stop(0);
    }
    require(spans.names.containsAll(Set.of("complete City", "attempt 1")), "spans: " + spans.names);
    require(metrics.names.contains("synthlab.attempts"), "metrics: " + metrics.names);
    GlobalOpenTelemetry.set(OpenTelemetrySdk.builder().build()); // fails if it was set before
    System.out.println("consumer: started, called, streamed, traced, closed");
  }

  private static LlmClient client(HttpServer server, OpenTelemetrySdk sdk) {
    return LlmClient.builder()
        .apiKey(Secret.of("sk-consumer-0123456789"))
        .baseUrl(base(server))
        .model("gpt-4o-mini")
        .openTelemetry(sdk)
        .build();
  }

  private static String base(HttpServer server) {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/v1";
  }

  private static HttpServer start() throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext(
        "/v1/chat/completions",
        exchange -> {
          String request =
              new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
          boolean streamed = request.contains("\"stream\":true");
          byte[] body = (streamed ? STREAM : ANSWER).getBytes(StandardCharsets.UTF_8);
          exchange
              .getResponseHeaders()
              .set("Content-Type", streamed ? "text/event-stream" : "application/json");
          exchange.sendResponseHeaders(200, body.length);
          try (OutputStream out = exchange.getResponseBody()) {
            out.write(body);
          }
        });
    server.start();
    return server;
  }

  private static void printVersions() {
    TreeSet<String> jars = new TreeSet<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
      String name = new File(entry).getName();
      if (name.matches("(opentelemetry-(api|sdk)|jackson-.*|slf4j-api)-[0-9].*")) {
        jars.add(name.replace(".jar", ""));
      }
    }
    System.out.println("Java " + Runtime.version().feature() + ", " + String.join(", ", jars));
  }

  static void require(boolean holds, String what) {
    if (!holds) {
      throw new AssertionError(what);
    }
  }

  private static final class Spans implements SpanExporter {
    private final Set<String> names = new ConcurrentSkipListSet<>();

    @Override
    public CompletableResultCode export(Collection<SpanData> ended) {
      ended.forEach(span -> names.add(span.getName()));
      return CompletableResultCode.ofSuccess();
    }

    @Override
    public CompletableResultCode flush() {
      return CompletableResultCode.ofSuccess();
    }

    @Override
    public CompletableResultCode shutdown() {
      return CompletableResultCode.ofSuccess();
    }
  }

  private static final class Metrics implements MetricExporter {
    private final Set<String> names = new ConcurrentSkipListSet<>();

    @Override
    public AggregationTemporality getAggregationTemporality(InstrumentType type) {
      return AggregationTemporality.CUMULATIVE;
    }

    @Override
    public CompletableResultCode export(Collection<MetricData> read) {
      read.forEach(metric -> names.add(metric.getName()));
      return CompletableResultCode.ofSuccess();
    }

    @Override
    public CompletableResultCode flush() {
      return CompletableResultCode.ofSuccess();
    }

    @Override
    public CompletableResultCode shutdown() {
      return CompletableResultCode.ofSuccess();
    }
  }
}
