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
 * Sends the spans of this process to Phoenix, and its metrics where {@code OTEL_METRICS_EXPORTER}
 * says. Set up once at the start; until then, and without settings for it, nothing of
 * OpenTelemetry's SDK is even loaded. Calls never fail, and are never slowed, because of it. Safe
 * for use by many threads.
 *
 * {@snippet :
 * PhoenixTracing.setup();                 // PHOENIX_COLLECTOR_ENDPOINT or PHOENIX_ENABLED is set
 * llm.complete("Why is the sky blue?");   // is seen, with every attempt
 * PhoenixTracing.shutdown();              // also done when the process ends
 * }
 */
public final class PhoenixTracing {
  private static final Logger log = Logging.component("trace");
  private static final ReentrantLock LOCK = new ReentrantLock();

  private static @Nullable DelegatingOpenTelemetry board;
  private static @Nullable Pipeline running;
  private static ExportStats last = ExportStats.NONE;
  private static Duration max = TraceSettings.OFF.shutdown();

  private PhoenixTracing() {}

  /**
   * Sets tracing up as the environment says; does nothing if it says nothing.
   *
   * @return whether spans, or metrics, are now sent by this set-up
   * @throws ConfigException when the environment has mistakes
   */
  public static boolean setup() {
    return setup(Settings.get());
  }

  /**
   * Sets tracing up as settings say, through their proxies; does nothing if they say nothing.
   *
   * @param settings of the process
   * @return whether spans are now sent by this set-up
   */
  public static boolean setup(Settings settings) {
    return setup(settings.trace(), settings.network());
  }

  /**
   * Sets tracing up, without any proxy. A set-up that is there already stays, and so does an
   * OpenTelemetry that somebody else has set for the process: an agent, a framework.
   *
   * @param options whether, where and how many
   * @return whether spans are now sent by this set-up
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
      Optional<DelegatingOpenTelemetry> ours = ours();
      if (ours.isEmpty()) {
        log.info("an OpenTelemetry is set up already: spans go where it sends them");
        return false;
      }
      Pipeline made = Pipeline.of(trace, network);
      ours.get().connect(made.openTelemetry());
      made.measureLoss();
      running = made;
      max = trace.shutdown();
      return true;
    } finally {
      LOCK.unlock();
    }
  }

  /** The one place of the process, if it is ours. */
  private static Optional<DelegatingOpenTelemetry> ours() {
    DelegatingOpenTelemetry there = board;
    if (there != null) {
      return Optional.of(there);
    }
    if (GlobalOpenTelemetry.isSet()) {
      return Optional.empty();
    }
    DelegatingOpenTelemetry made = new DelegatingOpenTelemetry();
    try {
      GlobalOpenTelemetry.set(made);
    } catch (IllegalStateException e) { // somebody was quicker
      return Optional.empty();
    }
    board = made;
    Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(PhoenixTracing::atEnd));
    return Optional.of(made);
  }

  private static void atEnd() {
    shutdown().complaint().ifPresent(log::warn);
  }

  /**
   * A tracer for spans of one's own.
   *
   * @param component in lower case; the scope is {@code synth_lab.} and this
   * @return that of the OpenTelemetry which is set up now
   */
  public static Tracer tracer(String component) {
    return Tracing.tracer(component);
  }

  /**
   * How many spans have got where they should, so far.
   *
   * @return of the set-up that is there, or of the last one
   */
  public static ExportStats delivery() {
    LOCK.lock();
    try {
      return running == null ? last : running.delivery();
    } finally {
      LOCK.unlock();
    }
  }

  /**
   * Sends what is left, for no longer than the settings allow, and ends. Done by itself when the
   * process ends. Does nothing if there is nothing to end.
   *
   * @return what got there; what was lost is known exactly
   */
  public static ExportStats shutdown() {
    LOCK.lock();
    try {
      Pipeline ending = running;
      DelegatingOpenTelemetry there = board;
      if (ending == null || there == null) {
        return ExportStats.NONE;
      }
      running = null;
      last = ending.shutdown(max);
      there.connect(io.opentelemetry.api.OpenTelemetry.noop());
      return last;
    } finally {
      LOCK.unlock();
    }
  }

  /**
   * Tries whether the address takes spans, without sending any.
   *
   * @param settings where, and through which proxy
   * @param patience how long it may take
   * @return why not, in words; empty if it does
   */
  public static Optional<String> unreachable(Settings settings, Duration patience) {
    return Pipeline.unreachable(settings.trace(), settings.network(), patience);
  }
}
