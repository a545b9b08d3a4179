package dev.synthlab.call;

import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The future of work on a thread of its own. However it ends from outside ({@code cancel}, {@code
 * orTimeout}, {@code complete}), the work is interrupted; so it is by the end of a future that was
 * made from it, for example by {@code thenApply}.
 */
final class CallFuture<T> extends CompletableFuture<T> {
  private final Work work;

  /** The work of a future and of those that were made from it. */
  private static final class Work {
    private final Optional<Consumer<Object>> abandon;
    private @Nullable Thread thread;
    private @Nullable Object result;
    private boolean abandoned;

    Work(Optional<Consumer<Object>> abandon) {
      this.abandon = abandon;
    }

    synchronized void begin() {
      thread = Thread.currentThread();
    }

    /** The work has ended; its result belongs to nobody if the future has ended before. */
    void end(@Nullable Object made) {
      synchronized (this) {
        thread = null;
        result = abandon.isPresent() ? made : null;
      }
      abandonResult();
    }

    void abandon() {
      synchronized (this) {
        abandoned = true;
        if (thread != null) {
          thread.interrupt();
        }
      }
      abandonResult();
    }

    private void abandonResult() {
      Optional<Object> lost;
      synchronized (this) {
        lost = abandoned ? Optional.ofNullable(result) : Optional.empty();
        result = abandoned ? null : result;
      }
      lost.ifPresent(value -> abandon.ifPresent(each -> each.accept(value)));
    }
  }

  CallFuture() {
    this(new Work(Optional.empty()));
  }

  /** A future whose result, if nobody gets it any more, is given to {@code abandon}. */
  static <T> CallFuture<T> of(Consumer<? super T> abandon) {
    @SuppressWarnings("unchecked") // only results of this future are abandoned
    Consumer<Object> any = lost -> abandon.accept((T) lost);
    return new CallFuture<>(new Work(Optional.of(any)));
  }

  private CallFuture(Work work) {
    this.work = work;
  }

  /** Does the work on the current thread. */
  void run(Callable<T> task) {
    work.begin();
    T made = null;
    try {
      if (!isDone()) {
        made = task.call();
        super.complete(made);
      }
    } catch (Throwable e) { // passed to the caller of the future
      super.completeExceptionally(e);
    } finally {
      work.end(made);
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
    if (ended) {
      work.abandon();
    }
    return ended;
  }

  @Override
  public <U> CompletableFuture<U> newIncompleteFuture() {
    return new CallFuture<>(work);
  }
}
