package dev.synthlab.json;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

/** Work that goes as deep as values may be nested, for which a usual stack is too small. */
final class LargeStack {
  private static final long BYTES = 64L << 20;

  private LargeStack() {}

  /** Does the work on a thread of its own, and waits for it; its exceptions are handed on. */
  static <T> T call(Supplier<T> work) {
    CompletableFuture<T> done = new CompletableFuture<>();
    Thread thread =
        new Thread(
            null,
            () -> {
              try {
                done.complete(work.get());
              } catch (Throwable e) { // handed over to the thread that waits
                done.completeExceptionally(e);
              }
            },
            "synthlab-deep-json",
            BYTES);
    thread.setDaemon(true);
    thread.start();
    try {
      return done.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException refused) {
        throw refused;
      }
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw e;
    }
  }
}
