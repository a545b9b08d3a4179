package dev.synthlab.batch;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/** Writes lines to a stream, which keeps no journal. Safe for use by many threads. */
final class StreamSink implements Sink {
  private final OutputStream out;
  private final RowTable table;
  private final Runnable onFailure;
  private final ReentrantLock turn = new ReentrantLock();
  private volatile Optional<Failure> failure = Optional.empty();

  StreamSink(OutputStream out, RowTable table, Runnable onFailure) {
    this.out = out;
    this.table = table;
    this.onFailure = onFailure;
  }

  @Override
  public boolean put(int row, short end, byte[] line) {
    turn.lock();
    try {
      if (failure.isPresent()) {
        return false;
      }
      out.write(line);
      out.flush();
      table.place(row, 0, end);
      return true;
    } catch (IOException e) {
      failure = Optional.of(new Failure.Full("the output takes no more lines: " + e.getMessage()));
      onFailure.run();
      return false;
    } finally {
      turn.unlock();
    }
  }

  @Override
  public void close() {
    // The stream is its owner's.
  }

  @Override
  public Optional<Failure> failure() {
    return failure;
  }
}
