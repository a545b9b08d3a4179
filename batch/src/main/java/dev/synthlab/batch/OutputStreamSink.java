package dev.synthlab.batch;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/** Writes result lines to a stream. Safe for use by many threads. */
final class OutputStreamSink implements OutputSink {
  private final OutputStream out;
  private final RowTable table;
  private final Optional<OutputCsvWriter> csv;
  private final Consumer<Failure> onFailure;
  private final ReentrantLock turn = new ReentrantLock();
  private boolean begun;
  private volatile Optional<Failure> failure = Optional.empty();

  /**
   * A sink.
   *
   * @param csv turns the lines into CSV, if wanted
   * @param onFailure called once, when no more lines can be written
   */
  OutputStreamSink(
      OutputStream out,
      RowTable table,
      Optional<OutputCsvWriter> csv,
      Consumer<Failure> onFailure) {
    this.out = out;
    this.table = table;
    this.csv = csv;
    this.onFailure = onFailure;
  }

  @Override
  public boolean put(int row, short end, byte[] line) {
    turn.lock();
    try {
      if (failure.isPresent()) {
        return false;
      }
      if (csv.isPresent() && !begun) {
        begun = true;
        out.write(csv.get().header());
      }
      out.write(csv.map(rows -> rows.row(line)).orElse(line));
      out.flush();
      table.place(row, 0, end);
      return true;
    } catch (IOException e) {
      Failure why = why(e);
      failure = Optional.of(why);
      onFailure.accept(why);
      return false;
    } finally {
      turn.unlock();
    }
  }

  private static Failure why(IOException e) {
    String reason = RunPreflight.reason(e);
    return reason.toLowerCase(Locale.ROOT).contains("broken pipe")
        ? new Failure.Closed("the reader of the output has closed it")
        : new Failure.Full("the output takes no more lines: " + reason);
  }

  @Override
  public void close() {
    // The owner of the stream closes it.
  }

  @Override
  public Optional<Failure> failure() {
    return failure;
  }
}
