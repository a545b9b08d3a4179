package dev.synthlab.llm;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.JsonAutoDetect.Visibility;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The number of tokens of one answer, as the provider counted them, or an estimate. Immutable. */
@JsonAutoDetect(fieldVisibility = Visibility.ANY, getterVisibility = Visibility.NONE)
public final class Usage {
  private final long inputTokens;
  private final long outputTokens;
  private final long cachedTokens;
  private final long reasoningTokens;
  private final boolean known;

  Usage(
      long inputTokens, long outputTokens, long cachedTokens, long reasoningTokens, boolean known) {
    this.inputTokens = inputTokens;
    this.outputTokens = outputTokens;
    this.cachedTokens = cachedTokens;
    this.reasoningTokens = reasoningTokens;
    this.known = known;
  }

  /** {@return the tokens sent, cached ones included} */
  public long inputTokens() {
    return inputTokens;
  }

  /** {@return the tokens received, reasoning included} */
  public long outputTokens() {
    return outputTokens;
  }

  /** {@return those of the tokens sent that the provider had cached} */
  public long cachedTokens() {
    return cachedTokens;
  }

  /** {@return those of the tokens received that are reasoning and not part of the text} */
  public long reasoningTokens() {
    return reasoningTokens;
  }

  /**
   * {@return false when the provider did not count the tokens: the numbers are then estimates, with
   * four characters a token}
   */
  public boolean known() {
    return known;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Usage that
        && inputTokens == that.inputTokens
        && outputTokens == that.outputTokens
        && cachedTokens == that.cachedTokens
        && reasoningTokens == that.reasoningTokens
        && known == that.known;
  }

  @Override
  public int hashCode() {
    return Objects.hash(inputTokens, outputTokens, cachedTokens, reasoningTokens, known);
  }

  private static final int CHARACTERS_A_TOKEN = 4;

  /** No number was given. */
  static final Usage UNKNOWN = new Usage(0, 0, 0, 0, false);

  /**
   * A number of tokens sent and received, for {@link Model#costUsd}.
   *
   * @param inputTokens tokens sent
   * @param outputTokens tokens received
   * @return a usage without cached tokens and reasoning
   */
  public static Usage of(long inputTokens, long outputTokens) {
    return new Usage(inputTokens, outputTokens, 0, 0, true);
  }

  static Usage estimated(long inputCharacters, long outputCharacters) {
    return new Usage(tokens(inputCharacters), tokens(outputCharacters), 0, 0, false);
  }

  /** The estimated number of tokens of a text. */
  static long tokens(long characters) {
    return Math.ceilDiv(characters, CHARACTERS_A_TOKEN);
  }

  /**
   * The sum of this usage and another.
   *
   * @param other the usage of another answer
   * @return the sums; known if both are known
   */
  public Usage plus(Usage other) {
    return new Usage(
        sum(inputTokens, other.inputTokens),
        sum(outputTokens, other.outputTokens),
        sum(cachedTokens, other.cachedTokens),
        sum(reasoningTokens, other.reasoningTokens),
        known && other.known);
  }

  /**
   * The tokens sent and received.
   *
   * @return the sum
   */
  public long totalTokens() {
    return sum(inputTokens, outputTokens);
  }

  /** The sum, or the largest number if it is larger. */
  private static long sum(long a, long b) {
    return a > Long.MAX_VALUE - b ? Long.MAX_VALUE : a + b;
  }

  @Override
  public String toString() {
    return inputTokens
        + " tokens sent, "
        + outputTokens
        + " received"
        + (known ? "" : ", estimated");
  }
}
