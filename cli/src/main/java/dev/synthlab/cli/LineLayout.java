package dev.synthlab.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.LayoutBase;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import org.slf4j.event.KeyValuePair;

/** The log layout for people: {@code HH:mm:ss | LEVEL | component - message}. */
final class LineLayout extends LayoutBase<ILoggingEvent> {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss").withZone(ZoneId.systemDefault());
  private static final String RESET = "\u001b[0m";
  private static final String GREEN = "\u001b[32m";
  private static final String CYAN = "\u001b[36m";

  private final boolean colour;

  LineLayout(boolean colour) {
    this.colour = colour;
  }

  @Override
  public String doLayout(ILoggingEvent event) {
    Level level = event.getLevel();
    StringBuilder out = new StringBuilder(128);
    append(out, GREEN, TIME.format(Instant.ofEpochMilli(event.getTimeStamp())));
    out.append(" | ");
    append(out, colourOf(level), (level + "        ").substring(0, 8));
    out.append(" | ");
    append(out, CYAN, LogEventText.component(event));
    out.append(" - ").append(LogEventText.message(event));
    for (KeyValuePair pair : LogEventText.attributes(event)) {
      out.append(' ').append(LogEventText.safe(pair.key + "=" + pair.value));
    }
    return out.append('\n').append(LogEventText.exception(event)).toString();
  }

  private void append(StringBuilder out, String code, String text) {
    if (colour) {
      out.append(code).append(text).append(RESET);
    } else {
      out.append(text);
    }
  }

  private static String colourOf(Level level) {
    if (level.isGreaterOrEqual(Level.ERROR)) {
      return "\u001b[1;31m";
    }
    if (level.isGreaterOrEqual(Level.WARN)) {
      return "\u001b[1;33m";
    }
    return level.isGreaterOrEqual(Level.INFO) ? "\u001b[1m" : "\u001b[34m";
  }
}
