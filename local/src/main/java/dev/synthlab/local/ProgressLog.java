package dev.synthlab.local;

import dev.synthlab.logging.Redactor;
import java.time.Duration;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.helpers.NOPLoggerFactory;

/**
 * Writes the progress of a download to the log, at most one line in two seconds; to standard error
 * if no logger is bound to SLF4J. Safe for use by many threads.
 */
final class ProgressLog implements Weights.Progress {
  private static final Logger log = LoggerFactory.getLogger(ProgressLog.class);
  private static final Duration INTERVAL = Duration.ofSeconds(2);

  private final Consumer<String> lines;
  private final LongSupplier nanos;
  private String lastSource = "";
  private long lastBytes;
  private long lastTime;

  ProgressLog() {
    this(ProgressLog::write, System::nanoTime);
  }

  ProgressLog(Consumer<String> lines, LongSupplier nanos) {
    this.lines = lines;
    this.nanos = nanos;
  }

  @Override
  public synchronized void moved(String source, long bytes, long total) {
    boolean first = !source.equals(lastSource);
    boolean done = bytes >= total && lastBytes < total;
    if (!first && !done && nanos.getAsLong() - lastTime < INTERVAL.toNanos()) {
      return;
    }
    lastSource = source;
    lastBytes = bytes;
    lastTime = nanos.getAsLong();
    note(
        String.format(
            Locale.ROOT,
            "downloading the embedded model, once, from %s: %d of %d MB",
            source,
            bytes / 1_000_000,
            total / 1_000_000));
  }

  @Override
  public void note(String line) {
    lines.accept(Redactor.printableLine(Redactor.redact(line)));
  }

  private static void write(String line) {
    if (LoggerFactory.getILoggerFactory() instanceof NOPLoggerFactory) {
      System.err.println("synthlab: " + line);
    } else {
      log.atInfo().addKeyValue("component", "local").log(line);
    }
  }
}
