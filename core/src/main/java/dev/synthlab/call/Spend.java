package dev.synthlab.call;

import java.math.BigDecimal;
import java.util.Optional;

/**
 * What a call used.
 *
 * @param inputTokens tokens sent, cached ones included
 * @param outputTokens tokens received, reasoning included
 * @param cachedTokens of the tokens sent, those the provider had cached
 * @param reasoningTokens of the tokens received, those nobody sees
 * @param costUsd the price in US dollars; empty when it is not known
 */
public record Spend(
    long inputTokens,
    long outputTokens,
    long cachedTokens,
    long reasoningTokens,
    Optional<BigDecimal> costUsd) {

  /** Nothing used. */
  public static final Spend NONE = new Spend(0, 0, 0, 0, Optional.empty());
}
