package dev.synthlab.architecture.planted.http;

import dev.synthlab.architecture.planted.llm.SpeaksHttp;

/** Points down, to a room that points back. */
public interface KnowsModels {
  /**
   * Knows too much.
   *
   * @return a word of a room below
   */
  SpeaksHttp below();
}
