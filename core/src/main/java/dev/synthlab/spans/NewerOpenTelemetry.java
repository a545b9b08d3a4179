package dev.synthlab.spans;

import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.metrics.DoubleHistogram;
import io.opentelemetry.api.metrics.LongCounter;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/**
 * The methods of the OpenTelemetry API that its older supported versions do not have. Each is
 * looked up once. No other class may call them.
 */
final class NewerOpenTelemetry {
  private static final MethodType OPEN_TELEMETRY = MethodType.methodType(OpenTelemetry.class);

  /** Without this method the global instance cannot be read: {@code get()} would set it. */
  private static final MethodHandle GET_OR_NOOP =
      staticOr(
          GlobalOpenTelemetry.class,
          "getOrNoop",
          MethodHandles.constant(OpenTelemetry.class, OpenTelemetry.noop()));

  private static final MethodHandle HISTOGRAM_ENABLED =
      booleanOr(DoubleHistogram.class, "isEnabled", true);
  private static final MethodHandle COUNTER_ENABLED =
      booleanOr(LongCounter.class, "isEnabled", true);

  private NewerOpenTelemetry() {}

  /** The global instance; one that does nothing if there is none, or if it cannot be read. */
  static OpenTelemetry global() {
    try {
      return (OpenTelemetry) GET_OR_NOOP.invokeExact();
    } catch (Throwable e) {
      throw unchecked(e);
    }
  }

  /** Whether a histogram records; true if the version cannot tell. */
  static boolean isEnabled(DoubleHistogram histogram) {
    try {
      return (boolean) HISTOGRAM_ENABLED.invokeExact(histogram);
    } catch (Throwable e) {
      throw unchecked(e);
    }
  }

  /** Whether a counter records; true if the version cannot tell. */
  static boolean isEnabled(LongCounter counter) {
    try {
      return (boolean) COUNTER_ENABLED.invokeExact(counter);
    } catch (Throwable e) {
      throw unchecked(e);
    }
  }

  /** A static method without parameters that returns an OpenTelemetry, or a replacement. */
  static MethodHandle staticOr(Class<?> type, String name, MethodHandle replacement) {
    try {
      return MethodHandles.publicLookup().findStatic(type, name, OPEN_TELEMETRY);
    } catch (NoSuchMethodException | IllegalAccessException e) {
      return replacement;
    }
  }

  /** A method without parameters that returns a boolean, or a constant. */
  static MethodHandle booleanOr(Class<?> type, String name, boolean replacement) {
    try {
      return MethodHandles.publicLookup()
          .findVirtual(type, name, MethodType.methodType(boolean.class));
    } catch (NoSuchMethodException | IllegalAccessException e) {
      return MethodHandles.dropArguments(
          MethodHandles.constant(boolean.class, replacement), 0, type);
    }
  }

  private static RuntimeException unchecked(Throwable e) {
    if (e instanceof Error error) {
      throw error;
    }
    return e instanceof RuntimeException runtime ? runtime : new IllegalStateException(e);
  }
}
