package dev.synthlab.batch;

import dev.synthlab.call.Budget;
import dev.synthlab.call.RunRecorder;
import dev.synthlab.call.Timer;
import dev.synthlab.files.PrivateFiles;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/** Leads a run through its steps, from the lock to the summary. */
final class RunCoordinator {
  private final BulkOptions options;
  private final BulkRun.RowClient client;
  private final Timer timer;
  private final RunCrashPoints steps;
  private final RowTable table = new RowTable();
  private final RowStatuses statuses = new RowStatuses();
  private final RunStats stats;
  private final RunNotes notes;
  private final RunLedger ledger;
  private final InputSpool spool;
  private final Optional<Budget> budget;
  private final CompletableFuture<String> stopRequest = new CompletableFuture<>();
  private Optional<RowWorkers> running = Optional.empty();

  RunCoordinator(
      BulkOptions options,
      BulkRun.RowClient client,
      Timer timer,
      BulkRun.Listener listener,
      RunCrashPoints steps) {
    this.options = options;
    this.client = client;
    this.timer = timer;
    this.steps = steps;
    this.stats = new RunStats(timer, statuses);
    this.notes = new RunNotes(listener);
    this.ledger = new RunLedger(options, timer);
    this.spool = new InputSpool(options, stopRequest);
    this.budget = options.limits().maxCostUsd().map(max -> Budget.of(max, stats::spentUsd));
  }

  void record(RunRecorder recorder) {
    ledger.use(recorder);
  }

  RunProgress progress() {
    return stats.progress();
  }

  synchronized void stop(String reason) {
    stopRequest.complete(reason);
    running.ifPresent(workers -> workers.stop(Summary.End.INTERRUPTED, reason));
  }

  Summary run() {
    BulkRun.requireReadable(options);
    try {
      return toTarget();
    } catch (InputSpool.StoppedEarly e) {
      String reason = stopRequest.join() + " while the input was read; nothing was sent";
      return stats.summary(Summary.End.INTERRUPTED, reason, 0, notes.all());
    } catch (IOException e) {
      throw new BatchException(
          BatchException.Kind.OUTPUT_UNWRITABLE,
          "reading or writing a file of the run failed: " + RunPreflight.reason(e),
          e);
    }
  }

  private Summary toTarget() throws IOException {
    return switch (options.output().target()) {
      case BulkOptions.Target.Stream stream -> toStream(stream.stream());
      case BulkOptions.Target.File file ->
          isDevice(file.path()) ? toDevice(file.path()) : toFile(file.path());
    };
  }

  /** Whether OUT is a pipe or a terminal, so that the run cannot be resumed. */
  static boolean isDevice(Path out) {
    return Files.exists(out) && !Files.isRegularFile(out) && !Files.isDirectory(out);
  }

  private Summary toDevice(Path out) throws IOException {
    // No channel: an interrupt of a writing thread would close it.
    RunPreflight.requireTrusted(out);
    try (OutputStream stream = new FileOutputStream(out.toFile(), true)) {
      return toStream(stream);
    }
  }

  private Summary toStream(OutputStream out) throws IOException {
    notes.add("results go to a stream: an interrupted run cannot be resumed");
    Path copy = Files.createTempFile("synthlab-", ".jsonl");
    try {
      InputFile input = spool.input(copy);
      Optional<OutputCsvWriter> csv = csv(input);
      InputScan scan = scan(input, input.path());
      scan.into(stats);
      String run = UUID.randomUUID().toString();
      try (InputRows rows = new InputRows(input, table, statuses, options)) {
        RowWorkers workers = workers(rows, run);
        ledger.begun(run, "-", stats.rows());
        send(
            workers,
            new OutputStreamSink(
                out, table, csv, failure -> workers.stopNow(end(failure), failure.message())));
        return ledger.ended(run, summary(workers, scan.rowsNotInInput()), 0);
      }
    } finally {
      Files.deleteIfExists(copy);
    }
  }

  private Optional<OutputCsvWriter> csv(InputFile input) throws IOException {
    if (options.output().format() != BulkOptions.Format.CSV) {
      return Optional.empty();
    }
    try (RecordReader records = input.open()) {
      return Optional.of(
          new OutputCsvWriter(
              options.request().schema(),
              records
                  .columns()
                  .orElseThrow(
                      () ->
                          new BatchException(
                              BatchException.Kind.OUTPUT_UNWRITABLE,
                              "the columns of JSON lines are known at their end only, so they"
                                  + " cannot go to a stream as CSV; name a file, or use --format"
                                  + " jsonl"))));
    }
  }

