package dev.synthlab.spans;

import dev.synthlab.spans.Metrics.Place;
import dev.synthlab.spans.OperationTimer.Asked;
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

/**
 * The instruments of one OpenTelemetry: those of the GenAI conventions, and ours. Safe for use by
 * many threads.
 */
final class Instruments {
  private static final List<Double> OPERATION_SECONDS =
      List.of(
          0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92);
  private static final List<Double> FIRST_PIECE_SECONDS =
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

  private final MeterProvider provider;
  private final CardinalityLimiter models = new CardinalityLimiter(200);
  private final CardinalityLimiter servers = new CardinalityLimiter(200);
  private final DoubleHistogram duration;
  private final DoubleHistogram firstToken;
  private final LongHistogram tokens;
  private final LongCounter attempts;
  private final DoubleHistogram waits;
  private final LongCounter openings;

  Instruments(MeterProvider provider) {
    this.provider = provider;
    Meter llm = provider.get("synth_lab.llm");
    duration =
        seconds(llm, "gen_ai.client.operation.duration", OPERATION_SECONDS)
            .setDescription("Requests to models, with all their waits and attempts.")
            .build();
    firstToken =
        seconds(llm, "gen_ai.client.operation.time_to_first_chunk", FIRST_PIECE_SECONDS)
            .setDescription("From a request to the first piece of a streamed answer.")
            .build();
    tokens =
        llm.histogramBuilder("gen_ai.client.token.usage")
            .ofLongs()
            .setUnit("{token}")
            .setDescription("Tokens of an answer, as its provider counted them.")
            .setExplicitBucketBoundariesAdvice(TOKENS)
            .build();
    Meter call = provider.get("synth_lab.call");
    attempts =
        call.counterBuilder("synthlab.attempts")
            .setUnit("{attempt}")
            .setDescription("Requests that were sent and have ended.")
            .build();
    waits =
        seconds(call, "synthlab.wait.duration", WAIT_SECONDS)
            .setDescription("What calls waited before a request could go out.")
            .build();
    openings =
        call.counterBuilder("synthlab.breaker.openings")
            .setUnit("{opening}")
            .setDescription("Breakers that opened because a route failed all the time.")
            .build();
    if (enabled()) {
      new Gauges(call, this).register();
    }
  }

  private static DoubleHistogramBuilder seconds(Meter meter, String name, List<Double> bounds) {
    return meter.histogramBuilder(name).setUnit("s").setExplicitBucketBoundariesAdvice(bounds);
  }

  @SuppressWarnings("ReferenceEquality") // whether it is that very one
  boolean of(MeterProvider other) {
    return provider == other;
  }

  /** Whether anybody reads them. */
  boolean enabled() {
    return duration.isEnabled() || attempts.isEnabled();
  }

  void firstToken(Asked request, double seconds) {
    firstToken.record(seconds, base(request).build());
  }

  void ended(Asked request, String answeredBy, Optional<String> error, double seconds) {
    AttributesBuilder all = answeredBy(request, answeredBy);
    error.ifPresent(why -> all.put(ERROR, why));
    duration.record(seconds, all.build());
  }

  void cached(Asked request, String answeredBy, double seconds) {
    duration.record(seconds, answeredBy(request, answeredBy).put(CACHED, true).build());
  }

  void used(Asked request, String answeredBy, long input, long output) {
    if (input > 0) {
      tokens.record(input, answeredBy(request, answeredBy).put(TOKEN_TYPE, "input").build());
    }
    if (output > 0) {
      tokens.record(output, answeredBy(request, answeredBy).put(TOKEN_TYPE, "output").build());
    }
  }

  private AttributesBuilder answeredBy(Asked request, String model) {
    AttributesBuilder all = base(request);
    return model.isEmpty() ? all : all.put(RESPONSE_MODEL, models.of(model));
  }

  private AttributesBuilder base(Asked request) {
    AttributesBuilder all =
        Attributes.builder()
            .put(OPERATION, request.operation())
            .put(PROVIDER, request.provider())
            .put(REQUEST_MODEL, models.of(request.model()))
            .put(SERVER, servers.of(request.server()));
    request.port().ifPresent(port -> all.put(PORT, (long) port));
    return all;
  }

  void attempted(Place place, String outcome, OptionalInt status) {
    AttributesBuilder all = at(place).put(OUTCOME, outcome);
    status.ifPresent(code -> all.put(STATUS, (long) code));
    attempts.add(1, all.build());
  }

  void waited(Place place, String reason, Duration time) {
    waits.record(time.toNanos() / 1e9, at(place).put(REASON, reason).build());
  }

  void opened(Place place) {
    openings.add(1, at(place).build());
  }

  AttributesBuilder at(Place place) {
    return Attributes.builder()
        .put(SERVER, servers.of(place.server()))
        .put(RESOURCE, models.of(place.resource()));
  }
}
