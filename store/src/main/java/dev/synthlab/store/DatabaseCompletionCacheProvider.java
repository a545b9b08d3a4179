package dev.synthlab.store;

import dev.synthlab.Internal;
import dev.synthlab.config.Settings;
import dev.synthlab.llm.CompletionCache;
import dev.synthlab.llm.CompletionCacheProvider;

/** The service provider through which {@code Synthlab} finds the completion cache. */
@Internal
public final class DatabaseCompletionCacheProvider implements CompletionCacheProvider {

  /** Called by the service loader. */
  public DatabaseCompletionCacheProvider() {}

  @Override
  public CompletionCache open(Settings settings) {
    return DatabaseCompletionCache.of(settings);
  }
}
