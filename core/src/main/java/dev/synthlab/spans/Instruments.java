package dev.synthlab.spans;

import dev.synthlab.spans.Metrics.Destination;
import dev.synthlab.spans.OperationTimer.Operation;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.metrics.DoubleHistogram;
import io.opentelemetry.api.metrics.DoubleHistogramBuilder;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.api.metrics.LongHistogram;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.api.metrics.MeterProvider;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;

/**
 * The metric instruments of one meter provider: those of the GenAI conventions, and our own. Safe
 * for use by many threads.
 */
final class Instruments {
  private static final List<Double> OPERATION_SECONDS =
      List.of(
          0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92);
  private static final List<Double> FIRST_CHUNK_SECONDS =
      List.of(
          0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5,
          10.0);
  private static final List<Double> WAIT_SECONDS =
      List.of(0.01, 0.05, 0.1, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 900.0);
  private static final List<Long> TOKENS =
      List.of(
          1L,
          4L,
          16L,
          64L,
          256L,
          1_024L,
          4_096L,
          16_384L,
          65_536L,
          262_144L,
          1_048_576L,
          4_194_304L,
          16_777_216L,
          67_108_864L);

  static final AttributeKey<String> SERVER = AttributeKey.stringKey("server.address");
  static final AttributeKey<String> RESOURCE = AttributeKey.stringKey("synthlab.resource");
  private static final AttributeKey<Long> PORT = AttributeKey.longKey("server.port");
  private static final AttributeKey<String> OPERATION =
      AttributeKey.stringKey("gen_ai.operation.name");
  private static final AttributeKey<String> PROVIDER =
      AttributeKey.stringKey("gen_ai.provider.name");
  private static final AttributeKey<String> REQUEST_MODEL =
      AttributeKey.stringKey("gen_ai.request.model");
  private static final AttributeKey<String> RESPONSE_MODEL =
      AttributeKey.stringKey("gen_ai.response.model");
  private static final AttributeKey<String> TOKEN_TYPE =
      AttributeKey.stringKey("gen_ai.token.type");
  private static final AttributeKey<Boolean> CACHED = AttributeKey.booleanKey("synthlab.cached");
  private static final AttributeKey<String> ERROR = AttributeKey.stringKey("error.type");
  private static final AttributeKey<String> OUTCOME = AttributeKey.stringKey("synthlab.outcome");
  private static final AttributeKey<Long> STATUS =
      AttributeKey.longKey("http.response.status_code");
  private static final AttributeKey<String> REASON = AttributeKey.stringKey("synthlab.wait.reason");

  private final boolean noop;
  private final CardinalityLimiter models = new CardinalityLimiter(200);
  private final CardinalityLimiter servers = new CardinalityLimiter(200);
  private final DoubleHistogram duration;
  private final DoubleHistogram firstToken;
  private final LongHistogram tokens;
  private final LongCounter attempts;
  private final DoubleHistogram waits;
  private final LongCounter openings;

  @SuppressWarnings("ReferenceEquality") // there is one that does nothing
  Instruments(MeterProvider provider, Supplier<List<TrafficSnapshot>> traffic) {
    noop = provider == MeterProvider.noop();
    Meter llm = provider.get("synth_lab.llm");
    duration =
        seconds(llm, "gen_ai.client.operation.duration", OPERATION_SECONDS)
            .setDescription("Duration of requests to models, waits and all attempts included.")
            .build();
    firstToken =
        seconds(llm, "gen_ai.client.operation.time_to_first_chunk", FIRST_CHUNK_SECONDS)
            .setDescription("Time from a request to the first chunk of a streamed answer.")
            .build();
    tokens =
        llm.histogramBuilder("gen_ai.client.token.usage")
            .ofLongs()
            .setUnit("{token}")
            .setDescription("Tokens of a request, as counted by the provider.")
            .setExplicitBucketBoundariesAdvice(TOKENS)
            .build();
    Meter call = provider.get("synth_lab.call");
    attempts =
        call.counterBuilder("synthlab.attempts")
            .setUnit("{attempt}")
            .setDescription("Attempts that have ended.")
            .build();
    waits =
        seconds(call, "synthlab.wait.duration", WAIT_SECONDS)
            .setDescription("Time that calls waited before a request was sent.")
            .build();
    openings =
        call.counterBuilder("synthlab.breaker.openings")
            .setUnit("{opening}")
            .setDescription("Circuit breakers that opened.")
            .build();
    if (enabled()) {
      new Gauges(call, this, traffic).register();
    }
  }

  private static DoubleHistogramBuilder seconds(Meter meter, String name, List<Double> bounds) {
    return meter.histogramBuilder(name).setUnit("s").setExplicitBucketBoundariesAdvice(bounds);
  }

  /** Whether the measurements are recorded. */
  boolean enabled() {
    return !noop
        && (NewerOpenTelemetry.isEnabled(duration) || NewerOpenTelemetry.isEnabled(attempts));
  }

  void recordFirstToken(Operation operation, double seconds) {
    firstToken.record(seconds, base(operation).build());
  }

  void recordOperation(
      Operation operation, String answeredBy, Optional<String> error, double seconds) {
    AttributesBuilder all = answeredBy(operation, answeredBy);
    error.ifPresent(why -> all.put(ERROR, why));
    duration.record(seconds, all.build());
  }

  void recordCacheHit(Operation operation, String answeredBy, double seconds) {
    duration.record(seconds, answeredBy(operation, answeredBy).put(CACHED, true).build());
  }

  void recordTokens(Operation operation, String answeredBy, long input, long output) {
    if (input > 0) {
      tokens.record(input, answeredBy(operation, answeredBy).put(TOKEN_TYPE, "input").build());
    }
    if (output > 0) {
      tokens.record(output, answeredBy(operation, answeredBy).put(TOKEN_TYPE, "output").build());
    }
  }

  private AttributesBuilder answeredBy(Operation operation, String model) {
    AttributesBuilder all = base(operation);
    return model.isEmpty() ? all : all.put(RESPONSE_MODEL, models.limit(model));
  }

  private AttributesBuilder base(Operation operation) {
    AttributesBuilder all =
        Attributes.builder()
            .put(OPERATION, operation.name())
            .put(PROVIDER, operation.provider())
            .put(REQUEST_MODEL, models.limit(operation.model()))
            .put(SERVER, servers.limit(operation.server()));
    operation.port().ifPresent(port -> all.put(PORT, (long) port));
    return all;
  }

  void recordAttempt(Destination destination, String outcome, OptionalInt status) {
    AttributesBuilder all = at(destination).put(OUTCOME, outcome);
    status.ifPresent(code -> all.put(STATUS, (long) code));
    attempts.add(1, all.build());
  }

  void recordWait(Destination destination, String reason, Duration time) {
    waits.record(time.toNanos() / 1e9, at(destination).put(REASON, reason).build());
  }

  void recordBreakerOpened(Destination destination) {
    openings.add(1, at(destination).build());
  }

  AttributesBuilder at(Destination destination) {
    return Attributes.builder()
        .put(SERVER, servers.limit(destination.server()))
        .put(RESOURCE, models.limit(destination.resource()));
  }
}
