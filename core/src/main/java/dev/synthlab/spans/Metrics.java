package dev.synthlab.spans;

import dev.synthlab.Internal;
import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.metrics.MeterProvider;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.function.LongSupplier;

/**
 * The recorder of call metrics. It gets no texts, keys or queries of calls. Without an
 * OpenTelemetry SDK that reads metrics it does nothing and allocates nothing. Safe for use by many
 * threads.
 *
 * @see <a href="https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-metrics/">the GenAI
 *     conventions on metrics</a>
 */
@Internal
public final class Metrics {
  private static final Set<TrafficSnapshot.Source> SOURCES =
      Collections.newSetFromMap(new WeakHashMap<>());

  private static volatile Instruments instruments = new Instruments(MeterProvider.noop());
  private static volatile LongSupplier lostSpans = () -> 0;

  private Metrics() {}

  /** The instruments of the current global OpenTelemetry. */
  private static Instruments current() {
    MeterProvider provider = GlobalOpenTelemetry.getOrNoop().getMeterProvider();
    Instruments known = instruments;
    return known.of(provider) ? known : replace(provider);
  }

  private static synchronized Instruments replace(MeterProvider provider) {
    Instruments known = instruments;
    if (!known.of(provider)) {
      known = new Instruments(provider);
      instruments = known;
    }
    return known;
  }

  /** The server and the resource of a call. */
  record Destination(String server, String resource) {}

  /**
   * Whether metrics are recorded.
   *
   * @return false if nothing needs to be measured
   */
  public static boolean isEnabled() {
    return current().enabled();
  }

  /**
   * Starts a timer for one request to a model, waits and all attempts included.
   *
   * @param operation the operation, its model and its server
   * @return the running timer
   */
  public static OperationTimer startTimer(OperationTimer.Operation operation) {
    Instruments current = current();
    return current.enabled() ? new OperationTimer(current, operation) : OperationTimer.NOOP;
  }

  /**
   * Counts an attempt that has ended.
   *
   * @param server the host of the server
   * @param resource the model, or the name of the service
   * @param outcome {@code answered}, or the code of the fault
   * @param status the HTTP status, if there was a response
   */
  public static void recordAttempt(
      String server, String resource, String outcome, OptionalInt status) {
    Instruments current = current();
    if (current.enabled()) {
      current.recordAttempt(new Destination(server, resource), outcome, status);
    }
  }

  /**
   * Records a wait that is over.
   *
   * @param server the host of the server
   * @param resource the model, or the name of the service
   * @param reason the reason of the wait
   * @param time its duration
   */
  public static void recordWait(String server, String resource, String reason, Duration time) {
    Instruments current = current();
    if (current.enabled()) {
      current.recordWait(new Destination(server, resource), reason, time);
    }
  }

  /**
   * Counts a circuit breaker that has opened.
   *
   * @param server the host of the server
   * @param resource the model, or the name of the service
   */
  public static void recordBreakerOpened(String server, String resource) {
    Instruments current = current();
    if (current.enabled()) {
      current.recordBreakerOpened(new Destination(server, resource));
    }
  }

  /**
   * Adds a source of snapshots, which are taken when the metrics are read.
   *
   * @param source the source; only a weak reference to it is kept
   */
  public static void addSource(TrafficSnapshot.Source source) {
    synchronized (SOURCES) {
      SOURCES.add(source);
    }
  }

  /**
   * Sets the source of the number of lost spans.
   *
   * @param count the number of spans that ended and were not exported; it never decreases
   */
  public static void setLostSpans(LongSupplier count) {
    lostSpans = count;
    current();
  }

  static long lostSpans() {
    return lostSpans.getAsLong();
  }

  static List<TrafficSnapshot> snapshots() {
    List<TrafficSnapshot.Source> all;
    synchronized (SOURCES) {
      all = new ArrayList<>(SOURCES);
    }
    return all.stream().map(TrafficSnapshot.Source::snapshot).toList();
  }
}
