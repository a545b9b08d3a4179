package dev.synthlab.store;

import java.math.BigDecimal;
import java.util.Optional;

/** The usage of a group of calls: their number, their tokens and their cost. Immutable. */
public final class UsageSummary {
  private final Values values;

  UsageSummary(Values values) {
    this.values = values;
  }

  /** The values by the names of the accessors. */
  record Values(
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
      long cachedCalls) {}

  /** What calls are grouped by. */
  public enum GroupBy {
    /** The requested model. */
    MODEL("model"),
    /** The day on which the call began, in UTC. */
    DAY("day"),
    /** The bulk run; the name is empty for calls outside of runs. */
    RUN("COALESCE(run_id, '')"),
    /** The component of the service; the name is empty for calls without one. */
    COMPONENT("component"),
    /** The name of the API key. */
    KEY("key_alias"),
    /** The error code; the name is empty for calls that succeeded. */
    ERROR("COALESCE(error, '')");

    private final String column;

    GroupBy(String column) {
      this.column = column;
    }

    String column() {
      return column;
    }
  }

  /**
   * {@return the name of the group: a model, a day, a run, a component, a key name or an error
   * code}
   */
  public String name() {
    return values.name();
  }

  /** {@return the number of calls that ended, failed ones included} */
  public long calls() {
    return values.calls();
  }

  /**
   * {@return the number of calls without an answer; an answer that does not fit its schema, or that
   * was refused or filtered, belongs to a call that did not fail}
   */
  public long failed() {
    return values.failed();
  }

  /** {@return the number of requests that were sent} */
  public long attempts() {
    return values.attempts();
  }

  /** {@return the number of input tokens, cached ones included} */
  public long inputTokens() {
    return values.inputTokens();
  }

  /** {@return the number of output tokens, reasoning tokens included} */
  public long outputTokens() {
    return values.outputTokens();
  }

  /** {@return the number of input tokens that the provider had in its cache} */
  public long cachedTokens() {
    return values.cachedTokens();
  }

  /** {@return the number of output tokens that were used for reasoning} */
  public long reasoningTokens() {
    return values.reasoningTokens();
  }

  /**
   * {@return the cost of all calls whose price is known, in US dollars; empty when there is none}
   */
  public Optional<BigDecimal> costUsd() {
    return values.costUsd();
  }

  /** {@return the number of successful calls whose price is not known} */
  public long unpricedCalls() {
    return values.unpricedCalls();
  }

  /** {@return the number of calls that were answered from the completion cache} */
  public long cachedCalls() {
    return values.cachedCalls();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof UsageSummary that && values.equals(that.values);
  }

  @Override
  public int hashCode() {
    return values.hashCode();
  }

  @Override
  public String toString() {
    return "UsageSummary" + values.toString().substring("Values".length());
  }
}
