package dev.synthlab.llm;

import dev.synthlab.config.Settings;

/**
 * Offers a cache of answers to the composition root, which finds it with {@link
 * java.util.ServiceLoader} when caching is on.
 */
public interface CompletionCacheProvider {

  /**
   * The cache as the settings describe it.
   *
   * @param settings where answers are kept, how long and how many
   * @return closed by the caller; nothing is opened yet
   */
  CompletionCache open(Settings settings);
}
