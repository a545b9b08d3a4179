package dev.synthlab.local;

/**
 * The sources of engines for chat and for embeddings: the native library uses a loaded model for
 * one of them, never for both.
 *
 * @param chat for chat completions
 * @param embedding for embeddings
 */
record EngineFactory(EnginePool<Engine> chat, EnginePool<Embedder> embedding)
    implements AutoCloseable {
  @Override
  public void close() {
    chat.close();
    embedding.close();
  }
}
