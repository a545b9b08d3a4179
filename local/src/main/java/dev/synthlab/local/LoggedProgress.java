package dev.synthlab.local;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs the progress of a download: one line for each tenth of it. */
final class LoggedProgress implements Weights.Progress {
  private static final Logger log = LoggerFactory.getLogger(LoggedProgress.class);

  private String last = "";

  @Override
  public synchronized void moved(String source, long bytes, long total) {
    String line = source + ", " + bytes * 10 / Math.max(1, total) * 10 + " %";
    if (!line.equals(last)) {
      last = line;
      note("fetching the embedded model from " + line);
    }
  }

  @Override
  public void note(String line) {
    log.atInfo().addKeyValue("component", "local").log(line);
  }
}
