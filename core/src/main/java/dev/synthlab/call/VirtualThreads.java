package dev.synthlab.call;

import dev.synthlab.Internal;
import dev.synthlab.spans.ContextSnapshot;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
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
    return start(work, new CallFuture<>());
  }

  /**
   * Runs work whose result holds something, such as a connection, like {@link #async(Supplier)}.
   *
   * @param work the work
   * @param abandon gets the result if the future, or one made from it, ended from outside and
   *     nobody may have it
   * @param <T> the type of the result
   * @return the future of the result
   */
  public static <T> CompletableFuture<T> async(Supplier<T> work, Consumer<? super T> abandon) {
    return start(work, CallFuture.of(abandon));
  }

  private static <T> CompletableFuture<T> start(Supplier<T> work, CallFuture<T> future) {
    Callable<T> withContext = ContextSnapshot.capture().around(work::get);
    start("synthlab-async", () -> future.run(withContext));
    return future;
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
