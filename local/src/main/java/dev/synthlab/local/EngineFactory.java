package dev.synthlab.local;

/**
 * What answers, for each kind of question: the library gives words or vectors from one loaded
 * model, never both.
 *
 * @param chat for conversations
 * @param embedding for vectors
 */
record EngineFactory(EnginePool<Engine> chat, EnginePool<Embedder> embedding)
    implements AutoCloseable {
  @Override
  public void close() {
    chat.close();
    embedding.close();
  }
}
