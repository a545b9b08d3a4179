package dev.synthlab.openai;

import com.openai.client.OpenAIClient;
import dev.synthlab.Synthlab;
import dev.synthlab.call.CallReport;
import dev.synthlab.config.Environment;
import dev.synthlab.config.Settings;
import dev.synthlab.test.ScriptedServer;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** An instance of Synthlab for one server, with the spans and reports of its calls. */
final class Lab implements AutoCloseable {
  /** A key of a usual form. */
  static final String KEY = "sk-proj-C4rried0C4rried0C4rried0C4rried0123456789";

  final InMemorySpanExporter spans = InMemorySpanExporter.create();
  final Queue<CallReport> reports = new ConcurrentLinkedQueue<>();
  final Synthlab synthlab;
  final OpenAIClient client;
  final OpenTelemetrySdk openTelemetry =
      OpenTelemetrySdk.builder()
          .setTracerProvider(
              SdkTracerProvider.builder()
                  .addSpanProcessor(SimpleSpanProcessor.create(spans))
                  .build())
          .build();

  private Lab(Map<String, String> environment) {
    synthlab =
        Synthlab.builder()
            .settings(Settings.from(Environment.of(environment)))
            .openTelemetry(openTelemetry)
            .addObserver(reports::add)
            .build();
    client = SynthlabOpenAi.over(synthlab);
  }

  /** An instance for the server, with short delays. */
  static Lab of(ScriptedServer server, String... namesAndValues) {
    return at(server.base().toString(), namesAndValues);
  }

  static Lab at(String base, String... namesAndValues) {
    Map<String, String> environment = new HashMap<>();
    environment.put("OPENAI_BASE_URL", base);
    environment.put("OPENAI_API_KEY", KEY);
    environment.put("SYNTHLAB_BACKOFF_MIN", "1ms");
    environment.put("SYNTHLAB_BACKOFF_MAX", "5ms");
    for (int i = 0; i < namesAndValues.length; i += 2) {
      environment.put(namesAndValues[i], namesAndValues[i + 1]);
    }
    return new Lab(environment);
  }

  SpanData span(String name) {
    return spans.getFinishedSpanItems().stream()
        .filter(each -> each.getName().equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no span " + name + " in " + names()));
  }

  List<String> names() {
    return spans.getFinishedSpanItems().stream().map(SpanData::getName).toList();
  }

  @Override
  public void close() {
    synthlab.close();
    openTelemetry.close();
  }
}
