package dev.synthlab.batch;

import dev.synthlab.call.Budget;
import dev.synthlab.call.RunRecorder;
import dev.synthlab.call.Timer;
import dev.synthlab.files.PrivateFiles;
import dev.synthlab.logging.Redactor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/** Leads a run through its steps, from the lock to the summary. */
final class RunCoordinator {
  private final BulkOptions options;
  private final BulkRun.RowClient caller;
  private final Timer timer;
  private final BulkRun.Listener listener;
  private final CrashPoints steps;
  private final RowTable table = new RowTable();
  private final RowStatuses statuses = new RowStatuses();
  private final RunStats stats;
  private final List<String> notes = new ArrayList<>();

  private Optional<Budget> purse = Optional.empty();
  private Optional<RunRecorder> recorder = Optional.empty();
  private Optional<RowWorkers> dispatch = Optional.empty();
  private final CompletableFuture<String> stopAsked = new CompletableFuture<>();
  private final Spool spool;

  RunCoordinator(
      BulkOptions options,
      BulkRun.RowClient caller,
      Timer timer,
      BulkRun.Listener listener,
      CrashPoints steps) {
    this.options = options;
    this.caller = caller;
    this.timer = timer;
    this.listener = listener;
    this.steps = steps;
    this.stats = new RunStats(timer, statuses);
    this.spool = new Spool(options, stopAsked);
  }

  void bound(BigDecimal maxCost) {
    purse = Optional.of(Budget.of(maxCost, stats::spentUsd));
  }

  void report(RunRecorder keeper) {
    recorder = Optional.of(keeper);
  }

  BulkRun.Progress progress() {
    return stats.progress();
  }

  synchronized void stop(String reason) {
    stopAsked.complete(reason);
    dispatch.ifPresent(window -> window.stop(Summary.End.INTERRUPTED, reason));
  }

  Summary run() {
    BulkRun.requireReadable(options);
    try {
      return toOutput();
    } catch (Spool.StoppedEarly e) {
      String why = stopAsked.join() + " while the input was read; nothing was sent";
      return stats.summary(Summary.End.INTERRUPTED, why, 0, notes);
    } catch (IOException e) {
      throw new BatchException(
          BatchException.Kind.OUTPUT_UNWRITABLE,
          "reading or writing a file of the run failed: " + Preflight.reason(e),
          e);
    }
  }

  private Summary toOutput() throws IOException {
    return switch (options.output()) {
      case BulkOptions.Out.Stream stream -> toStream(stream.stream());
      case BulkOptions.Out.File file ->
          isDevice(file.path()) ? toDevice(file.path()) : toFile(file.path());
    };
  }

  /** A pipe, a terminal: there is nothing to go on with. */
  static boolean isDevice(Path out) {
    return Files.exists(out) && !Files.isRegularFile(out) && !Files.isDirectory(out);
  }

  private Summary toDevice(Path out) throws IOException {
    // No channel: an interrupt of a writing thread would close it.
    Preflight.requireTrusted(out);
    try (OutputStream stream = new FileOutputStream(out.toFile(), true)) {
      return toStream(stream);
    }
  }

  private Summary toStream(OutputStream out) throws IOException {
    note(
        "results go to a stream: nothing is kept, and a run that ends early cannot be gone on with");
    Path kept = Files.createTempFile("synthlab-", ".jsonl");
    try {
      InputFile input = spool.input(kept);
      Optional<CsvResultWriter> csv = csv(input);
      InputScan scan =
          new InputScan(input, input.path(), table, statuses, options, spool::requireGoingOn);
      scan.into(stats);
      String run = UUID.randomUUID().toString();
      try (InputRows rows = new InputRows(input, table, statuses, options)) {
        RowWorkers window = window(rows, run);
        begun(run, "-");
        dispatch(
            window,
            new StreamResultSink(out, table, csv, why -> window.stopNow(end(why), why.message())));
        return ended(run, summary(window, scan.vanished()), 0);
      }
    } finally {
      Files.deleteIfExists(kept);
    }
  }

