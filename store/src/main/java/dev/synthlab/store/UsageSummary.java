package dev.synthlab.store;

import java.math.BigDecimal;
import java.util.Optional;

/**
 * What some calls used together.
 *
 * @param name what they have in common: a model, a day, a run, a part of the service, the name of a
 *     key
 * @param calls those that ended, failed ones included
 * @param failed those that had no answer
 * @param attempts requests that were sent
 * @param inputTokens tokens sent, cached ones included
 * @param outputTokens tokens received, reasoning included
 * @param cachedTokens of the tokens sent, those the provider had cached
 * @param reasoningTokens of the tokens received, those nobody sees
 * @param costUsd what the priced calls cost; empty when there was none
 * @param unpricedCalls those that had an answer whose price is not known
 * @param fromCache those whose answer was kept from an earlier call
 */
public record UsageSummary(
    String name,
    long calls,
    long failed,
    long attempts,
    long inputTokens,
    long outputTokens,
    long cachedTokens,
    long reasoningTokens,
    Optional<BigDecimal> costUsd,
    long unpricedCalls,
    long fromCache) {

  /** What calls are counted by. */
  public enum GroupBy {
    /** The model that was asked. */
    MODEL("model"),
    /** The day they were begun, in UTC. */
    DAY("day"),
    /** The bulk run they belong to; the name of other calls is empty. */
    RUN("COALESCE(run_id, '')"),
    /** The part of the service that made them; the name is empty where none was said. */
    COMPONENT("component"),
    /** The name of the key they were sent with. */
    KEY("key_alias"),
    /** How they ended: the class of their error; the name of answered calls is empty. */
    ERROR("COALESCE(error, '')");

    private final String column;

    GroupBy(String column) {
      this.column = column;
    }

    String column() {
      return column;
    }
  }
}
