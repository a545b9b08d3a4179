package dev.synthlab.llm;

import java.util.ArrayList;
import java.util.List;

/**
 * A buffer for a text that grows by deltas. It needs no more memory than the text, also while the
 * whole text is made. Safe for use by many threads.
 */
final class ChatTextBuffer {
  private static final int BLOCK = 1 << 16;

  private final List<String> blocks = new ArrayList<>();
  private StringBuilder tail = new StringBuilder();
  private int length;

  synchronized void append(String delta) {
    if (tail.length() + delta.length() > BLOCK) {
      flush();
    }
    if (delta.length() > BLOCK) {
      blocks.add(delta);
    } else {
      tail.append(delta);
    }
    length += delta.length();
  }

  private void flush() {
    if (!tail.isEmpty()) {
      blocks.add(tail.toString());
      tail = new StringBuilder();
    }
  }

  synchronized int length() {
    return length;
  }

  boolean isEmpty() {
    return length() == 0;
  }

  /** The text after that many characters. */
  synchronized String since(int from) {
    int begin = length - tail.length();
    if (from >= begin) {
      return tail.substring(from - begin);
    }
    List<String> parts = new ArrayList<>(List.of(tail.toString()));
    for (int i = blocks.size() - 1; from < begin; i--) {
      String block = blocks.get(i);
      begin -= block.length();
      parts.addFirst(block.substring(Math.max(0, from - begin)));
    }
    return String.join("", parts);
  }

  @Override
  public synchronized String toString() {
    flush();
    if (blocks.size() > 1) {
      String whole = String.join("", blocks);
      blocks.clear();
      blocks.add(whole);
    }
    return blocks.isEmpty() ? "" : blocks.getFirst();
  }

  /** The length of a text in UTF-8. */
  static long bytes(String text) {
    long bytes = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      bytes += c < 0x80 ? 1 : c < 0x800 || Character.isSurrogate(c) ? 2 : 3;
    }
    return bytes;
  }
}
