package dev.synthlab.cli;

import dev.synthlab.config.Settings;
import dev.synthlab.local.Weights;
import dev.synthlab.logging.Redactor;
import java.io.IOException;
import java.util.Locale;

/** Fetches the embedded model's weights before they are needed, and shows how far it is. */
final class LocalWeights {
  private static final long SHOW_EACH_NANOS = 2_000_000_000L;

  private LocalWeights() {}

  /** Does nothing when a server answers, or when the weights are there. */
  static void ensure(Settings settings, boolean quiet) throws IOException, InterruptedException {
    if (!settings.local().chosen()) {
      return;
    }
    if (!quiet) {
      System.err.println(
          "synthlab: embedded model "
              + settings.llm().model()
              + " (a toy, for trying out; set OPENAI_API_KEY or OPENAI_BASE_URL for a real one)");
    }
    Weights.ensure(settings.local(), quiet ? new Silent() : new Lines());
  }

  private static final class Silent implements Weights.Progress {
    @Override
    public void moved(String source, long bytes, long total) {
      // Nothing is to be said.
    }

    @Override
    public void note(String line) {
      // Nothing is to be said.
    }
  }

  private static final class Lines implements Weights.Progress {
    private final boolean terminal = Terminal.is(Terminal.STDERR);
    private long shown;

    @Override
    public void moved(String source, long bytes, long total) {
      boolean done = bytes >= total;
      if (!done && System.nanoTime() - shown < SHOW_EACH_NANOS) {
        return;
      }
      shown = System.nanoTime();
      String line =
          String.format(
              Locale.ROOT,
              "synthlab: fetching the model: %d of %d MB (%s)",
              bytes / 1_000_000,
              total / 1_000_000,
              Redactor.printableLine(Redactor.redact(source)));
      System.err.print(terminal ? "\r" + line + (done ? "\n" : "") : line + "\n");
    }

    @Override
    public void note(String line) {
      System.err.println("synthlab: " + Redactor.printableLine(Redactor.redact(line)));
    }
  }
}
