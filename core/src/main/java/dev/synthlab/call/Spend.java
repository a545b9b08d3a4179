package dev.synthlab.call;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.JsonAutoDetect.Visibility;
import java.math.BigDecimal;
import java.util.Objects;
import java.util.Optional;

/** The tokens that a call used, and their price. Immutable. */
@JsonAutoDetect(fieldVisibility = Visibility.ANY, getterVisibility = Visibility.NONE)
public final class Spend {
  /** No tokens, and no known price. */
  public static final Spend NONE = new Spend(0, 0, 0, 0, Optional.empty());

  private final long inputTokens;
  private final long outputTokens;
  private final long cachedTokens;
  private final long reasoningTokens;
  private final Optional<BigDecimal> costUsd;

  Spend(
      long inputTokens,
      long outputTokens,
      long cachedTokens,
      long reasoningTokens,
      Optional<BigDecimal> costUsd) {
    this.inputTokens = inputTokens;
    this.outputTokens = outputTokens;
    this.cachedTokens = cachedTokens;
    this.reasoningTokens = reasoningTokens;
    this.costUsd = Objects.requireNonNull(costUsd);
  }

  /**
   * The number of input tokens.
   *
   * @return tokens that the provider had cached included
   */
  public long inputTokens() {
    return inputTokens;
  }

  /**
   * The number of output tokens.
   *
   * @return reasoning tokens included
   */
  public long outputTokens() {
    return outputTokens;
  }

  /**
   * The number of input tokens that the provider had cached.
   *
   * @return at most the input tokens
   */
  public long cachedTokens() {
    return cachedTokens;
  }

  /**
   * The number of output tokens that are reasoning and not part of the text.
   *
   * @return at most the output tokens
   */
  public long reasoningTokens() {
    return reasoningTokens;
  }

  /**
   * The price in US dollars.
   *
   * @return empty if it is not known
   */
  public Optional<BigDecimal> costUsd() {
    return costUsd;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Spend that
        && inputTokens == that.inputTokens
        && outputTokens == that.outputTokens
        && cachedTokens == that.cachedTokens
        && reasoningTokens == that.reasoningTokens
        && costUsd.equals(that.costUsd);
  }

  @Override
  public int hashCode() {
    return Objects.hash(inputTokens, outputTokens, cachedTokens, reasoningTokens, costUsd);
  }

  @Override
  public String toString() {
    return "Spend[inputTokens=%d, outputTokens=%d, cachedTokens=%d, reasoningTokens=%d, costUsd=%s]"
        .formatted(inputTokens, outputTokens, cachedTokens, reasoningTokens, costUsd);
  }
}
