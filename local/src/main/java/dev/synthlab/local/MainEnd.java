package dev.synthlab.local;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Ends the process when {@code main} has returned and nothing but native threads of the embedded
 * model is left: they are attached to the JVM for good and are no daemons, so that it would wait
 * for them for ever. The exit code is that of the launcher: 0, or 1 when {@code main} threw.
 */
final class MainEnd {
  private static final long INTERVAL_MILLIS = 100;
  // The name that the JVM gives the thread in which it waits for the others after main.
  private static final String WAITING = "DestroyJavaVM";
  private static final String MAIN = "main";

  private volatile int exit;
  private boolean alone;

  private MainEnd() {}

  /** Starts to watch. */
  static void watch() {
    MainEnd end = new MainEnd();
    threads().stream().filter(thread -> thread.getName().equals(MAIN)).forEach(end::noteFailure);
    Future<?> unused =
        Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name("synthlab-local-end").factory())
            .scheduleWithFixedDelay(
                end::check, INTERVAL_MILLIS, INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
  }

  @SuppressWarnings("ReferenceEquality") // a thread without a handler gives its group
  private void noteFailure(Thread main) {
    ThreadGroup group = main.getThreadGroup();
    if (group == null || main.getUncaughtExceptionHandler() != group) {
      return; // main has ended, or has a handler of its own
    }
    main.setUncaughtExceptionHandler(
        (thread, failure) -> {
          exit = 1;
          group.uncaughtException(thread, failure);
        });
  }

  private void check() {
    boolean before = alone;
    alone = onlyNativeThreadsAreLeft();
    // Twice in a row: a Java thread that starts has no frames for a moment.
    if (alone && before) {
      Runtime.getRuntime().exit(exit);
    }
  }

  private static boolean onlyNativeThreadsAreLeft() {
    List<Thread> threads = threads();
    return threads.stream().anyMatch(thread -> thread.getName().equals(WAITING))
        && threads.stream()
            .filter(thread -> !thread.isDaemon())
            .allMatch(thread -> thread.getStackTrace().length == 0);
  }

  private static List<Thread> threads() {
    ThreadGroup root = Thread.currentThread().getThreadGroup();
    while (root.getParent() != null) {
      root = root.getParent();
    }
    Thread[] threads = new Thread[root.activeCount() * 2 + 8];
    int count = root.enumerate(threads);
    return Arrays.stream(threads, 0, count).filter(Objects::nonNull).toList();
  }
}
