package dev.synthlab.cli;

import dev.synthlab.Synthlab;
import dev.synthlab.batch.BulkRun;
import dev.synthlab.batch.Summary;
import dev.synthlab.config.Settings;
import java.util.concurrent.atomic.AtomicBoolean;

/** Runs a bulk run to its end: with progress, signals that stop it, and its report. */
final class RunSession {
  private final RunReport report;
  private final Progress.Style style;
  private final AtomicBoolean stopping = new AtomicBoolean();

  RunSession(RunReport report, Progress.Style style) {
    this.report = report;
    this.style = style;
  }

  /** Runs it; gives the exit code. */
  int run(BulkRun run, Synthlab layer, TracedSession session, Settings settings)
      throws InterruptedException {
    try (Signals signals = Signals.to(() -> stop(run))) {
      Summary summary;
      Progress progress = new Progress(run, layer.traffic(), style);
      try {
        summary = session.run(settings, report.input(), report.output(), run);
      } finally {
        progress.close();
      }
      report.print(summary);
      return signals.exit().orElseGet(() -> RunReport.exit(summary));
    }
  }

  private void stop(BulkRun run) {
    report.note(
        stopping.getAndSet(true)
            ? "stopping: calls in flight are cancelled"
            : "stopping: nothing new is sent, calls in flight have time to end; a second signal"
                + " cancels them");
    run.stop("a signal came");
  }
}
