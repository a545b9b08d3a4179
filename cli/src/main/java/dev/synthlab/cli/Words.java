package dev.synthlab.cli;

import java.time.Duration;
import java.util.Locale;

/** Numbers and times as people read them. */
final class Words {
  private Words() {}

  /** 950, 12k, 1.8M. */
  static String count(long number) {
    if (number < 1_000) {
      return Long.toString(number);
    }
    if (number < 1_000_000) {
      return number / 1_000 + "k";
    }
    return String.format(Locale.ROOT, "%.1fM", number / 1e6);
  }

  /** 01:25, or 2:03:00 from an hour on. */
  static String clock(Duration time) {
    long seconds = Math.max(0, time.toSeconds());
    return seconds < 3_600
        ? String.format(Locale.ROOT, "%02d:%02d", seconds / 60, seconds % 60)
        : String.format(
            Locale.ROOT, "%d:%02d:%02d", seconds / 3_600, seconds / 60 % 60, seconds % 60);
  }

  /** 0.8s, 42s, 2m04s, 1h03m. */
  static String time(Duration time) {
    long seconds = time.toSeconds();
    if (seconds < 10) {
      return String.format(Locale.ROOT, "%.1fs", time.toMillis() / 1e3);
    }
    if (seconds < 60) {
      return seconds + "s";
    }
    return seconds < 3_600
        ? String.format(Locale.ROOT, "%dm%02ds", seconds / 60, seconds % 60)
        : String.format(Locale.ROOT, "%dh%02dm", seconds / 3_600, seconds / 60 % 60);
  }
}
