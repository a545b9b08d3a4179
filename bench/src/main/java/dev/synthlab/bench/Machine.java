package dev.synthlab.bench;

import java.util.Locale;

/** What a figure was measured on. */
final class Machine {
  private Machine() {}

  static String line() {
    Runtime jvm = Runtime.getRuntime();
    return String.format(
        Locale.ROOT,
        "%d cores, heap up to %d MB, %s %s, %s %s",
        jvm.availableProcessors(),
        jvm.maxMemory() >> 20,
        System.getProperty("java.vendor"),
        Runtime.version(),
        System.getProperty("os.name"),
        System.getProperty("os.arch"));
  }
}