  private Optional<CsvResultWriter> csv(InputFile input) throws IOException {
    if (options.format() != BulkOptions.Format.CSV) {
      return Optional.empty();
    }
    try (RecordReader records = input.open()) {
      return Optional.of(
          new CsvResultWriter(
              options.schema(),
              records
                  .columns()
                  .orElseThrow(
                      () ->
                          new BatchException(
                              BatchException.Kind.OUTPUT_UNWRITABLE,
                              "the columns of JSON lines are known at their end only, so they cannot"
                                  + " go to a stream as CSV; name a file, or use --format jsonl"))));
    }
  }

  private Summary toFile(Path named) throws IOException {
    OutputFiles files = files(named);
    Preflight.requireOtherThanInput(options, files);
    try (RunLock lock = lock(files)) {
      steps.reached(CrashPoints.Step.LOCKED, files.out());
      files.requireOwn();
      tidyUp(files);
      InputFile input = spool.input(files.spool());
      try {
        return locked(files, lock, input);
      } finally {
        Files.deleteIfExists(files.spool());
      }
    }
  }

  private Summary locked(OutputFiles files, RunLock lock, InputFile input) throws IOException {
    steps.reached(CrashPoints.Step.SPOOLED, files.out());
    boolean old = OutputFiles.hasContent(files.out());
    boolean known = old && !options.fresh();
    JobFile job = known ? JobFile.known(files, JobFile.settings(options)) : newJob();
    requireOwnTable(files);
    boolean rewrite = known && index(files);
    PrivateFiles.tighten(files.jobFile());
    steps.reached(CrashPoints.Step.INDEXED, files.out());
    InputScan scan =
        new InputScan(input, files.out(), table, statuses, options, spool::requireGoingOn);
    scan.into(stats);
    sayWhatIsThere(scan.vanished());
    if (!known) {
      if (old) {
        note("the old results are kept as " + files.putAside());
      }
      putTableAside(files);
      writeJobFile(files, job);
    }
    try (InputRows rows = new InputRows(input, table, statuses, options)) {
      RowWorkers window = window(rows, job.run());
      replay(files, job.run(), known);
      begun(job.run(), files.out().toAbsolutePath().toString());
      if (stats.remaining() > 0 || !Files.exists(files.out())) {
        errorsFile(files, input, known);
        journalled(window, files, lock);
      }
      finish(files, input, rewrite, window);
      long length = Files.exists(files.out()) ? Files.size(files.out()) : 0;
      return ended(job.run(), summary(window, scan.vanished()), length);
    }
  }

  /** What the lines of OUT tell that the record may lack. */
  private void replay(OutputFiles files, String run, boolean known) throws IOException {
    if (known && recorder.isPresent() && !recorder.get().knows(run, Files.size(files.out()))) {
      new Replay(run).of(files.out(), recorder.get()::replayed);
    }
  }

  private void begun(String run, String output) {
    String input =
        switch (options.input()) {
          case BulkOptions.In.File file -> file.path().toAbsolutePath().toString();
          case BulkOptions.In.Stream stream -> "-";
        };
    recorder.ifPresent(
        keeper ->
            keeper.begun(
                new RunRecorder.Start(
                    run,
                    timer.now(),
                    Redactor.redactKnown(input),
                    Redactor.redactKnown(output),
                    options.model().orElse(""),
                    stats.progress().total())));
  }

  private Summary ended(String run, Summary summary, long length) {
    RunRecorder.End end =
        new RunRecorder.End(
            timer.now(),
            summary.end().name().toLowerCase(Locale.ROOT),
            summary.total(),
            summary.answered(),
            summary.failed(),
            length);
    recorder.ifPresent(keeper -> keeper.ended(run, end));
    return summary;
  }

  private void journalled(RowWorkers window, OutputFiles files, RunLock lock) throws IOException {
    Journal journal = openJournal(window, files);
    try {
      lock.alsoHold(files);
      dispatch(window, journal);
    } finally {
      journal.close();
    }
    Optional<ResultSink.Failure> failure = journal.failure();
    if (failure.isPresent()) {
      switch (failure.get()) {
        case ResultSink.Failure.Full full -> note(full.message());
        case ResultSink.Failure.Closed gone -> note(gone.message());
        case ResultSink.Failure.Lost lost ->
            throw new BatchException(
                BatchException.Kind.OUTPUT_LOST,
                lost.message()
                    + "; the run stopped and wrote no more. See what happened to the file, then the"
                    + " same command goes on");
      }
    }
  }

