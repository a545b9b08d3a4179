package dev.synthlab.trace;

import dev.synthlab.config.ConfigException;
import dev.synthlab.config.NetworkSettings;
import dev.synthlab.config.Settings;
import dev.synthlab.config.TraceSettings;
import dev.synthlab.logging.Logging;
import dev.synthlab.spans.Tracing;
import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.trace.Tracer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * The export of the spans of this process to Phoenix or another OTLP collector, and of its metrics
 * if {@code OTEL_METRICS_EXPORTER} is set. Set up once at the start of the process; before that,
 * and without settings for it, no class of the OpenTelemetry SDK is loaded. Calls neither fail nor
 * wait because of it. Thread-safe.
 *
 * {@snippet :
 * PhoenixTracing.setup();                 // if PHOENIX_COLLECTOR_ENDPOINT or PHOENIX_ENABLED is set
 * llm.complete("Why is the sky blue?");   // exported with every attempt
 * PhoenixTracing.shutdown();              // also called when the process ends
 * }
 */
public final class PhoenixTracing {
  private static final Logger log = Logging.component("trace");
  private static final ReentrantLock LOCK = new ReentrantLock();

  private static @Nullable DelegatingOpenTelemetry global;
  private static @Nullable Pipeline running;
  private static ExportStats last = ExportStats.NONE;
  private static Duration max = TraceSettings.OFF.shutdown();

  private PhoenixTracing() {}

  /**
   * Sets up the export by the environment; does nothing if no variable asks for it.
   *
   * @return whether spans or metrics are exported by this set-up
   * @throws ConfigException if the environment is invalid
   */
  public static boolean setup() {
    return setup(Settings.get());
  }

  /**
   * Sets up the export by settings, with their proxies; does nothing if they do not ask for it.
   *
   * @param settings the settings of the process
   * @return whether spans or metrics are exported by this set-up
   */
  public static boolean setup(Settings settings) {
    return setup(settings.trace(), settings.network());
  }

  /**
   * Sets up the export without proxies. An earlier set-up stays, and so does a global OpenTelemetry
   * that an agent or a framework has set.
   *
   * @param options the endpoint, the sampling and the limits
   * @return whether spans or metrics are exported by this set-up
   */
  public static boolean setup(TraceSettings options) {
    return setup(options, NetworkSettings.direct());
  }

  private static boolean setup(TraceSettings trace, NetworkSettings network) {
    if (!trace.on() && !trace.measured()) {
      return false;
    }
    LOCK.lock();
    try {
      if (running != null) {
        return true;
      }
      Optional<DelegatingOpenTelemetry> claimed = claimGlobal();
      if (claimed.isEmpty()) {
        log.info("a global OpenTelemetry is set already: it exports the spans");
        return false;
      }
      Pipeline made = Pipeline.of(trace, network);
      claimed.get().delegateTo(made.openTelemetry());
      made.measureLoss();
      running = made;
      max = trace.shutdown();
      return true;
    } finally {
      LOCK.unlock();
    }
  }

  /** The global OpenTelemetry, if this class has set it or can set it. */
  private static Optional<DelegatingOpenTelemetry> claimGlobal() {
    DelegatingOpenTelemetry existing = global;
    if (existing != null) {
      return Optional.of(existing);
    }
    DelegatingOpenTelemetry made = new DelegatingOpenTelemetry();
    try {
      GlobalOpenTelemetry.set(made);
    } catch (IllegalStateException e) { // it was set before
      return Optional.empty();
    }
    global = made;
    Runtime.getRuntime()
        .addShutdownHook(Thread.ofPlatform().unstarted(PhoenixTracing::shutdownAndWarn));
    return Optional.of(made);
  }

  private static void shutdownAndWarn() {
    shutdown().warning().ifPresent(log::warn);
  }

  /**
   * A tracer for spans of your own.
   *
   * @param component the component in lower case; the scope is {@code synth_lab.} and this name
   * @return a tracer of the current OpenTelemetry
   */
  public static Tracer tracer(String component) {
    return Tracing.tracer(component);
  }

  /**
   * The number of spans that were exported so far.
   *
   * @return the statistics of the current set-up, or of the last one
   */
  public static ExportStats stats() {
    LOCK.lock();
    try {
      return running == null ? last : running.stats();
    } finally {
      LOCK.unlock();
    }
  }

  /**
   * Exports the remaining spans, within the time that the settings allow, and ends the set-up.
   * Called automatically when the process ends. Does nothing without a set-up.
   *
   * @return the final statistics; the number of lost spans is exact
   */
  public static ExportStats shutdown() {
    LOCK.lock();
    try {
      Pipeline ending = running;
      DelegatingOpenTelemetry existing = global;
      if (ending == null || existing == null) {
        return ExportStats.NONE;
      }
      running = null;
      last = ending.shutdown(max);
      existing.delegateTo(io.opentelemetry.api.OpenTelemetry.noop());
      return last;
    } finally {
      LOCK.unlock();
    }
  }

  /**
   * Checks whether the endpoint accepts spans, by an empty export.
   *
   * @param settings the endpoint and the proxies
   * @param timeout the maximum time
   * @return the reason why it does not; empty if it does
   */
  public static Optional<String> unreachable(Settings settings, Duration timeout) {
    return Pipeline.unreachable(settings.trace(), settings.network(), timeout);
  }
}
