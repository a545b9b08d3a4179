package dev.synthlab.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.synthlab.store.StoreException.StatementFailed;
import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.data.HistogramPointData;
import io.opentelemetry.sdk.metrics.data.LongPointData;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.testing.exporter.InMemoryMetricReader;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a transaction leaves in traces and measurements. */
class MeasuredTest {
  private static final AttributeKey<String> ERROR = AttributeKey.stringKey("error.type");
  private static final AttributeKey<String> STATE =
      AttributeKey.stringKey("db.client.connection.state");

  private final InMemoryMetricReader measured = InMemoryMetricReader.create();
  private final InMemorySpanExporter spans = InMemorySpanExporter.create();
  private OpenTelemetrySdk sdk;

  @BeforeEach
  void setUp() {
    GlobalOpenTelemetry.resetForTest();
    sdk =
        OpenTelemetrySdk.builder()
            .setMeterProvider(SdkMeterProvider.builder().registerMetricReader(measured).build())
            .setTracerProvider(
                SdkTracerProvider.builder()
                    .addSpanProcessor(SimpleSpanProcessor.create(spans))
                    .build())
            .buildAndRegisterGlobal();
  }

  @AfterEach
  void tearDown() {
    sdk.close();
    GlobalOpenTelemetry.resetForTest();
  }

  @Test
  void measuresEachTransactionAndTheConnections() {
    String address = PostgresServer.shared().newDatabase();
    try (DatabaseManager database =
        Lab.over("DATABASE_URL", address, "SYNTHLAB_DB_POOL_SIZE", "3")) {
      Lab.makeTable(database);
      Map<String, MetricData> within =
          database.inTransaction(
              handle -> {
                handle.execute("INSERT INTO word VALUES (1, 'w')");
                return collected();
              });
      assertThatExceptionOfType(StatementFailed.class)
          .isThrownBy(
              () ->
                  database.inTransaction(
                      handle -> handle.execute("INSERT INTO word VALUES (1, 'again')")));

      Map<String, MetricData> all = collected();

      assertThat(all.get("db.client.operation.duration").getUnit()).isEqualTo("s");
      Collection<HistogramPointData> durations =
          all.get("db.client.operation.duration").getHistogramData().getPoints();
      assertThat(durations).hasSize(2).allMatch(point -> point.getCount() == 1);
      assertThat(durations)
          .allSatisfy(
              point ->
                  assertThat(point.getAttributes().asMap())
                      .containsEntry(AttributeKey.stringKey("db.system.name"), "postgresql")
                      .containsEntry(
                          AttributeKey.stringKey("db.namespace"),
                          address.substring(address.lastIndexOf('/') + 1))
                      .containsEntry(AttributeKey.stringKey("db.operation.name"), "transaction")
                      .containsEntry(AttributeKey.stringKey("server.address"), "127.0.0.1"))
          .anyMatch(point -> "StatementFailed".equals(point.getAttributes().get(ERROR)));
      assertThat(points(within, "db.client.connection.count"))
          .anyMatch(one -> "used".equals(one.getAttributes().get(STATE)) && one.getValue() == 1);
      assertThat(points(all, "db.client.connection.max")).allMatch(one -> one.getValue() == 3);
      assertThat(all)
          .containsKeys(
              "db.client.connection.wait_time",
              "db.client.connection.use_time",
              "db.client.connection.pending_requests");
    }
    assertThat(collected()).doesNotContainKey("db.client.connection.count");
  }

  @Test
  void tracesEachTransactionAndWhyItFailed() {
    String address = PostgresServer.shared().newDatabase();
    try (DatabaseManager database = Lab.over("DATABASE_URL", address)) {
      assertThatExceptionOfType(StatementFailed.class)
          .isThrownBy(() -> database.inTransaction(handle -> handle.execute("SELEKT 1")));
    }

    SpanData span = spans.getFinishedSpanItems().getFirst();
    assertThat(span.getKind()).isEqualTo(SpanKind.CLIENT);
    assertThat(span.getAttributes().asMap())
        .containsEntry(AttributeKey.stringKey("db.system.name"), "postgresql")
        .containsEntry(AttributeKey.stringKey("server.address"), "127.0.0.1")
        .containsEntry(ERROR, "StatementFailed");
    assertThat(span.toString()).doesNotContain(PostgresServer.shared().password());
  }

  private Map<String, MetricData> collected() {
    Map<String, MetricData> all = new TreeMap<>();
    measured.collectAllMetrics().forEach(one -> all.put(one.getName(), one));
    return all;
  }

  private static Collection<LongPointData> points(Map<String, MetricData> all, String name) {
    return all.get(name).getLongSumData().getPoints();
  }
}
