package dev.synthlab.batch;

import dev.synthlab.files.PrivateFiles;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;

/**
 * The lock of OUT, held by at most one run on this machine. The lock file is never deleted, and
 * never opened while this process holds it: on POSIX, closing any handle of a file drops every lock
 * on it. Safe for use by many threads.
 */
final class RunLock implements Closeable {
  /** An offset after the text, so that others can read the holder where locks are mandatory. */
  private static final long POSITION = 1L << 40;

  private static final Set<Object> HELD = new HashSet<>();

  private final Set<Object> mine = new HashSet<>();
  private final FileChannel channel;

  private RunLock(FileChannel channel) {
    this.channel = channel;
  }

  static RunLock take(OutputFiles files, Instant now) throws IOException {
    synchronized (HELD) {
      refuseIfHeld(files, files.lock());
      refuseIfHeld(files, OutputFiles.identity(files.out()).orElse(files.lock()));
      FileChannel channel =
          PrivateFiles.open(
              files.lock(),
              StandardOpenOption.CREATE,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE);
      RunLock lock = new RunLock(channel);
      boolean taken = false;
      try {
        FileLock held = channel.tryLock(POSITION, 1, false);
        if (held == null) {
          throw locked(files, "held by " + holder(channel));
        }
        lock.add(files.lock());
        OutputFiles.identity(files.out()).ifPresent(lock::add);
        lock.sign(now);
        taken = true;
        return lock;
      } finally {
        if (!taken) {
          lock.close();
        }
      }
    }
  }

  private static void refuseIfHeld(OutputFiles files, Object key) {
    if (HELD.contains(key)) {
      throw locked(files, "held by another run in this process");
    }
  }

  private static BatchException locked(OutputFiles files, String holder) {
    return new BatchException(
        BatchException.Kind.OUTPUT_LOCKED,
        "another run is writing to "
            + files.out()
            + " ("
            + holder
            + "); wait for it, or name another output");
  }

  private static String holder(FileChannel channel) throws IOException {
    ByteBuffer text = ByteBuffer.allocate(512);
    channel.read(text, 0);
    String told = new String(text.array(), 0, text.position(), StandardCharsets.UTF_8).strip();
    return told.isEmpty() ? "another process" : told;
  }

  private void sign(Instant now) throws IOException {
    String text =
        "pid " + ProcessHandle.current().pid() + " on " + host() + ", since " + now + "\n";
    channel.truncate(0);
    channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)), 0);
  }

  /** The host name from the kernel: a DNS lookup could take seconds. */
  private static String host() {
    try {
      return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
    } catch (IOException e) {
      return "this host";
    }
  }

  /** Locks OUT by its identity, too, so that another name of the file is locked as well. */
  void alsoHold(OutputFiles files) throws IOException {
    synchronized (HELD) {
      Object key = OutputFiles.identity(files.out()).orElse(files.lock());
      if (!mine.contains(key)) {
        refuseIfHeld(files, key);
        add(key);
      }
    }
  }

  private void add(Object key) {
    HELD.add(key);
    mine.add(key);
  }

  @Override
  public void close() throws IOException {
    synchronized (HELD) {
      HELD.removeAll(mine);
      channel.close();
    }
  }
}
