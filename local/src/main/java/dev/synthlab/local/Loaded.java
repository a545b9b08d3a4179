package dev.synthlab.local;

/** A model in memory. */
interface Loaded extends AutoCloseable {
  @Override
  void close();
}
