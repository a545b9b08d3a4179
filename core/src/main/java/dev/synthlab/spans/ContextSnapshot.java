package dev.synthlab.spans;

import dev.synthlab.Internal;
import io.opentelemetry.context.Context;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * A snapshot of the context of a thread: its trace context and its MDC. It is captured on the
 * thread of a caller, and set on all threads that work for that caller. Immutable.
 */
@Internal
public final class ContextSnapshot {
  private final Context context;
  private final @Nullable Map<String, String> mdc;

  private ContextSnapshot(Context context, @Nullable Map<String, String> mdc) {
    this.context = context;
    this.mdc = mdc;
  }

  /**
   * Captures the context of the current thread.
   *
   * @return the snapshot
   */
  public static ContextSnapshot capture() {
    return new ContextSnapshot(Context.current(), MDC.getCopyOfContextMap());
  }

  /**
   * Wraps work so that it runs with this context on any thread.
   *
   * @param work the work
   * @param <T> the type of the result
   * @return the wrapped work
   */
  public <T> Callable<T> around(Callable<T> work) {
    return context.wrap(
        () -> {
          Map<String, String> before = MDC.getCopyOfContextMap();
          setMdc(mdc);
          try {
            return work.call();
          } finally {
            setMdc(before);
          }
        });
  }

  /**
   * Wraps work so that it runs with this context on any thread.
   *
   * @param work the work
   * @return the wrapped work
   */
  public Runnable wrap(Runnable work) {
    return context.wrap(
        () -> {
          Map<String, String> before = MDC.getCopyOfContextMap();
          setMdc(mdc);
          try {
            work.run();
          } finally {
            setMdc(before);
          }
        });
  }

  private static void setMdc(@Nullable Map<String, String> mdc) {
    if (mdc == null) {
      MDC.clear();
    } else {
      MDC.setContextMap(mdc);
    }
  }
}
