package dev.synthlab.test;

import java.util.ArrayList;
import java.util.List;

/** The difference of two texts by lines, in the form of {@code diff -u} without its header. */
final class LineDiff {
  private static final int CONTEXT = 3;

  private final List<String> before;
  private final List<String> after;
  private final int[][] common;

  private LineDiff(List<String> before, List<String> after) {
    this.before = before;
    this.after = after;
    this.common = common(before, after);
  }

  /**
   * Lines that begin with {@code -} are only in the first text, those with {@code +} only in the
   * second.
   */
  static String of(String before, String after) {
    return new LineDiff(before.lines().toList(), after.lines().toList()).text();
  }

  /** The length of the longest common subsequence from each pair of lines on. */
  private static int[][] common(List<String> before, List<String> after) {
    int[][] length = new int[before.size() + 1][after.size() + 1];
    for (int i = before.size() - 1; i >= 0; i--) {
      for (int j = after.size() - 1; j >= 0; j--) {
        length[i][j] =
            before.get(i).equals(after.get(j))
                ? length[i + 1][j + 1] + 1
                : Math.max(length[i + 1][j], length[i][j + 1]);
      }
    }
    return length;
  }

  private String text() {
    List<String> lines = new ArrayList<>();
    int i = 0;
    int j = 0;
    while (i < before.size() || j < after.size()) {
      if (i < before.size() && j < after.size() && before.get(i).equals(after.get(j))) {
        lines.add("  " + before.get(i++));
        j++;
      } else if (j == after.size() || (i < before.size() && common[i + 1][j] >= common[i][j + 1])) {
        lines.add("- " + before.get(i++));
      } else {
        lines.add("+ " + after.get(j++));
      }
    }
    return String.join("\n", shortened(lines));
  }

  /** Only changed lines and a few around them; a single other line is not worth omitting. */
  private static List<String> shortened(List<String> lines) {
    List<String> shown = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      boolean far = isFar(lines, i);
      boolean alone = (i == 0 || !isFar(lines, i - 1)) && !isFar(lines, i + 1);
      if (!far || alone) {
        shown.add(lines.get(i));
      } else if (i == 0 || !isFar(lines, i - 1)) {
        shown.add("  ...");
      }
    }
    return shown;
  }

  /** Whether a line exists and is unchanged, as are those around it. */
  private static boolean isFar(List<String> lines, int at) {
    return at < lines.size()
        && lines
            .subList(Math.max(0, at - CONTEXT), Math.min(lines.size(), at + CONTEXT + 1))
            .stream()
            .allMatch(line -> line.startsWith("  "));
  }
}
