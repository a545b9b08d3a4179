package dev.synthlab.llm;

import dev.synthlab.Internal;
import java.math.BigDecimal;
import java.util.Objects;
import java.util.Optional;

/**
 * A cache of completions, so that an equal request is paid for once. Safe for use by many threads.
 * It may drop any entry. An entry that it cannot read is a miss: the cache makes no call fail or
 * wait for long.
 */
@Internal
public interface CompletionCache extends AutoCloseable {

  /**
   * A completion in the cache.
   *
   * @param model the model that the request names
   * @param json the chat completion object, on one line
   * @param costUsd what it cost; empty when the price is not known
   */
  record CachedCompletion(String model, String json, Optional<BigDecimal> costUsd) {
    /** Requires all parts. */
    public CachedCompletion {
      Objects.requireNonNull(model);
      Objects.requireNonNull(json);
      Objects.requireNonNull(costUsd);
    }
  }

  /**
   * Looks up a completion.
   *
   * @param key of the request: 64 hexadecimal digits
   * @return the completion; empty when there is none or it is too old
   */
  Optional<CachedCompletion> find(String key);

  /**
   * Caches a completion, in place of an older one.
   *
   * @param key of the request
   * @param answer the completion
   */
  void keep(String key, CachedCompletion answer);

  /** Writes what is not yet written, within a few seconds, and closes the cache. */
  @Override
  void close();

  /**
   * A cache for several clients: of equal requests at the same time only one is sent.
   *
   * @param kept stores the completions
   * @return a cache for each of the clients
   */
  static CompletionCache shared(CompletionCache kept) {
    return SingleFlightCache.of(kept);
  }
}
