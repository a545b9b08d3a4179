package dev.synthlab.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Layout;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import dev.synthlab.config.Settings;
import java.io.PrintStream;
import java.util.List;
import org.slf4j.LoggerFactory;

/** The configuration of Logback: text or JSON lines on one stream, without a configuration file. */
final class LogSetup {
  private LogSetup() {}

  /**
   * Replaces the configuration of Logback.
   *
   * @param logs the level and the format
   * @param colour whether text lines are coloured
   * @param err the stream to write to
   */
  static void configure(Settings.Logs logs, boolean colour, PrintStream err) {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    context.reset();
    boolean json = logs.format().equals("json");
    StreamAppender appender =
        new StreamAppender(json ? new JsonLayout() : new LineLayout(colour), err);
    appender.setContext(context);
    appender.start();
    Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    Level level = Level.toLevel(logs.level(), Level.INFO);
    root.setLevel(level);
    // Below warnings these libraries log what our own lines say already, or details.
    for (String library : List.of("io.github.resilience4j", "org.flywaydb", "com.zaxxer.hikari")) {
      context.getLogger(library).setLevel(level.isGreaterOrEqual(Level.WARN) ? level : Level.WARN);
    }
    root.addAppender(appender);
  }

  /** An appender that writes each event with one call, so that lines of threads do not mix. */
  private static final class StreamAppender extends UnsynchronizedAppenderBase<ILoggingEvent> {
    private final Layout<ILoggingEvent> layout;
    private final PrintStream err;

    StreamAppender(Layout<ILoggingEvent> layout, PrintStream err) {
      this.layout = layout;
      this.err = err;
    }

    @Override
    protected void append(ILoggingEvent event) {
      err.print(layout.doLayout(event));
      err.flush();
    }
  }
}
