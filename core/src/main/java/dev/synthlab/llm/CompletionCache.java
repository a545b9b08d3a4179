package dev.synthlab.llm;

import java.math.BigDecimal;
import java.util.Objects;
import java.util.Optional;

/**
 * Keeps answers, so that an equal request need not be paid for twice. Safe for use by many threads.
 * It may forget whatever it likes, and lets no call fail or wait long: what it cannot read it does
 * not know.
 */
public interface CompletionCache extends AutoCloseable {

  /**
   * An answer as it is kept.
   *
   * @param model the model that was asked
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
   * Looks an answer up.
   *
   * @param key what names the request: 64 hexadecimal digits
   * @return the answer, unless there is none, or it is too old
   */
  Optional<CachedCompletion> find(String key);

  /**
   * Keeps an answer in the place of an older one.
   *
   * @param key what names the request
   * @param answer what to keep
   */
  void keep(String key, CachedCompletion answer);

  /** Keeps what it was given so far and ends; waits for that a few seconds at most. */
  @Override
  void close();

  /**
   * The same cache for several clients, of whose equal requests at the same time one is sent.
   *
   * @param kept where answers are kept
   * @return to be given to each of the clients
   */
  static CompletionCache shared(CompletionCache kept) {
    return SingleFlightCache.of(kept);
  }
}