  private Journal openJournal(RowWorkers window, OutputFiles files) throws IOException {
    try {
      return Journal.open(files.out(), table, timer, steps, () -> full(window));
    } catch (IOException e) {
      throw Preflight.unwritable(files.out(), e);
    }
  }

  private RowWorkers window(InputRows rows, String run) {
    ResultLine lines = new ResultLine(options, run);
    return new RowWorkers(options, caller, timer, rows, lines, statuses, stats, purse);
  }

  private void dispatch(RowWorkers window, ResultSink sink) {
    synchronized (this) {
      dispatch = Optional.of(window);
      if (stopAsked.isDone()) {
        window.stop(Summary.End.INTERRUPTED, stopAsked.join());
      }
    }
    if (stats.remaining() > 0) {
      window.run(sink);
    }
  }

  private static Summary.End end(ResultSink.Failure failure) {
    return failure instanceof ResultSink.Failure.Closed
        ? Summary.End.OUTPUT_CLOSED
        : Summary.End.DISK_FULL;
  }

  private static void full(RowWorkers window) {
    window.stopNow(Summary.End.DISK_FULL, "the output takes no more");
  }

  private JobFile newJob() {
    return new JobFile(UUID.randomUUID().toString(), JobFile.settings(options));
  }

  private void writeJobFile(OutputFiles files, JobFile job) {
    try {
      job.write(files.jobFile(), steps, timer.now().toString());
      steps.reached(CrashPoints.Step.JOB_FILE_WRITTEN, files.out());
    } catch (IOException e) {
      throw Preflight.unwritable(files.jobFile(), e);
    }
  }

  /** Reads OUT; true when lines that cannot be read are still in it. */
  private boolean index(OutputFiles files) throws IOException {
    ResultIndex index = new ResultIndex(files, table, statuses);
    int unreadable = index.read();
    stats.costBefore(index.costUsd());
    if (unreadable == 0) {
      return false;
    }
    index.keepUnreadable();
    note(
        unreadable
            + " unreadable lines of "
            + files.out().getFileName()
            + " were moved to "
            + files.unreadable().getFileName()
            + "; their rows run again");
    steps.reached(CrashPoints.Step.UNREADABLE_MOVED, files.out());
    try {
      new OutputCompaction(files, table, steps).dropSuperseded();
    } catch (IOException e) {
      return true;
    }
    index.read();
    return false;
  }

  private void sayWhatIsThere(long vanished) {
    BulkRun.Progress progress = stats.progress();
    if (progress.doneBefore() > 0 && stats.remaining() > 0) {
      note("going on: " + progress.doneBefore() + " rows done, " + stats.remaining() + " to do");
    }
    if (vanished > 0) {
      note(vanished + " rows of the output are not in the input any more; they are kept");
    }
  }

  private void finish(OutputFiles files, InputFile input, boolean rewrite, RowWorkers window)
      throws IOException {
    tableFile(files, input); // while the places in OUT are those that are known
    boolean full = window.stopped().filter(stop -> stop.end() == Summary.End.DISK_FULL).isPresent();
    if (!full) {
      oneLineEach(files, input, rewrite);
    }
    errorsFile(files, input, true);
  }

  /** A table that is not made of OUT is somebody's work. */
  private void requireOwnTable(OutputFiles files) throws IOException {
    Optional<Path> table = files.table();
    if (table.isPresent()
        && !options.fresh()
        && !Files.exists(files.jobFile())
        && OutputFiles.hasContent(table.get())) {
      throw new BatchException(
          BatchException.Kind.OUTPUT_FOREIGN,
          table.get()
              + " is there but "
              + files.jobFile().getFileName()
              + " is not, so no run has made it; name another output, or put it aside with"
              + " --fresh");
    }
  }

