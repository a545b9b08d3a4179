package dev.synthlab.llm;

import java.util.List;
import java.util.Optional;

/** The values of {@code reasoning_effort}, and the nearest one that a model accepts. */
final class ReasoningEffort {
  /** From the least to the most. */
  static final List<String> WORDS =
      List.of("none", "minimal", "low", "medium", "high", "xhigh", "max");

  /** The values that every reasoning model accepts. */
  static final List<String> DEFAULT = List.of("low", "medium", "high");

  private ReasoningEffort() {}

  /**
   * What a model takes in place of a word; the lesser one of two that are as near, but no thinking
   * at all only in place of nothing else. Empty when the word itself is taken, or is not one of
   * those known: it may be newer than the catalogue.
   */
  static Optional<String> nearest(String word, List<String> taken) {
    int request = WORDS.indexOf(word);
    if (request < 0 || taken.isEmpty() || taken.contains(word)) {
      return Optional.empty();
    }
    return WORDS.stream()
        .filter(taken::contains)
        .filter(other -> !other.equals("none"))
        .min((one, other) -> Integer.compare(away(one, request), away(other, request)));
  }

  private static int away(String word, int request) {
    return Math.abs(WORDS.indexOf(word) - request);
  }
}
