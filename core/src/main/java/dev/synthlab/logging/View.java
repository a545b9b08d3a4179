package dev.synthlab.logging;

/** A text as it reads after none or some steps of decoding; it knows where each character stood. */
final class View {
  private final char[] chars;
  private final int length;
  private final int[] starts;
  private final int stop;

  /**
   * A view of what was read.
   *
   * @param chars the characters
   * @param length how many of them
   * @param starts where each stood in the text, and where the last ended; empty if all stand there
   * @param stop from where on the text was not read, since more may come
   */
  private View(char[] chars, int length, int[] starts, int stop) {
    this.chars = chars;
    this.length = length;
    this.starts = starts;
    this.stop = stop;
  }

  /** The text as it stands. */
  static View of(String text) {
    return new View(text.toCharArray(), text.length(), new int[0], text.length());
  }

  int length() {
    return length;
  }

  /** A character; a line break after the end. */
  char at(int index) {
    return index < length ? chars[index] : '\n';
  }

  String text() {
    return new String(chars, 0, length);
  }

  /** Where in the text the character begins. */
  int start(int index) {
    return starts.length == 0 ? index : starts[index];
  }

  /** Where in the text the character ends. */
  int end(int index) {
    return start(index + 1);
  }

  /** From where on the text was not read, since what is still to come may change it. */
  int stop() {
    return stop;
  }

  /**
   * The same with every escape replaced by the character it stands for.
   *
   * @param escapes which escapes
   * @param more whether more text may come after this one
   * @return this view if there is no escape in it
   */
  View without(Escapes escapes, boolean more) {
    int at = 0;
    long escape = Escapes.NONE;
    while (at < length && escape == Escapes.NONE) {
      escape = escapes.read(this, at++, more);
    }
    return escape == Escapes.NONE ? this : decoded(escapes, more, at - 1);
  }

  private View decoded(Escapes escapes, boolean more, int from) {
    char[] out = new char[length];
    int[] places = new int[length + 1];
    int count = from;
    System.arraycopy(chars, 0, out, 0, from);
    for (int i = 0; i < from; i++) {
      places[i] = start(i);
    }
    int at = from;
    while (at < length) {
      long escape = escapes.read(this, at, more);
      if (escape == Escapes.UNFINISHED) {
        break;
      }
      places[count] = start(at);
      if (escape == Escapes.NONE) {
        out[count++] = chars[at++];
      } else {
        int codePoint = Escapes.codePoint(escape);
        int size = Character.toChars(codePoint, out, count);
        places[count + size - 1] = start(at);
        count += size;
        at += Escapes.length(escape);
      }
    }
    places[count] = at < length ? start(at) : end(length - 1);
    return new View(out, count, places, at < length ? start(at) : stop);
  }
}
