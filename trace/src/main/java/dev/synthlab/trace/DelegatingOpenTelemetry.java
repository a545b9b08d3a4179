package dev.synthlab.trace;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.logs.LoggerProvider;
import io.opentelemetry.api.metrics.MeterProvider;
import io.opentelemetry.api.trace.TracerProvider;
import io.opentelemetry.context.propagation.ContextPropagators;

/**
 * The OpenTelemetry of the process, which can be set only once: it leads to the one that is set up
 * now, or to none. Safe for use by many threads.
 */
final class DelegatingOpenTelemetry implements OpenTelemetry {
  private volatile OpenTelemetry now = OpenTelemetry.noop();

  void connect(OpenTelemetry other) {
    now = other;
  }

  @Override
  public TracerProvider getTracerProvider() {
    return now.getTracerProvider();
  }

  @Override
  public MeterProvider getMeterProvider() {
    return now.getMeterProvider();
  }

  @Override
  public LoggerProvider getLogsBridge() {
    return now.getLogsBridge();
  }

  @Override
  public ContextPropagators getPropagators() {
    return now.getPropagators();
  }
}
