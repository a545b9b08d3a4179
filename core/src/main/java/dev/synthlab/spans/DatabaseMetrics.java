package dev.synthlab.spans;

import dev.synthlab.Internal;
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
 * The metrics of a database and its connection pool, by OpenTelemetry's semantic conventions.
 * Without an OpenTelemetry SDK they cost almost nothing. Safe for use by many threads.
 *
 * @see <a href="https://opentelemetry.io/docs/specs/semconv/db/database-metrics/">Semantic
 *     conventions for database client metrics</a>
 */
@Internal
public final class DatabaseMetrics implements AutoCloseable {
  private static final AttributeKey<String> OPERATION = AttributeKey.stringKey("db.operation.name");
  private static final AttributeKey<String> ERROR = AttributeKey.stringKey("error.type");
  private static final AttributeKey<String> STATE =
      AttributeKey.stringKey("db.client.connection.state");
  private static final List<Double> SECONDS =
      List.of(0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 10.0);

  private final Attributes database;
  private final Attributes pool;
  private final Supplier<Connections> connections;
  private final ReentrantLock lock = new ReentrantLock();
  private volatile @Nullable Instruments current;
  private volatile boolean closed;

  /**
   * The number of connections of a pool by state.
   *
   * @param used connections in use
   * @param idle open connections that are not in use
   * @param max the maximum number of connections
   * @param waiting callers that wait for a connection
   */
  public record Connections(int used, int idle, int max, int waiting) {}

  private record Instruments(
      OpenTelemetry of,
      DoubleHistogram operations,
      DoubleHistogram waits,
      DoubleHistogram uses,
      LongCounter timeouts,
      List<ObservableLongUpDownCounter> observers) {}

  /**
   * Creates the metrics of one database and one pool.
   *
   * @param database the database
   * @param pool the name of the pool
   * @param connections reads the current number of connections
   */
  public DatabaseMetrics(
      DatabaseAttributes database, String pool, Supplier<Connections> connections) {
    this.database = database.attributes();
    this.pool = Attributes.builder().put("db.client.connection.pool.name", pool).build();
    this.connections = connections;
  }

  /**
   * Records an operation that has ended.
   *
   * @param name the name of the operation
   * @param took its duration, waits included
   * @param error the error type, if it failed
   */
  public void ended(String name, Duration took, Optional<String> error) {
    AttributesBuilder all = database.toBuilder().put(OPERATION, name);
    error.ifPresent(sort -> all.put(ERROR, sort));
    instruments().operations().record(seconds(took), all.build());
  }

  /**
   * Records a connection that a caller got.
   *
   * @param waited the time that the caller waited
   */
  public void lent(Duration waited) {
    instruments().waits().record(seconds(waited), pool);
  }

  /** Records a wait that ended without a connection. */
  public void timedOut() {
    instruments().timeouts().add(1, pool);
  }

  /**
   * Records a connection that was returned to the pool.
   *
   * @param used the time that it was in use
   */
  public void givenBack(Duration used) {
    instruments().uses().record(seconds(used), pool);
  }

  /** Stops observing the pool. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      closeObservers();
    } finally {
      lock.unlock();
    }
  }

  private void closeObservers() {
    Instruments known = current;
    current = null;
    if (known != null) {
      known.observers().forEach(ObservableLongUpDownCounter::close);
    }
  }

  // An SDK may be set up, or replaced, after the first measurement.
  private Instruments instruments() {
    OpenTelemetry now = Telemetry.ofProcess().openTelemetry();
    Instruments known = current;
    if (known != null && known.of().equals(now)) {
      return known;
    }
    lock.lock();
    try {
      known = current;
      if (known == null || !known.of().equals(now)) {
        closeObservers();
        known = instruments(now);
        current = known;
      }
      return known;
    } finally {
      lock.unlock();
    }
  }

  private Instruments instruments(OpenTelemetry of) {
    Meter meter = of.getMeter("synth_lab.store");
    return new Instruments(
        of,
        histogram(meter, "db.client.operation.duration", "Duration of database operations."),
        histogram(
            meter, "db.client.connection.wait_time", "Time that a caller waited for a connection."),
        histogram(meter, "db.client.connection.use_time", "Time that a connection was in use."),
        meter
            .counterBuilder("db.client.connection.timeouts")
            .setUnit("{timeout}")
            .setDescription("Waits for a connection that ended without one.")
            .build(),
        closed ? List.of() : observers(meter));
  }

  private List<ObservableLongUpDownCounter> observers(Meter meter) {
    Attributes used = pool.toBuilder().put(STATE, "used").build();
    Attributes idle = pool.toBuilder().put(STATE, "idle").build();
    return List.of(
        meter
            .upDownCounterBuilder("db.client.connection.count")
            .setUnit("{connection}")
            .setDescription("Open connections.")
            .buildWithCallback(
                out -> {
                  Connections now = connections.get();
                  out.record(now.used(), used);
                  out.record(now.idle(), idle);
                }),
        meter
            .upDownCounterBuilder("db.client.connection.max")
            .setUnit("{connection}")
            .setDescription("Maximum number of connections.")
            .buildWithCallback(out -> out.record(connections.get().max(), pool)),
        meter
            .upDownCounterBuilder("db.client.connection.pending_requests")
            .setUnit("{request}")
            .setDescription("Callers that wait for a connection.")
            .buildWithCallback(out -> out.record(connections.get().waiting(), pool)));
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
