package dev.synthlab.store;

import dev.synthlab.config.Settings;
import dev.synthlab.llm.CompletionCache;
import dev.synthlab.llm.CompletionCacheProvider;

/** Offers the cache of answers to the composition root. */
public final class DatabaseCompletionCacheProvider implements CompletionCacheProvider {

  /** For the composition root. */
  public DatabaseCompletionCacheProvider() {}

  @Override
  public CompletionCache open(Settings settings) {
    return DatabaseCompletionCache.of(settings);
  }
}
