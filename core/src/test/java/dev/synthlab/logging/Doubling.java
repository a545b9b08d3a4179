package dev.synthlab.logging;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.function.Consumer;

/** Checks that the time of an operation grows no faster than its input. */
final class Doubling {
  /** Enough for every build: work that grows with the square takes seconds for it. */
  static final int LONG = 1 << 16;

  /** The length of a large answer. */
  static final int LONGEST = 1 << 20;

  private static final int STEP = 4;
  private static final long MIN_MILLIS = 15;
  private static final long MAX_MILLIS = 4_000;
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private Doubling() {}

  /** The processor time of the quicker of two runs, in milliseconds: the machine may be busy. */
  static long millis(Runnable work) {
    return Math.min(once(work), once(work));
  }

  /** Twice the text may take three times as long, and the longest text no more than a bound. */
  static void holds(String unit, int longest, Consumer<String> work) {
    int shortest = longest / (longest == LONG ? STEP : STEP * STEP);
    long before = Math.max(MIN_MILLIS, once(() -> work.accept(of(unit, shortest))));
    for (int size = shortest * STEP; size <= longest; size *= STEP) {
      String text = of(unit, size);
      long bound = Math.min(before * 9, MAX_MILLIS);

      long took = once(() -> work.accept(text));
      took = took < bound ? took : Math.min(took, once(() -> work.accept(text)));

      assertThat(took).as("%s, %d characters", unit, size).isLessThan(bound);
      before = Math.max(MIN_MILLIS, took);
    }
  }

  private static long once(Runnable work) {
    long begin = THREADS.getCurrentThreadCpuTime();
    work.run();
    return (THREADS.getCurrentThreadCpuTime() - begin) / 1_000_000;
  }

  private static String of(String unit, int size) {
    return unit.repeat(size / unit.length() + 1).substring(0, size);
  }
}
