package dev.synthlab.batch;

import dev.synthlab.call.Timer;
import dev.synthlab.files.PrivateFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Appends complete lines to OUT in one platform thread; they are synced within a second. Safe for
 * use by many threads.
 */
final class OutputJournal implements OutputSink {
  private static final Duration SYNC_AFTER = Duration.ofMillis(500);
  private static final int ENOUGH_AT_ONCE = 1 << 20;

  private final Path out;
  private final FileChannel channel;
  private final Object identity;
  private final RowTable table;
  private final Timer timer;
  private final RunCrashPoints steps;
  private final Runnable onFailure;
  private final LinkedBlockingQueue<Entry> queue = new LinkedBlockingQueue<>();
  private final Thread writer;

  private long size;
  private boolean unsynced;
  private long unsyncedSince;
  private boolean closed;
  private volatile Optional<Failure> failure = Optional.empty();

  private OutputJournal(
      Path out,
      FileChannel channel,
      RowTable table,
      Timer timer,
      RunCrashPoints steps,
      Runnable onFailure)
      throws IOException {
    this.out = out;
    this.channel = channel;
    this.identity = identity(Files.readAttributes(out, BasicFileAttributes.class));
    this.table = table;
    this.timer = timer;
    this.steps = steps;
    this.onFailure = onFailure;
    this.size = channel.size();
    this.writer = Thread.ofPlatform().name("synthlab-journal").daemon().unstarted(this::work);
  }

  /** A queued line; an empty one ends the queue. */
  private static final class Entry {
    private final int row;
    private final short end;
    private final byte[] line;
    private final CompletableFuture<Boolean> written = new CompletableFuture<>();

    Entry(int row, short end, byte[] line) {
      this.row = row;
      this.end = end;
      this.line = line;
    }

    boolean last() {
      return line.length == 0;
    }
  }

  /**
   * Opens OUT at its end.
   *
   * @param onFailure called once, when no more lines can be written
   */
  static OutputJournal open(
      Path out, RowTable table, Timer timer, RunCrashPoints steps, Runnable onFailure)
      throws IOException {
    boolean made = !Files.exists(out);
    FileChannel channel =
        PrivateFiles.open(out, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    if (made) {
      OutputFiles.syncDirectory(out);
    }
    OutputJournal journal = new OutputJournal(out, channel, table, timer, steps, onFailure);
    journal.writer.start();
    return journal;
  }

  @Override
  public boolean put(int row, short end, byte[] line) {
    Entry entry = new Entry(row, end, line);
    synchronized (queue) {
      if (closed) {
        return false;
      }
      queue.add(entry);
    }
    return entry.written.join();
  }

  @Override
  public void close() {
    Entry last = new Entry(-1, RowStatuses.OPEN, new byte[0]);
    synchronized (queue) {
      if (closed) {
        return;
      }
      closed = true;
      queue.add(last);
    }
    last.written.join();
  }

  @Override
  public Optional<Failure> failure() {
    return failure;
  }

  private void work() {
    List<Entry> batch = new ArrayList<>();
    boolean open = true;
    while (open) {
      batch.clear();
      gather(batch);
      open = batch.isEmpty() || !batch.getLast().last();
      List<Entry> lines = open ? batch : batch.subList(0, batch.size() - 1);
      append(lines);
      if (!open || syncDue()) {
        sync();
      }
    }
    try {
      channel.close();
    } catch (IOException e) {
      fail(new Failure.Lost("closing " + out + " failed: " + e.getMessage()));
    }
    batch.getLast().written.complete(true);
  }

  private void gather(List<Entry> batch) {
    try {
      Entry first =
          unsynced ? queue.poll(SYNC_AFTER.toNanos(), TimeUnit.NANOSECONDS) : queue.take();
      if (first != null) {
        batch.add(first);
        int bytes = first.line.length;
        for (Entry more = first; more != null && bytes < ENOUGH_AT_ONCE; ) {
          more = queue.poll();
          if (more != null) {
            batch.add(more);
            bytes += more.line.length;
          }
        }
      }
    } catch (InterruptedException e) {
      // Nothing interrupts this thread; an unexpected interrupt must not lose lines.
      fail(new Failure.Lost("the writing thread was interrupted"));
    }
  }

  private void append(List<Entry> lines) {
    int kept = 0;
    if (failure.isEmpty() && !lines.isEmpty()) {
      try {
        requireOurs();
        steps.reached(RunCrashPoints.Step.BEFORE_WRITE, out);
        kept = write(lines);
        steps.reached(RunCrashPoints.Step.WRITTEN, out);
      } catch (IOException e) {
        fail(new Failure.Lost("writing " + out + " failed: " + e.getMessage()));
      } catch (RuntimeException e) { // the workers that wait for this thread must continue
        fail(new Failure.Lost("writing " + out + " failed: " + e));
      }
    }
    long place = size;
    for (int i = 0; i < lines.size(); i++) {
      Entry entry = lines.get(i);
      if (i < kept) {
        table.place(entry.row, place, entry.end);
        place += entry.line.length;
      }
      entry.written.complete(i < kept);
    }
    size = place;
  }

  /** Writes the lines; if the disk is full, as many complete ones as fit. */
  private int write(List<Entry> lines) throws IOException {
    int length = lines.stream().mapToInt(entry -> entry.line.length).sum();
    ByteBuffer bytes = ByteBuffer.allocate(length);
    lines.forEach(entry -> bytes.put(entry.line));
    bytes.flip();
    if (!unsynced) {
      unsynced = true;
      unsyncedSince = timer.nanos();
    }
    try {
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      return lines.size();
    } catch (IOException e) {
      int kept = 0;
      long whole = 0;
      while (whole + lines.get(kept).line.length <= bytes.position()) {
        whole += lines.get(kept++).line.length;
      }
      channel.truncate(size + whole);
      fail(new Failure.Full("no room to write " + out + ": " + e.getMessage()));
      return kept;
    }
  }

  /** Detects another writer by the size of the file, and a moved file by its identity. */
  private void requireOurs() throws IOException {
    try {
      BasicFileAttributes now = Files.readAttributes(out, BasicFileAttributes.class);
      if (!identity(now).equals(identity)) {
        throw new IOException("another file stands in its place");
      }
      if (now.size() != size) {
        throw new IOException(
            "it has "
                + now.size()
                + " bytes instead of "
                + size
                + ", so something else writes to it");
      }
    } catch (NoSuchFileException e) {
      throw new IOException("it was moved or deleted", e);
    }
  }

  private static Object identity(BasicFileAttributes attributes) {
    return Objects.requireNonNullElse(attributes.fileKey(), "");
  }

  private boolean syncDue() {
    return unsynced && timer.nanos() - unsyncedSince >= SYNC_AFTER.toNanos();
  }

  private void sync() {
    if (!unsynced || failure.filter(Failure.Lost.class::isInstance).isPresent()) {
      return;
    }
    unsynced = false;
    try {
      channel.force(false);
      steps.reached(RunCrashPoints.Step.SYNCED, out);
    } catch (IOException e) {
      // No retry: the system may have dropped the data, and a second sync would succeed.
      fail(
          new Failure.Lost(
              "the disk did not take what was written to " + out + ": " + e.getMessage()));
    }
  }

  private void fail(Failure reason) {
    if (failure.isEmpty()) {
      failure = Optional.of(reason);
      onFailure.run();
    }
  }
}
