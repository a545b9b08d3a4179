package dev.synthlab.local;

/** A model in memory. */
interface LoadedModel extends AutoCloseable {
  @Override
  void close();
}
