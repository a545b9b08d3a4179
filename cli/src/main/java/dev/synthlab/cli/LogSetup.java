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

/** Sets Logback up without a file: lines for people or objects for machines, on one stream. */
final class LogSetup {
  private LogSetup() {}

  /**
   * Replaces whatever Logback was set up for.
   *
   * @param logs level and format
   * @param colour whether lines for people are coloured
   * @param err where lines go
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
    // What these say below a warning, ours has said already or nobody needs.
    for (String library : List.of("io.github.resilience4j", "org.flywaydb", "com.zaxxer.hikari")) {
      context.getLogger(library).setLevel(level.isGreaterOrEqual(Level.WARN) ? level : Level.WARN);
    }
    root.addAppender(appender);
  }

  /** Writes each event with one call, so that lines of several threads do not mix. */
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