  private InputScan scan(InputFile input, Path out) {
    return new InputScan(input, out, table, statuses, options, spool::requireNotStopped);
  }

  private Summary toFile(Path named) throws IOException {
    OutputFiles files = files(named);
    RunPreflight.requireOtherThanInput(options, files);
    try (RunLock lock = lock(files)) {
      steps.reached(RunCrashPoints.Step.LOCKED, files.out());
      files.requireOwn();
      deleteTemporary(files);
      InputFile input = spool.input(files.spool());
      try {
        return locked(files, lock, input);
      } finally {
        Files.deleteIfExists(files.spool());
      }
    }
  }

  private Summary locked(OutputFiles files, RunLock lock, InputFile input) throws IOException {
    steps.reached(RunCrashPoints.Step.SPOOLED, files.out());
    boolean old = OutputFiles.hasContent(files.out());
    boolean resumed = old && !options.output().fresh();
    OutputJobFile job =
        resumed ? OutputJobFile.known(files, OutputJobFile.settings(options)) : newJob();
    requireOwnTable(files);
    boolean unreadable = resumed && index(files);
    PrivateFiles.tighten(files.jobFile());
    steps.reached(RunCrashPoints.Step.INDEXED, files.out());
    InputScan scan = scan(input, files.out());
    scan.into(stats);
    noteOldRows(scan.rowsNotInInput());
    if (!resumed) {
      putAside(files, old);
      writeJobFile(files, job);
    }
    OutputFinisher finisher = new OutputFinisher(options, files, input, table, steps, notes);
    try (InputRows rows = new InputRows(input, table, statuses, options)) {
      RowWorkers workers = workers(rows, job.run());
      if (resumed) {
        ledger.replay(files.out(), job.run());
      }
      ledger.begun(job.run(), files.out().toAbsolutePath().toString(), stats.rows());
      if (stats.remaining() > 0 || !Files.exists(files.out())) {
        if (resumed) {
          finisher.writeFailedRows();
        }
        sendToJournal(workers, files, lock);
      }
      finisher.finish(unreadable, stoppedBy(workers, Summary.End.DISK_FULL));
      long length = Files.exists(files.out()) ? Files.size(files.out()) : 0;
      return ledger.ended(job.run(), summary(workers, scan.rowsNotInInput()), length);
    }
  }

  private static boolean stoppedBy(RowWorkers workers, Summary.End end) {
    return workers.stopped().filter(stop -> stop.end() == end).isPresent();
  }

  private void sendToJournal(RowWorkers workers, OutputFiles files, RunLock lock)
      throws IOException {
    OutputJournal journal = openJournal(workers, files);
    try {
      lock.alsoHold(files);
      send(workers, journal);
    } finally {
      journal.close();
    }
    Optional<OutputSink.Failure> failure = journal.failure();
    if (failure.isPresent()) {
      switch (failure.get()) {
        case OutputSink.Failure.Full full -> notes.add(full.message());
        case OutputSink.Failure.Closed closed -> notes.add(closed.message());
        case OutputSink.Failure.Lost lost ->
            throw new BatchException(
                BatchException.Kind.OUTPUT_LOST,
                lost.message()
                    + "; the run stopped and wrote no more. Find out what happened to the file;"
                    + " then the same command resumes the run");
      }
    }
  }

  private OutputJournal openJournal(RowWorkers workers, OutputFiles files) throws IOException {
    try {
      return OutputJournal.open(
          files.out(),
          table,
          timer,
          steps,
          () -> workers.stopNow(Summary.End.DISK_FULL, "the output takes no more"));
    } catch (IOException e) {
      throw RunPreflight.unwritable(files.out(), e);
    }
  }

  private RowWorkers workers(InputRows rows, String run) {
    OutputLine lines = new OutputLine(options, run);
    RowCall rowCall = new RowCall(options, client, lines, statuses, stats, budget);
    return new RowWorkers(options.limits(), client, timer, rows, stats, budget, rowCall);
  }

  private void send(RowWorkers workers, OutputSink sink) {
    synchronized (this) {
      running = Optional.of(workers);
      if (stopRequest.isDone()) {
        workers.stop(Summary.End.INTERRUPTED, stopRequest.join());
      }
    }
    if (stats.remaining() > 0) {
      workers.run(sink);
    }
  }

  private static Summary.End end(OutputSink.Failure failure) {
    return failure instanceof OutputSink.Failure.Closed
        ? Summary.End.OUTPUT_CLOSED
        : Summary.End.DISK_FULL;
  }

  private OutputJobFile newJob() {
    return new OutputJobFile(UUID.randomUUID().toString(), OutputJobFile.settings(options));
  }

