package dev.synthlab.spans;

import dev.synthlab.spans.Metrics.Destination;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.Meter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/**
 * The observable gauges of the traffic: calls by state, and the state of the routes. Routes that
 * differ only by their key are merged into one, with the worse of their values. Safe for use by
 * many threads.
 */
final class Gauges {
  private static final AttributeKey<String> LIMIT = AttributeKey.stringKey("synthlab.limit");

  private final Meter meter;
  private final Instruments instruments;
  private final Supplier<List<TrafficSnapshot>> traffic;

  Gauges(Meter meter, Instruments instruments, Supplier<List<TrafficSnapshot>> traffic) {
    this.meter = meter;
    this.instruments = instruments;
    this.traffic = traffic;
  }

  void register() {
    registerCalls();
    registerRoutes();
    registerLimits();
  }

  private void registerCalls() {
    sum("synthlab.requests.active", "{request}", "Requests in flight.", TrafficSnapshot::inFlight);
    sum(
        "synthlab.calls.held",
        "{call}",
        "Calls that wait for a pause, a limit, a breaker or concurrency.",
        TrafficSnapshot::queued);
    sum(
        "synthlab.calls.retrying",
        "{call}",
        "Calls that wait before the next attempt.",
        TrafficSnapshot::retrying);
    meter
        .counterBuilder("synthlab.spans.lost")
        .setUnit("{span}")
        .setDescription("Spans that ended and were not exported.")
        .buildWithCallback(to -> to.record(Metrics.lostSpans()));
  }

  @SuppressWarnings("EnumOrdinal") // the order of the states is the value of the gauge
  private void registerRoutes() {
    worst(
        "synthlab.route.pause",
        "s",
        "Remaining time of the pause that a server asked for.",
        route -> OptionalDouble.of(route.pause().toNanos() / 1e9),
        Math::max);
    worst(
        "synthlab.route.breaker",
        "1",
        "State of the circuit breaker: 0 closed, 1 half-open, 2 open.",
        route -> OptionalDouble.of(route.breaker().ordinal()),
        Math::max);
    worst(
        "synthlab.route.rate",
        "{request}/s",
        "Requests per second that the adaptive limiter allows.",
        TrafficSnapshot.Route::rate,
        Math::min);
    worst(
        "synthlab.route.places",
        "{request}",
        "Requests in flight that the adaptive limiter allows.",
        route -> asDouble(route.maxInFlight()),
        Math::min);
  }

  private void registerLimits() {
    meter
        .gaugeBuilder("synthlab.route.limit.free")
        .setUnit("1")
        .setDescription("Requests or tokens that a limit allows now.")
        .buildWithCallback(
            to -> {
              byRoute(route -> asDouble(route.requests()), Math::min)
                  .forEach((at, free) -> to.record(free, withLimit(at, "requests")));
              byRoute(route -> asDouble(route.tokens()), Math::min)
                  .forEach((at, free) -> to.record(free, withLimit(at, "tokens")));
            });
  }

  private void sum(
      String name, String unit, String description, ToLongFunction<TrafficSnapshot> part) {
    meter
        .upDownCounterBuilder(name)
        .setUnit(unit)
        .setDescription(description)
        .buildWithCallback(to -> to.record(traffic.get().stream().mapToLong(part).sum()));
  }

  private void worst(
      String name,
      String unit,
      String description,
      Function<TrafficSnapshot.Route, OptionalDouble> part,
      BinaryOperator<Double> worse) {
    meter
        .gaugeBuilder(name)
        .setUnit(unit)
        .setDescription(description)
        .buildWithCallback(to -> byRoute(part, worse).forEach((at, value) -> to.record(value, at)));
  }

  private Map<Attributes, Double> byRoute(
      Function<TrafficSnapshot.Route, OptionalDouble> part, BinaryOperator<Double> worse) {
    Map<Attributes, Double> all = new HashMap<>();
    for (TrafficSnapshot snapshot : traffic.get()) {
      for (TrafficSnapshot.Route route : snapshot.routes()) {
        part.apply(route)
            .ifPresent(
                value ->
                    all.merge(
                        instruments.at(new Destination(route.server(), route.resource())).build(),
                        value,
                        worse));
      }
    }
    return all;
  }

  private static Attributes withLimit(Attributes at, String limit) {
    return at.toBuilder().put(LIMIT, limit).build();
  }

  private static OptionalDouble asDouble(OptionalLong number) {
    return number.isPresent()
        ? OptionalDouble.of((double) number.getAsLong())
        : OptionalDouble.empty();
  }
}
