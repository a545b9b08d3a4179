package dev.synthlab.call;

import dev.synthlab.spans.ContextSnapshot;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The one place that starts virtual threads. */
public final class VirtualThreads {
  private VirtualThreads() {}

  /**
   * Starts a virtual thread.
   *
   * @param name what it does
   * @param task its work
   * @return the started thread
   */
  public static Thread start(String name, Runnable task) {
    return Thread.ofVirtual().name(name).start(task);
  }

  /**
   * Runs the work on a virtual thread of its own, with the trace context and the MDC of the thread
   * that asks for it.
   *
   * @param work what to do
   * @param <T> what it gives
   * @return its end; cancelling it interrupts the work
   */
  public static <T> CompletableFuture<T> async(Supplier<T> work) {
    Async<T> future = new Async<>();
    Callable<T> carried = ContextSnapshot.capture().around(work::get);
    future.worker = start("synthlab-async", () -> future.settle(carried));
    return future;
  }

  /** A future that takes its worker along when it is cancelled. */
  private static final class Async<T> extends CompletableFuture<T> {
    private volatile @Nullable Thread worker;

    void settle(Callable<T> work) {
      try {
        complete(work.call());
      } catch (Throwable e) { // handed over to whoever asks the future
        completeExceptionally(e);
      }
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
      boolean cancelled = super.cancel(mayInterruptIfRunning);
      Thread running = worker;
      if (cancelled && running != null) {
        running.interrupt();
      }
      return cancelled;
    }

    @Override
    public <U> CompletableFuture<U> newIncompleteFuture() {
      return new CompletableFuture<>();
    }
  }

  /**
   * Runs the work on a virtual thread and waits for it. A blocking read on a platform thread cannot
   * be interrupted, one on a virtual thread can: an interrupt of the caller is passed on to it.
   *
   * @param <T> what it gives
   * @param work what to do; its runtime exceptions come out as they are
   * @return what the work gave, once it has ended, interrupted or not
   */
  static <T> T callVirtual(Callable<T> work) {
    if (Thread.currentThread().isVirtual()) {
      return called(work);
    }
    FutureTask<T> task = new FutureTask<>(ContextSnapshot.capture().around(work));
    Thread worker = start("synthlab-call", task);
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return task.get();
        } catch (InterruptedException e) {
          interrupted = true;
          worker.interrupt();
        }
      }
    } catch (ExecutionException e) {
      throw unchecked(Objects.requireNonNullElse(e.getCause(), e));
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static <T> T called(Callable<T> work) {
    try {
      return work.call();
    } catch (Exception e) { // whatever the work throws is passed on as it is
      throw unchecked(e);
    }
  }

  private static RuntimeException unchecked(Throwable e) {
    if (e instanceof Error error) {
      throw error;
    }
    return e instanceof RuntimeException runtime ? runtime : new IllegalStateException(e);
  }
}
