package dev.synthlab.architecture.planted.llm;

import dev.synthlab.architecture.planted.http.KnowsModels;

/** Points up, as it may. */
public interface SpeaksHttp {
  /**
   * Uses a room above.
   *
   * @return a word of it
   */
  KnowsModels above();
}
