package dev.synthlab.llm;

/**
 * The most tokens that the answer to a request can have used. A server that counts more is not
 * believed: its numbers would stop a run by its maximum cost, or make sums overflow.
 *
 * @param input tokens sent
 * @param output tokens received
 */
record TokenLimit(long input, long output) {
  /** The longest context of a model is 10 million tokens. */
  private static final long MAX = 10_000_000;

  /** No limit but that of any answer. */
  static final TokenLimit ANY = new TokenLimit(MAX, MAX);

  /** Room for what a server adds to a request and the request does not show, such as images. */
  private static final long HIDDEN_INPUT = 1_000_000;

  /** Room for reasoning, which some servers do not count among the allowed tokens. */
  private static final long HIDDEN_OUTPUT = 100_000;

  /**
   * The limit for a request.
   *
   * @param characters its length; a character has at most 4 bytes, and a token at least one
   * @param allowed the most output tokens that it asks for; 0 if it does not say
   * @param answers the number of answers that it asks for
   */
  static TokenLimit of(long characters, long allowed, long answers) {
    long output = allowed == 0 ? MAX : Math.min(MAX, allowed * 4 * answers + HIDDEN_OUTPUT);
    return new TokenLimit(Math.min(MAX, characters * 4 + HIDDEN_INPUT), output);
  }

  boolean allows(Usage usage) {
    return usage.inputTokens() <= input
        && usage.cachedTokens() <= input
        && usage.outputTokens() <= output
        && usage.reasoningTokens() <= output;
  }
}
