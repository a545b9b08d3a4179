package dev.synthlab.llm;

/**
 * The tokens of one answer, as the provider counted them, or by our estimate.
 *
 * @param inputTokens tokens sent, cached ones included
 * @param outputTokens tokens received, reasoning included
 * @param cachedTokens of the tokens sent, those the provider had cached
 * @param reasoningTokens of the tokens received, those nobody sees
 * @param known false when the provider did not count: the numbers are then estimates, by four
 *     characters a token
 */
public record Usage(
    long inputTokens, long outputTokens, long cachedTokens, long reasoningTokens, boolean known) {

  private static final int CHARACTERS_A_TOKEN = 4;

  /** Nobody counted. */
  static final Usage UNKNOWN = new Usage(0, 0, 0, 0, false);

  static Usage estimated(long inputCharacters, long outputCharacters) {
    return new Usage(tokens(inputCharacters), tokens(outputCharacters), 0, 0, false);
  }

  /** About so many tokens does a text have. */
  static long tokens(long characters) {
    return Math.ceilDiv(characters, CHARACTERS_A_TOKEN);
  }

  /**
   * Two answers' tokens together.
   *
   * @param other another answer's
   * @return the sums; known if both are
   */
  public Usage plus(Usage other) {
    return new Usage(
        inputTokens + other.inputTokens,
        outputTokens + other.outputTokens,
        cachedTokens + other.cachedTokens,
        reasoningTokens + other.reasoningTokens,
        known && other.known);
  }

  /**
   * Both directions together.
   *
   * @return tokens sent and received
   */
  public long totalTokens() {
    return inputTokens + outputTokens;
  }
}
