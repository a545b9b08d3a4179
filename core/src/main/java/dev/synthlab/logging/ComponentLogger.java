package dev.synthlab.logging;

import java.io.Serial;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.Marker;
import org.slf4j.event.KeyValuePair;
import org.slf4j.event.Level;
import org.slf4j.event.LoggingEvent;
import org.slf4j.helpers.AbstractLogger;
import org.slf4j.helpers.MessageFormatter;
import org.slf4j.spi.CallerBoundaryAware;
import org.slf4j.spi.LoggingEventAware;
import org.slf4j.spi.LoggingEventBuilder;

/** Adds the component to every event and strikes secrets out before the backend receives it. */
final class ComponentLogger extends AbstractLogger implements LoggingEventAware {
  @Serial private static final long serialVersionUID = 1L;

  private final String component;
  private final transient Logger backend;

  ComponentLogger(String component) {
    this(component, LoggerFactory.getLogger("dev.synthlab." + component));
  }

  ComponentLogger(String component, Logger backend) {
    this.component = component;
    this.name = backend.getName();
    this.backend = backend;
  }

  @Override
  public void log(LoggingEvent event) {
    LoggingEventBuilder builder = backend.atLevel(event.getLevel());
    for (Marker marker : orNone(event.getMarkers())) {
      builder = builder.addMarker(marker);
    }
    for (KeyValuePair pair : orNone(event.getKeyValuePairs())) {
      builder = builder.addKeyValue(pair.key, safe(pair.value));
    }
    send(builder, event.getMessage(), event.getArgumentArray(), event.getThrowable());
  }

  @Override
  protected void handleNormalizedLoggingCall(
      Level level,
      @Nullable Marker marker,
      String pattern,
      Object @Nullable [] arguments,
      @Nullable Throwable thrown) {
    LoggingEventBuilder builder = backend.atLevel(level);
    if (builder instanceof CallerBoundaryAware aware) {
      aware.setCallerBoundary(getFullyQualifiedCallerName());
    }
    if (marker != null) {
      builder = builder.addMarker(marker);
    }
    send(builder, pattern, arguments, thrown);
  }

  private void send(
      LoggingEventBuilder builder,
      @Nullable String pattern,
      Object @Nullable [] arguments,
      @Nullable Throwable thrown) {
    String message = MessageFormatter.basicArrayFormat(pattern, arguments);
    LoggingEventBuilder whole = builder.addKeyValue("component", component);
    if (thrown != null) {
      whole = whole.setCause(RedactedException.of(thrown));
    }
    whole.log(line(String.valueOf(message)));
  }

  private static <T> List<T> orNone(@Nullable List<T> list) {
    return list == null ? List.of() : list;
  }

  private static @Nullable Object safe(@Nullable Object value) {
    return value == null || value instanceof Number || value instanceof Boolean
        ? value
        : line(value.toString());
  }

  private static String line(String text) {
    return Redactor.printableLine(Redactor.redact(text));
  }

  @Override
  protected String getFullyQualifiedCallerName() {
    return AbstractLogger.class.getName();
  }

  @Override
  public boolean isTraceEnabled() {
    return backend.isTraceEnabled();
  }

  @Override
  public boolean isTraceEnabled(Marker marker) {
    return backend.isTraceEnabled(marker);
  }

  @Override
  public boolean isDebugEnabled() {
    return backend.isDebugEnabled();
  }

  @Override
  public boolean isDebugEnabled(Marker marker) {
    return backend.isDebugEnabled(marker);
  }

  @Override
  public boolean isInfoEnabled() {
    return backend.isInfoEnabled();
  }

  @Override
  public boolean isInfoEnabled(Marker marker) {
    return backend.isInfoEnabled(marker);
  }

  @Override
  public boolean isWarnEnabled() {
    return backend.isWarnEnabled();
  }

  @Override
  public boolean isWarnEnabled(Marker marker) {
    return backend.isWarnEnabled(marker);
  }

  @Override
  public boolean isErrorEnabled() {
    return backend.isErrorEnabled();
  }

  @Override
  public boolean isErrorEnabled(Marker marker) {
    return backend.isErrorEnabled(marker);
  }
}
