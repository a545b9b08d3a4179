package dev.synthlab.call;

import dev.synthlab.http.Response;
import dev.synthlab.http.TransportException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A request in flight: its open body, and the time limits of reading it. It ends when the body is
 * closed, from any thread; ending it twice has no effect.
 */
final class InFlightRequest {
  private static final int MIN_BYTES_PER_SECOND = 10;

  private final Timer timer;
  private boolean ended;
  private Runnable atEnd;
  private volatile boolean isCut;
  private volatile boolean cancelled;
  private volatile Timer.ScheduledTask watch = () -> {};
  private volatile @Nullable InputStream body;
  private volatile Duration limit = Duration.ZERO;
  private volatile @Nullable Deadline silenceDeadline;

  private final Runnable cut = this::cut;

  /** Ends the request, because the owner of its call is closed. */
  final Runnable cancel = this::cancel;

  InFlightRequest(Timer timer, Runnable leave) {
    this.timer = timer;
    this.atEnd = leave;
  }

  /** The body; it is cut when {@code left} of the {@code whole} time of the attempt is over. */
  InputStream guard(Response response, Duration left, Duration whole) {
    InputStream open = response.body();
    body = open;
    limit = whole;
    watch = timer.after(left.isPositive() ? left : Duration.ofNanos(1), cut);
    return new Guarded(open);
  }

  /** Keeps the request open until its body is closed; from now on only silence is limited. */
  void keepOpen(Duration idle, Deadline deadline, Runnable then) {
    boolean late;
    synchronized (this) {
      late = ended;
      if (!late) {
        Runnable leave = atEnd;
        atEnd =
            () -> {
              then.run();
              leave.run();
            };
      }
    }
    if (late) { // the reader has closed it already
      then.run();
    }
    limitSilence(idle, deadline);
  }

  /** From now on limits the time without data of each read, and no longer the whole time. */
  void limitSilence(Duration idle, Deadline deadline) {
    watch.cancel();
    limit = idle;
    silenceDeadline = deadline;
  }

  void end() {
    watch.cancel();
    Runnable last;
    synchronized (this) {
      if (ended) {
        return;
      }
      ended = true;
      last = atEnd;
    }
    closeBody();
    last.run();
  }

  private void closeBody() {
    InputStream open = body;
    if (open == null) {
      return;
    }
    try {
      open.close();
    } catch (IOException e) {
      // The request is over either way, and a reader gets the failure.
    }
  }

  private void cancel() {
    cancelled = true;
    end();
  }

  boolean isCancelled() {
    return cancelled;
  }

  private void cut() {
    isCut = true;
    closeBody();
  }

  private final class Guarded extends InputStream {
    private final InputStream open;
    private long windowBytes;
    private long windowNanos;

    Guarded(InputStream open) {
      this.open = open;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      Deadline until = silenceDeadline;
      long from = timer.nanos();
      if (until != null) {
        Duration left = until.remaining();
        watch = timer.after(left.compareTo(limit) < 0 ? left : limit, cut);
      }
      try {
        int count = open.read(into, offset, length);
        if (cancelled) {
          throw closed(null);
        }
        if (isCut || (until != null && tooSlow(count, timer.nanos() - from))) {
          throw timedOut(null);
        }
        return count;
      } catch (IOException e) {
        throw cancelled ? closed(e) : isCut ? timedOut(e) : e;
      } finally {
        if (until != null) {
          watch.cancel();
        }
      }
    }

    /** Whether the stream drips, which is no better than silence. Only time in reads counts. */
    private boolean tooSlow(int count, long blocked) {
      windowBytes += Math.max(0, count);
      windowNanos += blocked;
      if (windowNanos < limit.toNanos()) {
        return false;
      }
      boolean slow = windowBytes < MIN_BYTES_PER_SECOND * windowNanos / 1e9;
      windowBytes = 0;
      windowNanos = 0;
      return slow;
    }

    @Override
    public void close() {
      end();
    }

    private TransportException closed(@Nullable IOException cause) {
      String message = "the client of the stream was closed";
      return new TransportException(
          TransportException.Phase.CLOSED,
          false,
          message,
          cause == null ? new IOException(message) : cause);
    }

    private TransportException timedOut(@Nullable IOException cause) {
      String message =
          silenceDeadline == null
              ? "the answer was not whole within " + limit.toMillis() + " ms"
              : "the stream was silent or dripped for "
                  + limit.toMillis()
                  + " ms, or its deadline was over";
      return new TransportException(
          TransportException.Phase.TIMEOUT,
          false,
          message,
          cause == null ? new IOException(message) : cause);
    }
  }
}
