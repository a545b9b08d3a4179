package dev.synthlab.store;

import dev.synthlab.Internal;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Optional;

/** Statistics of the completion cache: its size, its hits and what they saved. Immutable. */
@Internal
public final class CacheStats {
  private final Values values;

  CacheStats(Values values) {
    this.values = values;
  }

  /** The values by the names of the accessors. */
  record Values(
      long completions,
      long expired,
      long bytes,
      long hits,
      Optional<BigDecimal> savedUsd,
      Optional<Instant> oldest,
      String database) {}

  /** {@return the number of cached completions, expired ones included} */
  public long completions() {
    return values.completions();
  }

  /** {@return the number of cached completions whose time to live is over} */
  public long expired() {
    return values.expired();
  }

  /** {@return the total size of the cached texts, in bytes} */
  public long bytes() {
    return values.bytes();
  }

  /** {@return the number of requests that were answered from the cache} */
  public long hits() {
    return values.hits();
  }

  /**
   * {@return the cost of the requests that were not sent, in US dollars; empty when no price is
   * known}
   */
  public Optional<BigDecimal> savedUsd() {
    return values.savedUsd();
  }

  /** {@return the time when the oldest completion was cached; empty when there is none} */
  public Optional<Instant> oldest() {
    return values.oldest();
  }

  /** {@return the database that holds the cache, without credentials} */
  public String database() {
    return values.database();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof CacheStats that && values.equals(that.values);
  }

  @Override
  public int hashCode() {
    return values.hashCode();
  }

  @Override
  public String toString() {
    return "CacheStats" + values.toString().substring("Values".length());
  }
}
