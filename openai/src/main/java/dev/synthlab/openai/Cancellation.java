package dev.synthlab.openai;

import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The link from the future that a caller has to the call that works for it: the library does not
 * pass a cancel on. Safe for use by many threads.
 */
final class Cancellation {
  private static final ThreadLocal<@Nullable Cancellation> CURRENT = new ThreadLocal<>();

  private @Nullable CompletableFuture<?> call;
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
  void attach(CompletableFuture<?> started) {
    boolean late;
    synchronized (this) {
      call = started;
      late = cancelled;
    }
    if (late) {
      started.cancel(true);
    }
  }

  void cancel() {
    CompletableFuture<?> running;
    synchronized (this) {
      cancelled = true;
      running = call;
    }
    if (running != null) {
      running.cancel(true);
    }
  }
}
