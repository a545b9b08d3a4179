package dev.synthlab.spans;

import io.opentelemetry.context.Context;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * What a thread knows of the work it is in: its trace context and the words its log lines carry
 * (MDC). Taken where a caller comes in, and put on every thread that works for that caller.
 * Immutable.
 */
public final class ContextSnapshot {
  private final Context context;
  private final @Nullable Map<String, String> words;

  private ContextSnapshot(Context context, @Nullable Map<String, String> words) {
    this.context = context;
    this.words = words;
  }

  /**
   * What this thread carries.
   *
   * @return a picture of the moment
   */
  public static ContextSnapshot capture() {
    return new ContextSnapshot(Context.current(), MDC.getCopyOfContextMap());
  }

  /**
   * The work, done by whichever thread as if by the one this was taken from.
   *
   * @param work what to do
   * @param <T> what it gives
   * @return the same work
   */
  public <T> Callable<T> around(Callable<T> work) {
    return context.wrap(
        () -> {
          Map<String, String> before = MDC.getCopyOfContextMap();
          put(words);
          try {
            return work.call();
          } finally {
            put(before);
          }
        });
  }

  /**
   * The same for work that gives nothing.
   *
   * @param work what to do
   * @return the same work
   */
  public Runnable wrap(Runnable work) {
    return context.wrap(
        () -> {
          Map<String, String> before = MDC.getCopyOfContextMap();
          put(words);
          try {
            work.run();
          } finally {
            put(before);
          }
        });
  }

  private static void put(@Nullable Map<String, String> words) {
    if (words == null) {
      MDC.clear();
    } else {
      MDC.setContextMap(words);
    }
  }
}
