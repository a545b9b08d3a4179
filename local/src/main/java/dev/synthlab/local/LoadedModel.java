package dev.synthlab.local;

/** A model in native memory, which must be closed: for chat or for embeddings. */
interface LoadedModel extends AutoCloseable {
  @Override
  void close();
}
