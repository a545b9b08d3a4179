package dev.synthlab.llm;

import java.util.List;
import java.util.Optional;

/**
 * The words for how long a model may think, and what comes nearest to one that it does not know.
 */
final class ReasoningEffort {
  /** From the least to the most. */
  static final List<String> WORDS =
      List.of("none", "minimal", "low", "medium", "high", "xhigh", "max");

  /** Every model that can be told takes these. */
  static final List<String> DEFAULT = List.of("low", "medium", "high");

  private ReasoningEffort() {}

  /**
   * What a model takes in place of a word; the lesser one of two that are as near, but no thinking
   * at all only in place of nothing else. Empty when the word itself is taken, or is not one of
   * those known: it may be newer than the catalogue.
   */
  static Optional<String> inPlaceOf(String word, List<String> taken) {
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
