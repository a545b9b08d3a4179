package dev.synthlab.spans;

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
 * What is counted and measured of calls, for the rooms that make them. No text of a call, no key
 * and no query comes here. Where no OpenTelemetry SDK reads metrics, nothing is done and nothing
 * allocated. Safe for use by many threads.
 *
 * @see <a href="https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-metrics/">the GenAI
 *     conventions on metrics</a>
 */
public final class Metrics {
  private static final Set<TrafficSnapshot.Source> SOURCES =
      Collections.newSetFromMap(new WeakHashMap<>());

  private static volatile Instruments instruments = new Instruments(MeterProvider.noop());
  private static volatile LongSupplier lost = () -> 0;

  private Metrics() {}

  /** The instruments of the OpenTelemetry that is set up now. */
  private static Instruments now() {
    MeterProvider provider = GlobalOpenTelemetry.getOrNoop().getMeterProvider();
    Instruments there = instruments;
    return there.of(provider) ? there : changed(provider);
  }

  private static synchronized Instruments changed(MeterProvider provider) {
    Instruments there = instruments;
    if (!there.of(provider)) {
      there = new Instruments(provider);
      instruments = there;
    }
    return there;
  }

  /** Where a call went. */
  record Place(String server, String resource) {}

  /**
   * Whether anybody reads metrics.
   *
   * @return false when there is no need to gather anything for them
   */
  public static boolean recorded() {
    return now().enabled();
  }

  /**
   * Begins to measure one request to a model, whatever it takes to answer it.
   *
   * @param what the verb and who is asked
   * @return to be told of the end; the time runs from now on
   */
  public static OperationTimer begun(OperationTimer.Asked what) {
    Instruments there = now();
    return there.enabled() ? new OperationTimer(there, what) : OperationTimer.UNSEEN;
  }

  /**
   * Counts a request that was sent and has ended.
   *
   * @param server the host
   * @param resource what was asked for: a model, or a service by its name
   * @param outcome {@code answered}, or the code of the fault
   * @param status the HTTP status, if an answer came
   */
  public static void attempted(String server, String resource, String outcome, OptionalInt status) {
    Instruments there = now();
    if (there.enabled()) {
      there.attempted(new Place(server, resource), outcome, status);
    }
  }

  /**
   * Measures a wait that is over.
   *
   * @param server the host
   * @param resource what was asked for: a model, or a service by its name
   * @param reason what was waited for
   * @param time how long
   */
  public static void waited(String server, String resource, String reason, Duration time) {
    Instruments there = now();
    if (there.enabled()) {
      there.waited(new Place(server, resource), reason, time);
    }
  }

  /**
   * Counts a breaker that has opened.
   *
   * @param server the host
   * @param resource what was asked for: a model, or a service by its name
   */
  public static void opened(String server, String resource) {
    Instruments there = now();
    if (there.enabled()) {
      there.opened(new Place(server, resource));
    }
  }

  /**
   * Asks a source how things stand whenever somebody reads the metrics.
   *
   * @param source is forgotten when nobody else holds it
   */
  public static void watch(TrafficSnapshot.Source source) {
    synchronized (SOURCES) {
      SOURCES.add(source);
    }
  }

  /**
   * Says where the number of lost spans comes from.
   *
   * @param count spans that ended and are known not to arrive; never falls
   */
  public static void watchLoss(LongSupplier count) {
    lost = count;
    now();
  }

  static long lost() {
    return lost.getAsLong();
  }

  static List<TrafficSnapshot> standings() {
    List<TrafficSnapshot.Source> all;
    synchronized (SOURCES) {
      all = new ArrayList<>(SOURCES);
    }
    return all.stream().map(TrafficSnapshot.Source::snapshot).toList();
  }
}