  private void putTableAside(OutputFiles files) throws IOException {
    Optional<Path> table = files.table();
    if (table.isPresent() && options.fresh() && OutputFiles.hasContent(table.get())) {
      note("the old table is kept as " + OutputFiles.putAside(table.get()));
    }
  }

  private void tableFile(OutputFiles files, InputFile input) {
    Optional<Path> table = files.table();
    if (table.isEmpty()) {
      return;
    }
    try {
      new CsvFile(files, this.table, steps).rebuild(options.schema(), input);
    } catch (IOException e) {
      note(
          table.get().getFileName()
              + " could not be written ("
              + Preflight.reason(e)
              + "); the answers are in "
              + files.out().getFileName());
    }
  }

  private void oneLineEach(OutputFiles files, InputFile input, boolean wanted) throws IOException {
    OutputCompaction rewrite = new OutputCompaction(files, table, steps);
    try {
      if (options.ordered() && !rewrite.ordered(input)) {
        rewrite.order(input);
      } else if (wanted || table.superseded().length > 0) {
        rewrite.dropSuperseded();
      }
    } catch (IOException e) {
      note(
          files.out().getFileName()
              + " was left as a log, in which the last line of a row counts: it could not be"
              + " rewritten ("
              + Preflight.reason(e)
              + ")");
    }
  }

  private void errorsFile(OutputFiles files, InputFile input, boolean known) {
    if (!known) {
      return;
    }
    try {
      long leftOut = new FailedRowsFile(files, table, steps).rebuild(input);
      if (leftOut > 0) {
        note(
            leftOut
                + " failed rows are longer than "
                + (LineReader.MAX_INPUT >> 20)
                + " MB and not in "
                + files.errors().getFileName());
      }
    } catch (IOException e) {
      note(files.errors().getFileName() + " could not be written: " + Preflight.reason(e));
    }
  }

  private Summary summary(RowWorkers window, long vanished) {
    window.broken().ifPresent(RunCoordinator::rethrow);
    Summary.End end;
    String why = "";
    Optional<RowWorkers.Stop> stop = window.stopped();
    if (stop.isPresent() && stats.remaining() > 0) {
      end = stop.get().end();
      why = stop.get().reason();
    } else {
      boolean good = options.failOnError().allows(stats.failedRows(), stats.rows());
      end = good ? Summary.End.DONE : Summary.End.SOME_FAILED;
    }
    return stats.summary(end, why, vanished, notes);
  }

  private static void rethrow(Throwable e) {
    if (e instanceof Error error) {
      throw error;
    }
    if (e instanceof RuntimeException runtime) {
      throw runtime;
    }
    throw new BatchException(
        BatchException.Kind.INPUT_UNREADABLE, "reading the input failed: " + reason(e), e);
  }

  private static String reason(Throwable e) {
    return e instanceof IOException io ? Preflight.reason(io) : String.valueOf(e.getMessage());
  }

  private void note(String sentence) {
    String clean = Redactor.printableLine(Redactor.redact(sentence));
    notes.add(clean);
    listener.note(clean);
  }

  private OutputFiles files(Path named) {
    try {
      return OutputFiles.of(named, options.format());
    } catch (IOException e) {
      throw Preflight.unwritable(named, e);
    }
  }

  private RunLock lock(OutputFiles files) {
    try {
      return RunLock.take(files, timer.now());
    } catch (IOException e) {
      throw Preflight.unwritable(Preflight.named(e).orElse(files.out()), e);
    }
  }

  /** What a dead run left half made. */
  private void tidyUp(OutputFiles files) throws IOException {
    for (Path file : List.of(files.out(), files.jobFile(), files.errors())) {
      Files.deleteIfExists(OutputFiles.temporary(file));
    }
    if (files.table().isPresent()) {
      Files.deleteIfExists(OutputFiles.temporary(files.table().get()));
    }
    Files.deleteIfExists(OutputFiles.temporary(files.spool()));
    Path directory = files.out().toAbsolutePath().getParent();
    if (directory != null && Preflight.onNetwork(directory)) {
      note(directory + " is on a network file system, where locks may not hold: run one at a time");
    }
  }
}