  private void writeJobFile(OutputFiles files, OutputJobFile job) {
    try {
      job.write(files.jobFile(), steps, timer.now().toString());
      steps.reached(RunCrashPoints.Step.JOB_FILE_WRITTEN, files.out());
    } catch (IOException e) {
      throw RunPreflight.unwritable(files.jobFile(), e);
    }
  }

  /** Reads OUT; true when lines that cannot be read are still in it. */
  private boolean index(OutputFiles files) throws IOException {
    OutputIndex index = new OutputIndex(files, table, statuses);
    int unreadable = index.read();
    stats.costBefore(index.costUsd());
    if (unreadable == 0) {
      return false;
    }
    index.keepUnreadable();
    notes.add(
        unreadable
            + " unreadable lines of "
            + files.out().getFileName()
            + " were moved to "
            + files.unreadable().getFileName()
            + "; their rows run again");
    steps.reached(RunCrashPoints.Step.UNREADABLE_MOVED, files.out());
    try {
      new OutputCompaction(files, table, steps).dropSuperseded();
    } catch (IOException e) {
      return true;
    }
    index.read();
    return false;
  }

  private void noteOldRows(long rowsNotInInput) {
    long done = stats.doneBefore();
    if (done > 0 && stats.remaining() > 0) {
      notes.add(
          "resuming: "
              + done
              + (done == 1 ? " row" : " rows")
              + " done, "
              + stats.remaining()
              + " to do");
    }
    if (rowsNotInInput > 0) {
      notes.add(
          rowsNotInInput + " rows of the output are no longer in the input; their lines are kept");
    }
  }

  /** Refuses a table that was not made of OUT: it is the user's own. */
  private void requireOwnTable(OutputFiles files) throws IOException {
    Optional<Path> csv = files.table();
    if (csv.isPresent()
        && !options.output().fresh()
        && !Files.exists(files.jobFile())
        && OutputFiles.hasContent(csv.get())) {
      throw OutputJobFile.missing(csv.get(), files);
    }
  }

  private void putAside(OutputFiles files, boolean old) throws IOException {
    if (old) {
      notes.add("the old results are kept as " + files.putAside());
    }
    Optional<Path> csv = files.table();
    if (csv.isPresent() && options.output().fresh() && OutputFiles.hasContent(csv.get())) {
      notes.add("the old table is kept as " + OutputFiles.putAside(csv.get()));
    }
  }

  private Summary summary(RowWorkers workers, long rowsNotInInput) {
    workers.failure().ifPresent(RunCoordinator::rethrow);
    Optional<RowWorkers.Stop> stop = workers.stopped();
    if (stop.isPresent() && stats.remaining() > 0) {
      return stats.summary(stop.get().end(), stop.get().reason(), rowsNotInInput, notes.all());
    }
    boolean good = options.failures().tolerance().allows(stats.failed(), stats.rows());
    Summary.End end = good ? Summary.End.DONE : Summary.End.SOME_FAILED;
    return stats.summary(end, "", rowsNotInInput, notes.all());
  }

  private static void rethrow(Throwable e) {
    if (e instanceof Error error) {
      throw error;
    }
    if (e instanceof RuntimeException runtime) {
      throw runtime;
    }
    String reason =
        e instanceof IOException io ? RunPreflight.reason(io) : String.valueOf(e.getMessage());
    throw new BatchException(
        BatchException.Kind.INPUT_UNREADABLE, "reading the input failed: " + reason, e);
  }

  private OutputFiles files(Path named) {
    try {
      return OutputFiles.of(named, options.output().format());
    } catch (IOException e) {
      throw RunPreflight.unwritable(named, e);
    }
  }

  private RunLock lock(OutputFiles files) {
    try {
      return RunLock.take(files, timer.now());
    } catch (IOException e) {
      throw RunPreflight.unwritable(RunPreflight.named(e).orElse(files.out()), e);
    }
  }

  /** Deletes what a killed run has left half written. */
  private void deleteTemporary(OutputFiles files) throws IOException {
    for (Path file : List.of(files.out(), files.jobFile(), files.errors(), files.spool())) {
      Files.deleteIfExists(OutputFiles.temporary(file));
    }
    if (files.table().isPresent()) {
      Files.deleteIfExists(OutputFiles.temporary(files.table().get()));
    }
    Path directory = files.out().toAbsolutePath().getParent();
    if (directory != null && RunPreflight.onNetwork(directory)) {
      notes.add(
          directory
              + " is on a network file system, where locks may not work: start one run at a time");
    }
  }
}
