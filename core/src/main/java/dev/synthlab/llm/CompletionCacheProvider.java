package dev.synthlab.llm;

import dev.synthlab.Internal;
import dev.synthlab.config.Settings;

/**
 * A provider of the cache of completions, found by {@link java.util.ServiceLoader} when the cache
 * is on.
 */
@Internal
public interface CompletionCacheProvider {

  /**
   * Creates the cache that the settings describe.
   *
   * @param settings location, age and size of the cache
   * @return a cache that the caller closes; nothing is opened yet
   */
  CompletionCache open(Settings settings);
}
