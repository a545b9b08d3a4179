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
   * The effort that a model accepts and that is nearest to another; the lower of two that are
   * equally near, and never {@code none}. Empty when the model accepts the effort itself, or when
   * the effort is unknown: it may be newer than the catalogue.
   */
  static Optional<String> nearest(String word, List<String> taken) {
    int wanted = WORDS.indexOf(word);
    if (wanted < 0 || taken.isEmpty() || taken.contains(word)) {
      return Optional.empty();
    }
    return WORDS.stream()
        .filter(taken::contains)
        .filter(other -> !other.equals("none"))
        .min((one, other) -> Integer.compare(distance(one, wanted), distance(other, wanted)));
  }

  private static int distance(String word, int wanted) {
    return Math.abs(WORDS.indexOf(word) - wanted);
  }
}
