package dev.synthlab.logging;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.function.Consumer;

/** Whether the time of work grows no faster than its input. */
final class Doubling {
  private static final int SMALLEST = 1 << 16;
  private static final int LARGEST = 1 << 20;
  private static final long FEWEST_MILLIS = 15;
  private static final long MAX_MILLIS = 4_000;
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private Doubling() {}

  /** The processor time of the quicker of two runs, in milliseconds: others may be at work too. */
  static long millis(Runnable work) {
    long best = Long.MAX_VALUE;
    for (int i = 0; i < 2; i++) {
      long begin = THREADS.getCurrentThreadCpuTime();
      work.run();
      best = Math.min(best, (THREADS.getCurrentThreadCpuTime() - begin) / 1_000_000);
    }
    return best;
  }

  /** Twice the text may take three times as long, and the longest text no more than a bound. */
  static void holds(String unit, Consumer<String> work) {
    long before = Math.max(FEWEST_MILLIS, millis(() -> work.accept(of(unit, SMALLEST))));
    for (int size = SMALLEST * 4; size <= LARGEST; size *= 4) {
      String text = of(unit, size);

      long took = millis(() -> work.accept(text));

      assertThat(took)
          .as("%s, %d characters", unit, size)
          .isLessThan(Math.min(before * 9, MAX_MILLIS));
      before = Math.max(FEWEST_MILLIS, took);
    }
  }

  private static String of(String unit, int size) {
    return unit.repeat(size / unit.length() + 1).substring(0, size);
  }
}
