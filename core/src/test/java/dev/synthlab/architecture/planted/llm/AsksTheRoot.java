package dev.synthlab.architecture.planted.llm;

import dev.synthlab.architecture.planted.Synthlab;

final class AsksTheRoot {
  private AsksTheRoot() {}

  static String deepInside() {
    return Synthlab.get();
  }
}
