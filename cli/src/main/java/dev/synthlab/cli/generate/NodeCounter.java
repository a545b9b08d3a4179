package dev.synthlab.cli.generate;

/**
 * The number of nodes that are still read from a document. References let a small file have many
 * more nodes to read than it contains: two thousand paths may share one large path item. For one
 * thread.
 */
final class NodeCounter {
  private static final int MAX = 2_000_000;
  private static final int POINTER_UNIT = 100;

  private final String document;
  private long count;

  NodeCounter(String document) {
    this.document = document;
  }

  /** Counts a node below the pointer; a long pointer, which is copied, counts as several nodes. */
  void add(String pointer) {
    count += 1 + pointer.length() / POINTER_UNIT;
    if (count > MAX) {
      throw new GenerateException(
          document
              + " has references (allOf, $ref of paths and parameters) that expand it to more than "
              + MAX
              + " parts; use a file with fewer");
    }
  }
}
