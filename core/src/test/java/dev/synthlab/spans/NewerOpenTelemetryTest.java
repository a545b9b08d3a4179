package dev.synthlab.spans;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.metrics.DoubleHistogram;
import io.opentelemetry.api.metrics.MeterProvider;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import org.junit.jupiter.api.Test;

/** Methods that an older version of the OpenTelemetry API does not have. */
class NewerOpenTelemetryTest {
  private static final DoubleHistogram NOOP =
      MeterProvider.noop().get("test").histogramBuilder("test").build();

  @Test
  void replacesAMethodThatReturnsTheGlobalInstance() throws Throwable {
    OpenTelemetry replacement = OpenTelemetry.noop();

    MethodHandle handle =
        NewerOpenTelemetry.staticOr(
            GlobalOpenTelemetry.class,
            "getOrSomethingNewer",
            MethodHandles.constant(OpenTelemetry.class, replacement));

    assertThat((OpenTelemetry) handle.invokeExact()).isSameAs(replacement);
  }

  @Test
  void replacesAMethodOfAnInstrument() throws Throwable {
    MethodHandle handle =
        NewerOpenTelemetry.booleanOr(DoubleHistogram.class, "isSomethingNewer", true);

    assertThat((boolean) handle.invokeExact(NOOP)).isTrue();
  }

  @Test
  void measuresNothingWithoutAnSdkInAnyVersion() {
    assertThat(Telemetry.of(OpenTelemetry.noop()).metrics().isEnabled()).isFalse();
    assertThat(Telemetry.ofProcess().metrics().isEnabled()).isFalse();
  }
}
