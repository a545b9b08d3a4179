package dev.synthlab.llm;

/**
 * The tokens of one answer, as the provider counted them.
 *
 * @param inputTokens tokens sent, cached ones included
 * @param outputTokens tokens received, reasoning included
 * @param cachedTokens of the tokens sent, those the provider had cached
 * @param reasoningTokens of the tokens received, those nobody sees
 * @param known false when the provider did not count; then all are zero
 */
public record Usage(
    long inputTokens, long outputTokens, long cachedTokens, long reasoningTokens, boolean known) {

  /** The provider did not count. */
  public static final Usage UNKNOWN = new Usage(0, 0, 0, 0, false);

  /**
   * Both directions together.
   *
   * @return tokens sent and received
   */
  public long totalTokens() {
    return inputTokens + outputTokens;
  }
}
