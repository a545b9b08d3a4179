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
final class Conduct {
  private final BulkOptions options;
  private final BulkRun.Caller caller;
  private final Timer timer;
  private final BulkRun.Listener listener;
  private final Steps steps;
  private final RowTable table = new RowTable();
  private final Ends ends = new Ends();
  private final Tally tally;
  private final List<String> notes = new ArrayList<>();

  private Optional<Budget> purse = Optional.empty();
  private Optional<RunRecorder> recorder = Optional.empty();
  private Optional<Dispatch> dispatch = Optional.empty();
  private final CompletableFuture<String> stopAsked = new CompletableFuture<>();
  private final Spool spool;

  Conduct(
      BulkOptions options,
      BulkRun.Caller caller,
      Timer timer,
      BulkRun.Listener listener,
      Steps steps) {
    this.options = options;
    this.caller = caller;
    this.timer = timer;
    this.listener = listener;
    this.steps = steps;
    this.tally = new Tally(timer, ends);
    this.spool = new Spool(options, stopAsked);
  }

  void bound(BigDecimal maxCost) {
    purse = Optional.of(Budget.of(maxCost, tally::spentUsd));
  }

  void tell(RunRecorder keeper) {
    recorder = Optional.of(keeper);
  }

  BulkRun.Progress progress() {
    return tally.progress();
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
      return tally.summary(Summary.End.INTERRUPTED, why, 0, notes);
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
      Input input = spool.input(kept);
      Optional<ResultTable> csv = csv(input);
      InputScan scan =
          new InputScan(input, input.path(), table, ends, options, spool::requireGoingOn);
      scan.into(tally);
      String run = UUID.randomUUID().toString();
      try (InputRows rows = new InputRows(input, table, ends, options)) {
        Dispatch window = window(rows, run);
        begun(run, "-");
        dispatch(
            window,
            new StreamSink(out, table, csv, why -> window.stopNow(end(why), why.message())));
        return ended(run, summary(window, scan.vanished()), 0);
      }
    } finally {
      Files.deleteIfExists(kept);
    }
  }

  private Optional<ResultTable> csv(Input input) throws IOException {
    if (options.format() != BulkOptions.Format.CSV) {
      return Optional.empty();
    }
    try (Records records = input.open()) {
      return Optional.of(
          new ResultTable(
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
    OutFiles files = files(named);
    Preflight.requireOtherThanInput(options, files);
    try (RunLock lock = lock(files)) {
      steps.reached(Steps.Step.LOCKED, files.out());
      files.requireOwn();
      tidyUp(files);
      Input input = spool.input(files.spool());
      try {
        return locked(files, lock, input);
      } finally {
        Files.deleteIfExists(files.spool());
      }
    }
  }

  private Summary locked(OutFiles files, RunLock lock, Input input) throws IOException {
    steps.reached(Steps.Step.SPOOLED, files.out());
    boolean old = OutFiles.hasContent(files.out());
    boolean known = old && !options.fresh();
    JobFile job = known ? JobFile.known(files, JobFile.settings(options)) : newJob();
    requireOwnTable(files);
    boolean rewrite = known && index(files);
    PrivateFiles.tighten(files.jobFile());
    steps.reached(Steps.Step.INDEXED, files.out());
    InputScan scan = new InputScan(input, files.out(), table, ends, options, spool::requireGoingOn);
    scan.into(tally);
    sayWhatIsThere(scan.vanished());
    if (!known) {
      if (old) {
        note("the old results are kept as " + files.putAside());
      }
      putTableAside(files);
      writeJobFile(files, job);
    }
    try (InputRows rows = new InputRows(input, table, ends, options)) {
      Dispatch window = window(rows, job.run());
      replay(files, job.run(), known);
      begun(job.run(), files.out().toAbsolutePath().toString());
      if (tally.remaining() > 0 || !Files.exists(files.out())) {
        errorsFile(files, input, known);
        journalled(window, files, lock);
      }
      finish(files, input, rewrite, window);
      long length = Files.exists(files.out()) ? Files.size(files.out()) : 0;
      return ended(job.run(), summary(window, scan.vanished()), length);
    }
  }

  /** What the lines of OUT tell that the record may lack. */
  private void replay(OutFiles files, String run, boolean known) throws IOException {
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
                    tally.progress().total())));
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

  private void journalled(Dispatch window, OutFiles files, RunLock lock) throws IOException {
    Journal journal = openJournal(window, files);
    try {
      lock.alsoHold(files);
      dispatch(window, journal);
    } finally {
      journal.close();
    }
    Optional<Sink.Failure> failure = journal.failure();
    if (failure.isPresent()) {
      switch (failure.get()) {
        case Sink.Failure.Full full -> note(full.message());
        case Sink.Failure.Closed gone -> note(gone.message());
        case Sink.Failure.Lost lost ->
            throw new BatchException(
                BatchException.Kind.OUTPUT_LOST,
                lost.message()
                    + "; the run stopped and wrote no more. See what happened to the file, then the"
                    + " same command goes on");
      }
    }
  }

  private Journal openJournal(Dispatch window, OutFiles files) throws IOException {
    try {
      return Journal.open(files.out(), table, timer, steps, () -> full(window));
    } catch (IOException e) {
      throw Preflight.unwritable(files.out(), e);
    }
  }

  private Dispatch window(InputRows rows, String run) {
    ResultLine lines = new ResultLine(options, run);
    return new Dispatch(options, caller, timer, rows, lines, ends, tally, purse);
  }

  private void dispatch(Dispatch window, Sink sink) {
    synchronized (this) {
      dispatch = Optional.of(window);
      if (stopAsked.isDone()) {
        window.stop(Summary.End.INTERRUPTED, stopAsked.join());
      }
    }
    if (tally.remaining() > 0) {
      window.run(sink);
    }
  }

  private static Summary.End end(Sink.Failure failure) {
    return failure instanceof Sink.Failure.Closed
        ? Summary.End.OUTPUT_CLOSED
        : Summary.End.DISK_FULL;
  }

  private static void full(Dispatch window) {
    window.stopNow(Summary.End.DISK_FULL, "the output takes no more");
  }

  private JobFile newJob() {
    return new JobFile(UUID.randomUUID().toString(), JobFile.settings(options));
  }

  private void writeJobFile(OutFiles files, JobFile job) {
    try {
      job.write(files.jobFile(), steps, timer.now().toString());
      steps.reached(Steps.Step.JOB_FILE_WRITTEN, files.out());
    } catch (IOException e) {
      throw Preflight.unwritable(files.jobFile(), e);
    }
  }

  /** Reads OUT; true when lines that cannot be read are still in it. */
  private boolean index(OutFiles files) throws IOException {
    ResultIndex index = new ResultIndex(files, table, ends);
    int unreadable = index.read();
    tally.costBefore(index.costUsd());
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
    steps.reached(Steps.Step.UNREADABLE_MOVED, files.out());
    try {
      new Rewrite(files, table, steps).dropSuperseded();
    } catch (IOException e) {
      return true;
    }
    index.read();
    return false;
  }

  private void sayWhatIsThere(long vanished) {
    BulkRun.Progress progress = tally.progress();
    if (progress.doneBefore() > 0 && tally.remaining() > 0) {
      note("going on: " + progress.doneBefore() + " rows done, " + tally.remaining() + " to do");
    }
    if (vanished > 0) {
      note(vanished + " rows of the output are not in the input any more; they are kept");
    }
  }

  private void finish(OutFiles files, Input input, boolean rewrite, Dispatch window)
      throws IOException {
    tableFile(files, input); // while the places in OUT are those that are known
    boolean full = window.stopped().filter(stop -> stop.end() == Summary.End.DISK_FULL).isPresent();
    if (!full) {
      oneLineEach(files, input, rewrite);
    }
    errorsFile(files, input, true);
  }

  /** A table that is not made of OUT is somebody's work. */
  private void requireOwnTable(OutFiles files) throws IOException {
    Optional<Path> table = files.table();
    if (table.isPresent()
        && !options.fresh()
        && !Files.exists(files.jobFile())
        && OutFiles.hasContent(table.get())) {
      throw new BatchException(
          BatchException.Kind.OUTPUT_FOREIGN,
          table.get()
              + " is there but "
              + files.jobFile().getFileName()
              + " is not, so no run has made it; name another output, or put it aside with"
              + " --fresh");
    }
  }

  private void putTableAside(OutFiles files) throws IOException {
    Optional<Path> table = files.table();
    if (table.isPresent() && options.fresh() && OutFiles.hasContent(table.get())) {
      note("the old table is kept as " + OutFiles.putAside(table.get()));
    }
  }

  private void tableFile(OutFiles files, Input input) {
    Optional<Path> table = files.table();
    if (table.isEmpty()) {
      return;
    }
    try {
      new TableFile(files, this.table, steps).rebuild(options.schema(), input);
    } catch (IOException e) {
      note(
          table.get().getFileName()
              + " could not be written ("
              + Preflight.reason(e)
              + "); the answers are in "
              + files.out().getFileName());
    }
  }

  private void oneLineEach(OutFiles files, Input input, boolean wanted) throws IOException {
    Rewrite rewrite = new Rewrite(files, table, steps);
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

  private void errorsFile(OutFiles files, Input input, boolean known) {
    if (!known) {
      return;
    }
    try {
      long leftOut = new ErrorsFile(files, table, steps).rebuild(input);
      if (leftOut > 0) {
        note(
            leftOut
                + " failed rows are longer than "
                + (Lines.LONGEST_INPUT >> 20)
                + " MB and not in "
                + files.errors().getFileName());
      }
    } catch (IOException e) {
      note(files.errors().getFileName() + " could not be written: " + Preflight.reason(e));
    }
  }

  private Summary summary(Dispatch window, long vanished) {
    window.broken().ifPresent(Conduct::rethrow);
    Summary.End end;
    String why = "";
    Optional<Dispatch.Stop> stop = window.stopped();
    if (stop.isPresent() && tally.remaining() > 0) {
      end = stop.get().end();
      why = stop.get().why();
    } else {
      boolean good = options.failOnError().allows(tally.failedRows(), tally.rows());
      end = good ? Summary.End.DONE : Summary.End.SOME_FAILED;
    }
    return tally.summary(end, why, vanished, notes);
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

  private OutFiles files(Path named) {
    try {
      return OutFiles.of(named, options.format());
    } catch (IOException e) {
      throw Preflight.unwritable(named, e);
    }
  }

  private RunLock lock(OutFiles files) {
    try {
      return RunLock.take(files, timer.now());
    } catch (IOException e) {
      throw Preflight.unwritable(Preflight.named(e).orElse(files.out()), e);
    }
  }

  /** What a dead run left half made. */
  private void tidyUp(OutFiles files) throws IOException {
    for (Path file : List.of(files.out(), files.jobFile(), files.errors())) {
      Files.deleteIfExists(OutFiles.temporary(file));
    }
    if (files.table().isPresent()) {
      Files.deleteIfExists(OutFiles.temporary(files.table().get()));
    }
    Files.deleteIfExists(OutFiles.temporary(files.spool()));
    Path directory = files.out().toAbsolutePath().getParent();
    if (directory != null && Preflight.onNetwork(directory)) {
      note(directory + " is on a network file system, where locks may not hold: run one at a time");
    }
  }
}
