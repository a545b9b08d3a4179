package dev.synthlab.llm;

/** What is known of models. */
public final class ModelCatalogue {
  private ModelCatalogue() {}
}
