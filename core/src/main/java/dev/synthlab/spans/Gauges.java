package dev.synthlab.spans;

import dev.synthlab.spans.Metrics.Place;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.Meter;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/**
 * What is read off when somebody asks: how many calls are where, and what holds the routes back.
 * Routes that differ by their key only are shown as one, with the worse of their values. Safe for
 * use by many threads.
 */
final class Gauges {
  private static final AttributeKey<String> LIMIT = AttributeKey.stringKey("synthlab.limit");

  private final Meter meter;
  private final Instruments instruments;

  Gauges(Meter meter, Instruments instruments) {
    this.meter = meter;
    this.instruments = instruments;
  }

  @SuppressWarnings("EnumOrdinal") // the order of breakers is what the gauge shows
  void register() {
    sum("synthlab.requests.active", "{request}", "Requests under way.", TrafficSnapshot::sent);
    sum("synthlab.calls.held", "{call}", "Calls that something holds back.", TrafficSnapshot::held);
    sum(
        "synthlab.calls.retrying",
        "{call}",
        "Calls that wait to be tried again.",
        TrafficSnapshot::retrying);
    meter
        .counterBuilder("synthlab.spans.lost")
        .setUnit("{span}")
        .setDescription("Spans that ended and did not reach where they are sent.")
        .buildWithCallback(to -> to.record(Metrics.lost()));
    worst(
        "synthlab.route.pause",
        "s",
        "What is left of the pause a server asked for.",
        route -> OptionalDouble.of(route.pause().toNanos() / 1e9),
        Math::max);
    worst(
        "synthlab.route.breaker",
        "1",
        "What the breaker lets through: 0 everything, 1 one request to find out, 2 nothing.",
        route -> OptionalDouble.of(route.breaker().ordinal()),
        Math::max);
    worst(
        "synthlab.route.rate",
        "{request}/s",
        "The requests a second that a server was found to bear.",
        TrafficSnapshot.Route::rate,
        Math::min);
    worst(
        "synthlab.route.places",
        "{request}",
        "The requests that may be under way while it is found out what a server bears.",
        route -> number(route.places()),
        Math::min);
    meter
        .gaugeBuilder("synthlab.route.limit.free")
        .setUnit("1")
        .setDescription("What a limit lets go at once: requests or tokens.")
        .buildWithCallback(
            to -> {
              byRoute(route -> number(route.requests()), Math::min)
                  .forEach((at, free) -> to.record(free, limit(at, "requests")));
              byRoute(route -> number(route.tokens()), Math::min)
                  .forEach((at, free) -> to.record(free, limit(at, "tokens")));
            });
  }

  private void sum(String name, String unit, String what, ToLongFunction<TrafficSnapshot> part) {
    meter
        .upDownCounterBuilder(name)
        .setUnit(unit)
        .setDescription(what)
        .buildWithCallback(to -> to.record(Metrics.standings().stream().mapToLong(part).sum()));
  }

  private void worst(
      String name,
      String unit,
      String what,
      Function<TrafficSnapshot.Route, OptionalDouble> part,
      BinaryOperator<Double> worse) {
    meter
        .gaugeBuilder(name)
        .setUnit(unit)
        .setDescription(what)
        .buildWithCallback(to -> byRoute(part, worse).forEach((at, value) -> to.record(value, at)));
  }

  private Map<Attributes, Double> byRoute(
      Function<TrafficSnapshot.Route, OptionalDouble> part, BinaryOperator<Double> worse) {
    Map<Attributes, Double> all = new HashMap<>();
    for (TrafficSnapshot snapshot : Metrics.standings()) {
      for (TrafficSnapshot.Route route : snapshot.routes()) {
        part.apply(route)
            .ifPresent(
                value ->
                    all.merge(
                        instruments.at(new Place(route.server(), route.resource())).build(),
                        value,
                        worse));
      }
    }
    return all;
  }

  private static Attributes limit(Attributes at, String which) {
    return at.toBuilder().put(LIMIT, which).build();
  }

  private static OptionalDouble number(OptionalLong whole) {
    return whole.isPresent()
        ? OptionalDouble.of((double) whole.getAsLong())
        : OptionalDouble.empty();
  }
}
