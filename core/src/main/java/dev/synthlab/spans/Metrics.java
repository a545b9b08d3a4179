package dev.synthlab.spans;

import dev.synthlab.Internal;
import io.opentelemetry.api.metrics.MeterProvider;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.function.LongSupplier;

/**
 * The recorder of call metrics of one meter provider. It gets no texts, keys or queries of calls.
 * Without an OpenTelemetry SDK that reads metrics it does nothing and allocates nothing. Safe for
 * use by many threads.
 *
 * @see <a href="https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-metrics/">the GenAI
 *     conventions on metrics</a>
 */
@Internal
public final class Metrics {
  /** One for each provider: clients that share an SDK must not register its gauges twice. */
  private static final Map<MeterProvider, WeakReference<Metrics>> KNOWN = new WeakHashMap<>();

  private static volatile LongSupplier lostSpans = () -> 0;

  // An SDK with gauges holds them, and with them this object. Of others nothing needs to be kept.
  private final Set<TrafficSnapshot.Source> sources =
      Collections.newSetFromMap(new WeakHashMap<>());
  private final MeterProvider provider;
  private final Instruments instruments;

  private Metrics(MeterProvider provider) {
    this.provider = provider;
    this.instruments = new Instruments(provider, this::snapshots);
  }

  static Metrics of(MeterProvider provider) {
    synchronized (KNOWN) {
      WeakReference<Metrics> reference = KNOWN.get(provider);
      Metrics known = reference == null ? null : reference.get();
      if (known == null) {
        known = new Metrics(provider);
        KNOWN.put(provider, new WeakReference<>(known));
      }
      return known;
    }
  }

  @SuppressWarnings("ReferenceEquality") // the same instance
  boolean isOf(MeterProvider other) {
    return provider == other;
  }

  /** The server and the resource of a call. */
  record Destination(String server, String resource) {}

  /**
   * Whether metrics are recorded.
   *
   * @return false if nothing needs to be measured
   */
  public boolean isEnabled() {
    return instruments.enabled();
  }

  /**
   * Starts a timer for one request to a model, waits and all attempts included.
   *
   * @param operation the operation, its model and its server
   * @return the running timer
   */
  public OperationTimer startTimer(OperationTimer.Operation operation) {
    return isEnabled() ? new OperationTimer(instruments, operation) : OperationTimer.NOOP;
  }

  /**
   * Counts an attempt that has ended.
   *
   * @param server the host of the server
   * @param resource the model, or the name of the service
   * @param outcome {@code answered}, or the code of the fault
   * @param status the HTTP status, if there was a response
   */
  public void recordAttempt(String server, String resource, String outcome, OptionalInt status) {
    if (isEnabled()) {
      instruments.recordAttempt(new Destination(server, resource), outcome, status);
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
  public void recordWait(String server, String resource, String reason, Duration time) {
    if (isEnabled()) {
      instruments.recordWait(new Destination(server, resource), reason, time);
    }
  }

  void recordBreakerOpened(String server, String resource) {
    if (isEnabled()) {
      instruments.recordBreakerOpened(new Destination(server, resource));
    }
  }

  /** Adds a source of snapshots, to which only a weak reference is kept. */
  void addSource(TrafficSnapshot.Source source) {
    synchronized (sources) {
      sources.add(source);
    }
  }

  /**
   * Sets the source of the number of lost spans.
   *
   * @param count the number of spans that ended and were not exported; it never decreases
   */
  public static void setLostSpans(LongSupplier count) {
    lostSpans = count;
    Telemetry.ofProcess().metrics();
  }

  static long lostSpans() {
    return lostSpans.getAsLong();
  }

  private List<TrafficSnapshot> snapshots() {
    List<TrafficSnapshot.Source> all;
    synchronized (sources) {
      all = new ArrayList<>(sources);
    }
    return all.stream().map(TrafficSnapshot.Source::snapshot).toList();
  }
}
