package dev.synthlab.store;

import dev.synthlab.config.Settings;
import dev.synthlab.llm.AnswerCache;
import dev.synthlab.llm.AnswerCacheProvider;

/** Offers the cache of answers to the composition root. */
public final class StoredAnswersProvider implements AnswerCacheProvider {

  /** For the composition root. */
  public StoredAnswersProvider() {}

  @Override
  public AnswerCache open(Settings settings) {
    return StoredAnswers.of(settings);
  }
}
