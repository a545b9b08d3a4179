package dev.synthlab.trace;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.logs.LoggerProvider;
import io.opentelemetry.api.metrics.MeterProvider;
import io.opentelemetry.api.trace.TracerProvider;
import io.opentelemetry.context.propagation.ContextPropagators;

/**
 * The global OpenTelemetry of the process, which can be set only once: it delegates to the current
 * SDK, or to none. Thread-safe.
 */
final class DelegatingOpenTelemetry implements OpenTelemetry {
  private volatile OpenTelemetry current = OpenTelemetry.noop();

  void delegateTo(OpenTelemetry other) {
    current = other;
  }

  @Override
  public TracerProvider getTracerProvider() {
    return current.getTracerProvider();
  }

  @Override
  public MeterProvider getMeterProvider() {
    return current.getMeterProvider();
  }

  @Override
  public LoggerProvider getLogsBridge() {
    return current.getLogsBridge();
  }

  @Override
  public ContextPropagators getPropagators() {
    return current.getPropagators();
  }
}
