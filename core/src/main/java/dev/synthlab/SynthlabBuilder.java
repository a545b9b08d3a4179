package dev.synthlab;

import dev.synthlab.call.CallObserver;
import dev.synthlab.config.Settings;
import io.opentelemetry.api.OpenTelemetry;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A builder of a {@link Synthlab}; made by {@link Synthlab#builder()}. It reads no environment. For
 * one thread.
 */
public final class SynthlabBuilder {
  private @Nullable Settings settings;
  private final List<CallObserver> observers = new ArrayList<>();
  private Optional<OpenTelemetry> openTelemetry = Optional.empty();

  SynthlabBuilder() {}

  /**
   * Sets the settings of everything; required.
   *
   * @param all for example of {@link Settings#builder()} or {@link Settings#get()}
   * @return this
   */
  public SynthlabBuilder settings(Settings all) {
    settings = Objects.requireNonNull(all);
    return this;
  }

  /**
   * Sets where spans and metrics of its calls go. Default: the global OpenTelemetry.
   *
   * @param otel the OpenTelemetry, which the caller closes
   * @return this
   */
  public SynthlabBuilder openTelemetry(OpenTelemetry otel) {
    openTelemetry = Optional.of(otel);
    return this;
  }

  /**
   * Adds an observer of the calls of all its clients. What it throws is logged.
   *
   * @param observer gets the report of each call
   * @return this
   */
  public SynthlabBuilder addObserver(CallObserver observer) {
    observers.add(Objects.requireNonNull(observer));
    return this;
  }

  /**
   * Builds the instance.
   *
   * @return an instance, which the caller closes; nothing is sent or opened yet
   */
  public Synthlab build() {
    return new Synthlab(Objects.requireNonNull(settings, "settings"), observers, openTelemetry);
  }
}
