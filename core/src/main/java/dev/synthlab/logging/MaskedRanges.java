package dev.synthlab.logging;

import java.util.BitSet;

/** The ranges of a text that must not be shown. */
final class MaskedRanges {
  static final String MASK = "****";

  private final BitSet hidden = new BitSet();

  /** Hides the characters from start to before end. */
  void hide(int start, int end) {
    hidden.set(start, end);
  }

  /** The whole text with masks; the same object if nothing is hidden. */
  String in(String text) {
    return hidden.isEmpty() ? text : masked(text, 0, text.length());
  }

  boolean hides(int index) {
    return hidden.get(index);
  }

  /** Where the hidden range around an index begins; the index itself if it is not in one. */
  int beginOf(int index) {
    if (index == 0 || !hidden.get(index) || !hidden.get(index - 1)) {
      return index;
    }
    return hidden.previousClearBit(index) + 1;
  }

  /** A part of the text with a mask in place of each hidden range. */
  String masked(String text, int start, int end) {
    StringBuilder out = new StringBuilder(end - start);
    int at = start;
    while (at < end) {
      int next = hidden.nextSetBit(at);
      int shownEnd = next < 0 || next > end ? end : next;
      out.append(text, at, shownEnd);
      at = shownEnd;
      if (at < end) {
        out.append(MASK);
        at = Math.min(end, hidden.nextClearBit(at));
      }
    }
    return out.toString();
  }
}
