package dev.synthlab.local;

/** One loaded model that turns one text at a time into a vector. For one thread. */
interface Embedder extends LoadedModel {

  /** How many tokens a text may have. */
  int maxTokens();

  /** How many tokens a text has. */
  int tokens(String text);

  /** The vector of a text that has a token at least and not too many. It cannot be interrupted. */
  float[] embed(String text);
}
