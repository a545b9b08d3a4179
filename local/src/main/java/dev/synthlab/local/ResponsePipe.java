package dev.synthlab.local;

import dev.synthlab.http.TransportException;
import dev.synthlab.http.TransportException.Phase;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A pipe for the body of a response: one thread writes, another reads, any thread may close it. A
 * reader waits for bytes; closing, or interrupting the reader, stops the writer.
 */
final class ResponsePipe extends InputStream {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final ArrayDeque<byte[]> parts = new ArrayDeque<>();
  private int offset;
  private boolean complete;
  private Optional<Throwable> failure = Optional.empty();
  private volatile boolean closed;

  /** Whether the body is closed, so that the writer should stop. */
  boolean isClosed() {
    return closed;
  }

  void write(byte[] part) {
    change(() -> parts.add(part));
  }

  void complete() {
    change(() -> complete = true);
  }

  void fail(Throwable cause) {
    change(() -> failure = Optional.of(cause));
  }

  @Override
  public void close() {
    change(() -> closed = true);
  }

  private void change(Runnable change) {
    lock.lock();
    try {
      change.run();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public int available() {
    lock.lock();
    try {
      return parts.isEmpty() ? 0 : parts.getFirst().length - offset;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] into, int from, int length) throws IOException {
    Objects.checkFromIndexSize(from, length, into.length);
    if (length == 0) {
      return 0;
    }
    try {
      lock.lockInterruptibly();
    } catch (InterruptedException e) {
      throw interrupted();
    }
    try {
      while (parts.isEmpty() && !complete && failure.isEmpty() && !closed) {
        changed.await();
      }
      return take(into, from, length);
    } catch (InterruptedException e) {
      throw interrupted();
    } finally {
      lock.unlock();
    }
  }

  private int take(byte[] into, int from, int length) throws TransportException {
    if (closed) {
      throw broken("the answer was closed", new IOException("closed"));
    }
    if (parts.isEmpty()) {
      if (failure.isPresent()) {
        throw broken("the answer broke off: " + failure.get().getMessage(), failure.get());
      }
      return -1;
    }
    byte[] first = parts.getFirst();
    int taken = Math.min(length, first.length - offset);
    System.arraycopy(first, offset, into, from, taken);
    offset += taken;
    if (offset == first.length) {
      parts.removeFirst();
      offset = 0;
    }
    return taken;
  }

  private TransportException interrupted() {
    close();
    Thread.currentThread().interrupt();
    return broken("the reading thread was interrupted", new InterruptedIOException("interrupted"));
  }

  private static TransportException broken(String message, Throwable cause) {
    return new TransportException(Phase.BODY, false, "embedded model: " + message, cause);
  }
}
