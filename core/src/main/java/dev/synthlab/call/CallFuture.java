package dev.synthlab.call;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The future of work on a thread of its own. However it ends from outside ({@code cancel}, {@code
 * orTimeout}, {@code complete}), the work is interrupted; so it is by the end of a future that was
 * made from it, for example by {@code thenApply}.
 */
final class CallFuture<T> extends CompletableFuture<T> {
  private final AtomicReference<@Nullable Thread> worker;

  CallFuture() {
    this(new AtomicReference<>());
  }

  private CallFuture(AtomicReference<@Nullable Thread> worker) {
    this.worker = worker;
  }

  /** Does the work on the current thread. */
  void run(Callable<T> work) {
    worker.set(Thread.currentThread());
    try {
      if (!isDone()) {
        super.complete(work.call());
      }
    } catch (Throwable e) { // passed to the caller of the future
      super.completeExceptionally(e);
    } finally {
      worker.set(null);
    }
  }

  @Override
  public boolean cancel(boolean mayInterruptIfRunning) {
    return endWork(super.cancel(mayInterruptIfRunning));
  }

  @Override
  public boolean complete(T value) {
    return endWork(super.complete(value));
  }

  @Override
  public boolean completeExceptionally(Throwable failure) {
    return endWork(super.completeExceptionally(failure));
  }

  private boolean endWork(boolean ended) {
    Thread running = worker.get();
    if (ended && running != null) {
      running.interrupt();
    }
    return ended;
  }

  @Override
  public <U> CompletableFuture<U> newIncompleteFuture() {
    return new CallFuture<>(worker);
  }
}
