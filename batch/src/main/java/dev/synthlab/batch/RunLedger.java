package dev.synthlab.batch;

import dev.synthlab.call.RunRecorder;
import dev.synthlab.call.Timer;
import dev.synthlab.logging.Redactor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/** Records the start and the end of a run where there is a recorder. */
final class RunLedger {
  private final BulkOptions options;
  private final Timer timer;
  private Optional<RunRecorder> recorder = Optional.empty();

  RunLedger(BulkOptions options, Timer timer) {
    this.options = options;
    this.timer = timer;
  }

  void use(RunRecorder given) {
    recorder = Optional.of(given);
  }

  /** Records the calls that the lines of OUT hold and the recorder does not know. */
  void replay(Path out, String run) throws IOException {
    if (recorder.isPresent() && !recorder.get().knows(run, Files.size(out))) {
      new OutputCallReader(run).of(out, recorder.get()::replayed);
    }
  }

  void begun(String run, String output, long rows) {
    String input =
        switch (options.input().source()) {
          case BulkOptions.Source.File file -> file.path().toAbsolutePath().toString();
          case BulkOptions.Source.Stream stream -> "-";
        };
    recorder.ifPresent(
        keeper ->
            keeper.begun(
                new RunRecorder.Start(
                    run,
                    timer.now(),
                    Redactor.redactKnown(input),
                    Redactor.redactKnown(output),
                    options.model().name().orElse(""),
                    rows)));
  }

  Summary ended(String run, Summary summary, long length) {
    RunRecorder.End end =
        new RunRecorder.End(
            timer.now(),
            summary.end().name().toLowerCase(Locale.ROOT),
            summary.total(),
            summary.answered(),
            summary.failures(),
            length);
    recorder.ifPresent(keeper -> keeper.ended(run, end));
    return summary;
  }
}
