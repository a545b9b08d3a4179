package dev.synthlab.llm;

import dev.synthlab.call.Deadline;
import dev.synthlab.call.VirtualThreads;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The tasks 0 to {@code count - 1} on a bounded number of virtual threads, each with a result of
 * its own. For one use.
 */
final class ParallelTasks<T> {
  private final IntFunction<T> task;
  private final Predicate<T> endsAll;
  private final AtomicInteger next = new AtomicInteger();
  private final List<CompletableFuture<T>> results;

  /** The result that ends all tasks, or the exception of a task. */
  private final CompletableFuture<T> end = new CompletableFuture<>();

  private final CountDownLatch working;
  private final int concurrency;

  /** Tasks of which none ends the others, except by an exception. */
  ParallelTasks(int count, int concurrency, IntFunction<T> task) {
    this(count, concurrency, task, result -> false);
  }

  /** Tasks of which one result of a kind ends the others. */
  ParallelTasks(int count, int concurrency, IntFunction<T> task, Predicate<T> endsAll) {
    this.task = task;
    this.endsAll = endsAll;
    this.results = Stream.generate(CompletableFuture<T>::new).limit(count).toList();
    this.concurrency = Math.min(concurrency, count);
    this.working = new CountDownLatch(this.concurrency);
  }

  /**
   * Runs all tasks and returns when every thread has ended. An interrupt is passed on to the tasks
   * and stays set.
   */
  List<T> runAll() {
    List<CompletableFuture<Boolean>> workers = workers();
    boolean interrupted = false;
    while (true) {
      try {
        working.await();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
        workers.forEach(worker -> worker.cancel(true));
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    if (end.isCompletedExceptionally()) {
      throw VirtualThreads.rethrown(end.exceptionNow());
    }
    return results();
  }

  /**
   * Runs the tasks until all are done or one result ends them, which is returned. Tasks that still
   * run are then interrupted, and not waited for.
   */
  Optional<T> runUntilEnd() throws InterruptedException {
    List<CompletableFuture<Boolean>> workers = workers();
    try {
      done().get();
    } catch (ExecutionException e) {
      throw VirtualThreads.rethrown(e.getCause() == null ? e : e.getCause());
    } finally {
      workers.forEach(worker -> worker.cancel(true));
    }
    return end.isDone() ? Optional.of(end.join()) : Optional.empty();
  }

  /** Runs all tasks within a deadline. Tasks that still run after it are interrupted. */
  List<T> runWithin(Deadline deadline) throws InterruptedException, TimeoutException {
    List<CompletableFuture<Boolean>> workers = workers();
    try {
      done().get(Math.max(0, deadline.remaining().toNanos()), TimeUnit.NANOSECONDS);
      return results();
    } catch (ExecutionException e) {
      throw VirtualThreads.rethrown(e.getCause() == null ? e : e.getCause());
    } finally {
      workers.forEach(worker -> worker.cancel(true));
    }
  }

  /** The results in the order of the tasks, which are all done. */
  List<T> results() {
    return results.stream().map(CompletableFuture::join).toList();
  }

  private List<CompletableFuture<Boolean>> workers() {
    return Stream.generate(() -> VirtualThreads.async(this::work)).limit(concurrency).toList();
  }

  private CompletableFuture<Object> done() {
    return CompletableFuture.anyOf(
        CompletableFuture.allOf(results.toArray(CompletableFuture<?>[]::new)), end);
  }

  private boolean work() {
    try {
      for (int i = next.getAndIncrement(); i < results.size(); i = next.getAndIncrement()) {
        T result = task.apply(i);
        results.get(i).complete(result);
        if (endsAll.test(result)) {
          end.complete(result);
          return false;
        }
      }
      return true;
    } catch (Throwable e) { // thrown to the caller, after the other threads have ended
      end.completeExceptionally(e);
      next.set(results.size());
      return false;
    } finally {
      working.countDown();
    }
  }
}
