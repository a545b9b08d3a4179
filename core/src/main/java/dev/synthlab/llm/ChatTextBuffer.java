package dev.synthlab.llm;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A buffer for a text that grows by deltas. It needs no more memory than the text, also while the
 * whole text is made. Safe for use by many threads.
 */
final class ChatTextBuffer {
  private static final int BLOCK = 1 << 16;

  private final List<String> blocks = new ArrayList<>(1);
  private @Nullable StringBuilder tail;
  private int length;

  synchronized void append(String delta) {
    if (tail != null && tail.length() + delta.length() > BLOCK) {
      flush();
    }
    if (length == 0 || delta.length() > BLOCK) { // most texts are one delta
      flush();
      blocks.add(delta);
    } else {
      tail = tail == null ? new StringBuilder() : tail;
      tail.append(delta);
    }
    length += delta.length();
  }

  private void flush() {
    if (tail != null) {
      blocks.add(tail.toString());
      tail = null;
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
    String last = "";
    int begin = length;
    if (tail != null) {
      begin -= tail.length();
      if (from >= begin) {
        return tail.substring(from - begin);
      }
      last = tail.toString();
    }
    List<String> parts = new ArrayList<>(List.of(last));
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
