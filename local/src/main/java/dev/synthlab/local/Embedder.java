package dev.synthlab.local;

/** A loaded model that embeds one text at a time. For one thread. */
interface Embedder extends LoadedModel {

  /** The maximum number of tokens of a text. */
  int maxTokens();

  /** The number of tokens of a text. */
  int tokens(String text);

  /** The vector of a text of 1 to {@link #maxTokens} tokens. Cannot be interrupted. */
  float[] embed(String text);
}
