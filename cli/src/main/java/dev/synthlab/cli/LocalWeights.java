package dev.synthlab.cli;

import dev.synthlab.config.Settings;
import dev.synthlab.local.Weights;
import dev.synthlab.logging.Redactor;
import java.io.IOException;
import java.util.Locale;

/** The download of the weights of the embedded model, with progress on stderr. */
final class LocalWeights {
  private static final long INTERVAL_NANOS = 2_000_000_000L;

  private LocalWeights() {}

  /** Downloads the weights if the embedded model is used and they are missing. */
  static void ensure(Settings settings, boolean quiet) throws IOException, InterruptedException {
    if (!settings.local().chosen()) {
      return;
    }
    if (!quiet) {
      System.err.println(
          "synthlab: embedded model "
              + settings.llm().model()
              + " (a small model for demonstrations; set OPENAI_API_KEY or OPENAI_BASE_URL to use another)");
    }
    Weights.ensure(settings, quiet ? new Silent() : new Lines());
  }

  private static final class Silent implements Weights.Progress {
    @Override
    public void moved(String source, long bytes, long total) {
      // Quiet.
    }

    @Override
    public void note(String line) {
      // Quiet.
    }
  }

  private static final class Lines implements Weights.Progress {
    private final boolean terminal = Terminal.is(Terminal.STDERR);
    private long shown;
    private boolean lineOpen;

    @Override
    public void moved(String source, long bytes, long total) {
      boolean done = bytes >= total;
      if (!done && System.nanoTime() - shown < INTERVAL_NANOS) {
        return;
      }
      shown = System.nanoTime();
      String line =
          String.format(
              Locale.ROOT,
              "synthlab: downloading the model: %d of %d MB (%s)",
              bytes / 1_000_000,
              total / 1_000_000,
              Redactor.printableLine(Redactor.redact(source)));
      System.err.print(terminal ? "\r" + line + (done ? "\n" : "") : line + "\n");
      lineOpen = terminal && !done;
    }

    @Override
    public void note(String line) {
      String end = lineOpen ? "\n" : "";
      lineOpen = false;
      System.err.println(end + "synthlab: " + Redactor.printableLine(Redactor.redact(line)));
    }
  }
}
