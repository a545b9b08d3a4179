package dev.synthlab.architecture.planted.llm;

import dev.synthlab.architecture.planted.Synthlab;

final class LlmClient {
  private LlmClient() {}

  static String get() {
    return Synthlab.get();
  }
}
