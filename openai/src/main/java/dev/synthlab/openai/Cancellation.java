package dev.synthlab.openai;

import com.openai.core.http.HttpResponse;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The link from the future or the stream that a caller has to the call that works for it. The
 * library does not pass a cancel on, and older versions of it wait for the reader of a stream
 * before they close its connection. Safe for use by many threads.
 */
final class Cancellation {
  private static final ThreadLocal<@Nullable Cancellation> CURRENT = new ThreadLocal<>();

  private @Nullable CompletableFuture<?> call;
  private @Nullable HttpResponse response;
  private boolean cancelled;

  /** The one of the service that the current thread calls. */
  static @Nullable Cancellation current() {
    return CURRENT.get();
  }

  /** Calls a service, whose request then belongs to this. */
  <T> T around(Supplier<T> service) {
    Cancellation before = CURRENT.get();
    CURRENT.set(this);
    try {
      return service.get();
    } finally {
      if (before == null) {
        CURRENT.remove();
      } else {
        CURRENT.set(before);
      }
    }
  }

  /** The call has started. */
  void attach(CompletableFuture<HttpResponse> started) {
    boolean late;
    synchronized (this) {
      call = started;
      late = cancelled;
    }
    if (late) {
      started.cancel(true);
    }
  }

  /** The call has a response, which may still be open. */
  void attach(HttpResponse answered) {
    boolean late;
    synchronized (this) {
      response = answered;
      late = cancelled;
    }
    if (late) {
      answered.close();
    }
  }

  /** Ends the call, or closes its response. */
  void cancel() {
    Optional<CompletableFuture<?>> running;
    Optional<HttpResponse> open;
    synchronized (this) {
      cancelled = true;
      running = Optional.ofNullable(call);
      open = Optional.ofNullable(response);
    }
    running.ifPresent(each -> each.cancel(true));
    open.ifPresent(HttpResponse::close);
  }
}
