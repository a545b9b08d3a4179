package dev.synthlab.spans;

import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.metrics.DoubleHistogram;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.api.metrics.ObservableLongUpDownCounter;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What is measured of a database and of the connections to it, by the names of OpenTelemetry's
 * semantic conventions. Without an OpenTelemetry SDK that takes measurements, all of it costs next
 * to nothing. Safe for use by many threads.
 *
 * @see <a href="https://opentelemetry.io/docs/specs/semconv/db/database-metrics/">Semantic
 *     conventions for database client metrics</a>
 */
public final class DatabaseMetrics implements AutoCloseable {
  private static final AttributeKey<String> OPERATION = AttributeKey.stringKey("db.operation.name");
  private static final AttributeKey<String> ERROR = AttributeKey.stringKey("error.type");
  private static final AttributeKey<String> STATE =
      AttributeKey.stringKey("db.client.connection.state");
  private static final List<Double> SECONDS =
      List.of(0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 10.0);

  private final Attributes place;
  private final Attributes pool;
  private final Supplier<Connections> now;
  private final ReentrantLock making = new ReentrantLock();
  private volatile @Nullable Instruments made;
  private volatile boolean closed;

  /**
   * The connections of a pool at one moment.
   *
   * @param used lent to somebody
   * @param idle open and not lent
   * @param max that there may be
   * @param waiting callers that wait for one
   */
  public record Connections(int used, int idle, int max, int waiting) {}

  private record Instruments(
      OpenTelemetry of,
      DoubleHistogram operations,
      DoubleHistogram waits,
      DoubleHistogram uses,
      LongCounter timeouts,
      List<ObservableLongUpDownCounter> observed) {}

  /**
   * A meter for one database and one pool.
   *
   * @param place which database
   * @param pool what the pool is called
   * @param now how its connections are
   */
  public DatabaseMetrics(DatabaseAttributes place, String pool, Supplier<Connections> now) {
    this.place = place.attributes();
    this.pool = Attributes.builder().put("db.client.connection.pool.name", pool).build();
    this.now = now;
  }

  /**
   * An operation has ended.
   *
   * @param name what was done
   * @param took how long it took, waits included
   * @param error the sort of error, if it failed
   */
  public void ended(String name, Duration took, Optional<String> error) {
    AttributesBuilder all = place.toBuilder().put(OPERATION, name);
    error.ifPresent(sort -> all.put(ERROR, sort));
    instruments().operations().record(seconds(took), all.build());
  }

  /**
   * A connection was waited for and lent.
   *
   * @param waited how long
   */
  public void lent(Duration waited) {
    instruments().waits().record(seconds(waited), pool);
  }

  /** No connection became free in time. */
  public void timedOut() {
    instruments().timeouts().add(1, pool);
  }

  /**
   * A connection was given back.
   *
   * @param used how long it was lent
   */
  public void givenBack(Duration used) {
    instruments().uses().record(seconds(used), pool);
  }

  /** No more is observed. */
  @Override
  public void close() {
    making.lock();
    try {
      closed = true;
      forget();
    } finally {
      making.unlock();
    }
  }

  private void forget() {
    Instruments known = made;
    made = null;
    if (known != null) {
      known.observed().forEach(ObservableLongUpDownCounter::close);
    }
  }

  // An SDK may be set up, or replaced, after the first measurement.
  private Instruments instruments() {
    OpenTelemetry current = GlobalOpenTelemetry.getOrNoop();
    Instruments known = made;
    if (known != null && known.of().equals(current)) {
      return known;
    }
    making.lock();
    try {
      known = made;
      if (known == null || !known.of().equals(current)) {
        forget();
        known = instruments(current);
        made = known;
      }
      return known;
    } finally {
      making.unlock();
    }
  }

  private Instruments instruments(OpenTelemetry of) {
    Meter meter = of.getMeter("synth_lab.store");
    return new Instruments(
        of,
        histogram(meter, "db.client.operation.duration", "Duration of database operations."),
        histogram(
            meter, "db.client.connection.wait_time", "Time that a connection was waited for."),
        histogram(meter, "db.client.connection.use_time", "Time that a connection was lent."),
        meter
            .counterBuilder("db.client.connection.timeouts")
            .setUnit("{timeout}")
            .setDescription("Waits for a connection that ended without one.")
            .build(),
        closed ? List.of() : observed(meter));
  }

  private List<ObservableLongUpDownCounter> observed(Meter meter) {
    Attributes used = pool.toBuilder().put(STATE, "used").build();
    Attributes idle = pool.toBuilder().put(STATE, "idle").build();
    return List.of(
        meter
            .upDownCounterBuilder("db.client.connection.count")
            .setUnit("{connection}")
            .setDescription("Connections that are open.")
            .buildWithCallback(
                out -> {
                  Connections there = now.get();
                  out.record(there.used(), used);
                  out.record(there.idle(), idle);
                }),
        meter
            .upDownCounterBuilder("db.client.connection.max")
            .setUnit("{connection}")
            .setDescription("Connections there may be.")
            .buildWithCallback(out -> out.record(now.get().max(), pool)),
        meter
            .upDownCounterBuilder("db.client.connection.pending_requests")
            .setUnit("{request}")
            .setDescription("Callers that wait for a connection.")
            .buildWithCallback(out -> out.record(now.get().waiting(), pool)));
  }

  private static DoubleHistogram histogram(Meter meter, String name, String description) {
    return meter
        .histogramBuilder(name)
        .setUnit("s")
        .setDescription(description)
        .setExplicitBucketBoundariesAdvice(SECONDS)
        .build();
  }

  private static double seconds(Duration time) {
    return time.toNanos() / 1e9;
  }
}
