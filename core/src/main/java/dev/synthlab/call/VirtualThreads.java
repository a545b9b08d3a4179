package dev.synthlab.call;

import dev.synthlab.Internal;
import dev.synthlab.spans.ContextSnapshot;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;

/** The factory of virtual threads: the only place that starts them. */
@Internal
public final class VirtualThreads {
  private VirtualThreads() {}

  /**
   * Starts a virtual thread.
   *
   * @param name the name of the thread
   * @param task its work
   * @return the started thread
   */
  public static Thread start(String name, Runnable task) {
    return Thread.ofVirtual().name(name).start(task);
  }

  /**
   * Runs work on a new virtual thread, with the trace context and the MDC of the calling thread.
   *
   * @param work the work
   * @param <T> the type of the result
   * @return the future of the result; the work is interrupted when the future, or one made from it,
   *     is cancelled, times out or is completed by somebody else
   */
  public static <T> CompletableFuture<T> async(Supplier<T> work) {
    CallFuture<T> future = new CallFuture<>();
    Callable<T> withContext = ContextSnapshot.capture().around(work::get);
    start("synthlab-async", () -> future.run(withContext));
    return future;
  }

  /**
   * Runs work on a virtual thread and waits for it. An interrupt of the caller is passed on to that
   * thread: a blocking read can be interrupted there, but not on a platform thread.
   *
   * @param <T> the type of the result
   * @param work the work; its runtime exceptions are thrown with the frames of the caller added
   * @return the result, after the work has ended, interrupted or not
   */
  static <T> T callVirtual(Callable<T> work) {
    if (Thread.currentThread().isVirtual()) {
      return call(work);
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
      throw rethrown(Objects.requireNonNullElse(e.getCause(), e));
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static <T> T call(Callable<T> work) {
    try {
      return work.call();
    } catch (Exception e) { // every exception is passed on unchanged
      throw unchecked(e);
    }
  }

  /**
   * Prepares an exception of another thread to be thrown on this one: its stack trace then also
   * names the caller that waited for it.
   *
   * @param thrown the exception of the other thread; an error is thrown immediately
   * @return the same exception, or an unchecked one with it as the cause
   */
  public static RuntimeException rethrown(Throwable thrown) {
    return unchecked(withCallerFrames(thrown));
  }

  /**
   * Adds the frames of this thread to the stack trace of an exception of another thread.
   *
   * @param thrown the exception of the other thread
   * @param <E> the type of the exception
   * @return the same exception
   */
  public static <E extends Throwable> E withCallerFrames(E thrown) {
    StackTraceElement[] theirs = thrown.getStackTrace();
    StackTraceElement[] ours = new Throwable().getStackTrace();
    StackTraceElement[] all = Arrays.copyOf(theirs, theirs.length + ours.length);
    System.arraycopy(ours, 0, all, theirs.length, ours.length);
    thrown.setStackTrace(all);
    return thrown;
  }

  private static RuntimeException unchecked(Throwable e) {
    if (e instanceof Error error) {
      throw error;
    }
    return e instanceof RuntimeException runtime ? runtime : new IllegalStateException(e);
  }
}
