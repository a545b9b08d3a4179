package dev.synthlab.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.PrintStream;

/** Prints figures beside what they may be, and remembers whether all held. For one thread. */
final class Bounds {
  private static final PrintStream out = new PrintStream(System.out, true, UTF_8);

  private boolean broken;

  void open(String... columns) {
    out.println("| " + String.join(" | ", columns) + " |");
    out.println("|---".repeat(columns.length) + "|");
  }

  void say(String line) {
    out.println(line);
  }

  void row(String what, String figure) {
    out.println("| " + what + " | " + figure + " | |");
  }

  void row(String what, String figure, String bound, boolean holds) {
    broken |= !holds;
    out.println("| " + what + " | " + figure + " | " + bound + (holds ? "" : " **broken**") + " |");
  }

  /** What the process ends with. */
  int exitCode() {
    return broken ? 1 : 0;
  }
}
