package dev.synthlab.trace;

import dev.synthlab.call.TrafficControl;
import dev.synthlab.config.Environment;
import dev.synthlab.config.Settings;
import dev.synthlab.http.OkHttpTransport;
import dev.synthlab.http.Transport;
import dev.synthlab.llm.LlmClient;
import dev.synthlab.llm.LlmClientBuilder;
import dev.synthlab.test.ManualTimer;
import dev.synthlab.test.ScriptedServer;
import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.data.DoublePointData;
import io.opentelemetry.sdk.metrics.data.HistogramPointData;
import io.opentelemetry.sdk.metrics.data.LongPointData;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.data.PointData;
import io.opentelemetry.sdk.testing.exporter.InMemoryMetricReader;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** A process whose metrics are read, and a model server whose clients live by a pushed time. */
final class Meters implements AutoCloseable {
  final ScriptedServer server;
  final ManualTimer timer = ManualTimer.forSockets();
  private final Optional<OpenTelemetry> before =
      GlobalOpenTelemetry.isSet() ? Optional.of(GlobalOpenTelemetry.get()) : Optional.empty();
  private final InMemoryMetricReader reader = InMemoryMetricReader.create();
  private final SdkMeterProvider provider =
      SdkMeterProvider.builder().registerMetricReader(reader).build();
  private final OkHttpTransport transport = new OkHttpTransport();
  final TrafficControl traffic;

  Meters(TrafficControl.RouteLimits rules, ScriptedServer.Reply... replies) {
    server = ScriptedServer.inTurn(replies);
    traffic = TrafficControl.by(timer, rules);
    GlobalOpenTelemetry.resetForTest();
    GlobalOpenTelemetry.set(OpenTelemetrySdk.builder().setMeterProvider(provider).build());
  }

  Meters(ScriptedServer.Reply... replies) {
    this(TrafficControl.RouteLimits.DEFAULT, replies);
  }

  LlmClient client() {
    return client(transport, Map.of());
  }

  LlmClient client(Map<String, String> more) {
    return client(transport, more);
  }

  LlmClient client(Transport over, Map<String, String> more) {
    return builder(more).transport(over).build();
  }

  LlmClientBuilder builder(Map<String, String> more) {
    Map<String, String> variables = new HashMap<>();
    variables.put("OPENAI_BASE_URL", server.base().toString());
    variables.put("SYNTHLAB_DEFAULT_MODEL", "gpt-4o-mini");
    variables.putAll(more);
    return LlmClient.builder()
        .settings(Settings.from(Environment.of(variables)).llm())
        .transport(transport)
        .timer(timer)
        .traffic(traffic);
  }

  /** A value as {@code sum/count} of a histogram, or as the number it is. */
  record Seen(Map<String, String> attributes, double value, long count) {
    String at(String name) {
      return attributes.getOrDefault(name, "");
    }
  }

  List<MetricData> all() {
    return List.copyOf(reader.collectAllMetrics());
  }

  List<Seen> of(String name) {
    return all().stream()
        .filter(metric -> metric.getName().equals(name))
        .flatMap(metric -> metric.getData().getPoints().stream())
        .map(Meters::seen)
        .toList();
  }

  Seen one(String name, String... attributesAndValues) {
    List<Seen> found =
        of(name).stream().filter(each -> has(each, List.of(attributesAndValues))).toList();
    if (found.size() != 1) {
      throw new AssertionError(
          "of "
              + name
              + " with "
              + List.of(attributesAndValues)
              + ": "
              + found
              + " of "
              + of(name));
    }
    return found.getFirst();
  }

  private static boolean has(Seen seen, List<String> pairs) {
    for (int i = 0; i < pairs.size(); i += 2) {
      if (!seen.at(pairs.get(i)).equals(pairs.get(i + 1))) {
        return false;
      }
    }
    return true;
  }

  private static Seen seen(PointData point) {
    Map<String, String> attributes = words(point.getAttributes());
    if (point instanceof HistogramPointData histogram) {
      return new Seen(attributes, histogram.getSum(), histogram.getCount());
    }
    double value =
        point instanceof LongPointData number
            ? number.getValue()
            : ((DoublePointData) point).getValue();
    return new Seen(attributes, value, 1);
  }

  private static Map<String, String> words(Attributes attributes) {
    Map<String, String> words = new HashMap<>();
    attributes.forEach((AttributeKey<?> key, Object value) -> words.put(key.getKey(), "" + value));
    return words;
  }

  /** Everything that stands on a metric. */
  Stream<String> texts() {
    return all().stream().map(MetricData::toString);
  }

  @Override
  public void close() {
    server.close();
    transport.close();
    provider.close();
    GlobalOpenTelemetry.resetForTest();
    before.ifPresent(GlobalOpenTelemetry::set);
  }
}
