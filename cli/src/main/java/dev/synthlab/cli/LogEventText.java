package dev.synthlab.cli;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.StackTraceElementProxy;
import ch.qos.logback.classic.spi.ThrowableProxy;
import dev.synthlab.logging.Redactor;
import java.util.List;
import org.slf4j.event.KeyValuePair;

/** The parts of a log event as text, without secrets and control characters. */
final class LogEventText {
  private static final String COMPONENT = "component";

  private LogEventText() {}

  /** The component, or the last part of the name of the logger. */
  static String component(ILoggingEvent event) {
    for (KeyValuePair pair : pairs(event)) {
      if (pair.key.equals(COMPONENT)) {
        return safe(String.valueOf(pair.value));
      }
    }
    String component = event.getMDCPropertyMap().get(COMPONENT);
    String logger = event.getLoggerName();
    return safe(component != null ? component : logger.substring(logger.lastIndexOf('.') + 1));
  }

  /** The key-value pairs other than the component. */
  static List<KeyValuePair> attributes(ILoggingEvent event) {
    return pairs(event).stream().filter(pair -> !pair.key.equals(COMPONENT)).toList();
  }

  static String message(ILoggingEvent event) {
    return safe(String.valueOf(event.getFormattedMessage()));
  }

  /** The stack trace of the exception and its causes, or an empty text. */
  static String exception(ILoggingEvent event) {
    StringBuilder out = new StringBuilder();
    IThrowableProxy thrown = event.getThrowableProxy();
    if (thrown != null) {
      append(thrown, "", "", out);
    }
    return out.toString();
  }

  /** The text on one line, without secrets and control characters. */
  static String safe(String text) {
    return Redactor.printableLine(Redactor.redact(text));
  }

  private static List<KeyValuePair> pairs(ILoggingEvent event) {
    return event.getKeyValuePairs() == null ? List.of() : event.getKeyValuePairs();
  }

  private static void append(
      IThrowableProxy thrown, String caption, String indent, StringBuilder out) {
    out.append(indent).append(caption).append(safe(headline(thrown))).append('\n');
    if (thrown.isCyclic()) {
      return;
    }
    StackTraceElementProxy[] frames = thrown.getStackTraceElementProxyArray();
    int own = frames.length - thrown.getCommonFrames();
    for (int i = 0; i < own; i++) {
      out.append(indent).append('\t').append(frames[i].getSTEAsString()).append('\n');
    }
    if (thrown.getCommonFrames() > 0) {
      out.append(indent).append("\t... ").append(thrown.getCommonFrames()).append(" more\n");
    }
    for (IThrowableProxy suppressed : thrown.getSuppressed()) {
      append(suppressed, "Suppressed: ", indent + "\t", out);
    }
    if (thrown.getCause() != null) {
      append(thrown.getCause(), "Caused by: ", indent, out);
    }
  }

  private static String headline(IThrowableProxy thrown) {
    return thrown instanceof ThrowableProxy proxy
        ? proxy.getThrowable().toString()
        : thrown.getClassName() + ": " + thrown.getMessage();
  }
}
