package dev.synthlab.json;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

/** A thread with a large stack, for work that recurses as deep as values may be nested. */
final class LargeStack {
  private static final long BYTES = 64L << 20;

  private LargeStack() {}

  /** Runs the work on a new thread and waits for it. Its exceptions are thrown here. */
  static <T> T call(Supplier<T> work) {
    try {
      return CompletableFuture.supplyAsync(work, LargeStack::start).join();
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

  private static void start(Runnable work) {
    Thread thread = new Thread(null, work, "synthlab-deep-json", BYTES);
    thread.setDaemon(true);
    thread.start();
  }
}
