package dev.synthlab.call;

import dev.synthlab.http.Response;
import dev.synthlab.http.TransportException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One request under way: its place in the traffic, its open body, the time it has. It ends when the
 * body is closed, by whomever and from any thread; ending twice is harmless.
 */
final class InFlightRequest {
  private static final int MIN_BYTES_A_SECOND = 10;

  private final Timer timer;
  private final AtomicBoolean ended = new AtomicBoolean();
  private final AtomicReference<Runnable> atEnd;
  private volatile boolean cut;
  private volatile Timer.ScheduledTask watch = () -> {};
  private volatile InputStream body = InputStream.nullInputStream();
  private volatile Duration limit = Duration.ZERO;
  private volatile @Nullable Deadline live;

  InFlightRequest(Timer timer, Runnable leave) {
    this.timer = timer;
    this.atEnd = new AtomicReference<>(leave);
  }

  /** The body, cut when {@code left} of the attempt's {@code whole} time is over. */
  InputStream guard(Response response, Duration left, Duration whole) {
    body = response.body();
    limit = whole;
    watch = timer.after(left.isPositive() ? left : Duration.ofNanos(1), this::cut);
    return new Guarded();
  }

  /** From here on it lives as long as its body, and only silence is bounded. */
  void liveOn(Duration idle, Deadline deadline, Runnable then) {
    boolean late;
    synchronized (ended) {
      late = ended.get();
      if (!late) {
        atEnd.updateAndGet(
            leave ->
                () -> {
                  then.run();
                  leave.run();
                });
      }
    }
    if (late) { // whoever reads it has closed it already
      then.run();
    }
    boundSilence(idle, deadline);
  }

  /** From here on a read may be silent so long, however long the whole takes. */
  void boundSilence(Duration idle, Deadline deadline) {
    watch.cancel();
    limit = idle;
    live = deadline;
  }

  void end() {
    watch.cancel();
    synchronized (ended) {
      if (!ended.compareAndSet(false, true)) {
        return;
      }
    }
    try {
      body.close();
    } catch (IOException e) {
      // The exchange is over either way.
    }
    atEnd.get().run();
  }

  private void cut() {
    cut = true;
    try {
      body.close();
    } catch (IOException e) {
      // The reader hears of it.
    }
  }

  private final class Guarded extends InputStream {
    private long windowBytes;
    private long windowNanos;

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      Deadline until = live;
      long from = timer.nanos();
      if (until != null) {
        Duration left = until.remaining();
        watch = timer.after(left.compareTo(limit) < 0 ? left : limit, InFlightRequest.this::cut);
      }
      try {
        int count = body.read(into, offset, length);
        if (cut || (until != null && tooSlow(count, timer.nanos() - from))) {
          throw overdue(null);
        }
        return count;
      } catch (IOException e) {
        throw cut ? overdue(e) : e;
      } finally {
        if (until != null) {
          watch.cancel();
        }
      }
    }

    /** A stream that drips is no better than one that is silent. The consumer's time is not its. */
    private boolean tooSlow(int count, long blocked) {
      windowBytes += Math.max(0, count);
      windowNanos += blocked;
      if (windowNanos < limit.toNanos()) {
        return false;
      }
      boolean slow = windowBytes < MIN_BYTES_A_SECOND * windowNanos / 1e9;
      windowBytes = 0;
      windowNanos = 0;
      return slow;
    }

    @Override
    public void close() {
      end();
    }

    private TransportException overdue(@Nullable IOException cause) {
      String words =
          live == null
              ? "the answer was not whole within " + limit.toMillis() + " ms"
              : "the stream was silent or dripped for "
                  + limit.toMillis()
                  + " ms, or its deadline was over";
      return new TransportException(
          TransportException.Phase.TIMEOUT,
          false,
          words,
          cause == null ? new IOException(words) : cause);
    }
  }
}
