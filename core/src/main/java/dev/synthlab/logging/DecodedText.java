package dev.synthlab.logging;

/** A text after some steps of decoding, with the position of each character in the original. */
final class DecodedText {
  private final char[] chars;
  private final int length;
  private final int[] starts;
  private final int stop;

  /**
   * A decoded text.
   *
   * @param chars the characters
   * @param length how many characters there are
   * @param starts where each began in the original, and where the last ended; empty if undecoded
   * @param stop where reading stopped in the original, since more may come
   */
  private DecodedText(char[] chars, int length, int[] starts, int stop) {
    this.chars = chars;
    this.length = length;
    this.starts = starts;
    this.stop = stop;
  }

  /** The text as it stands. */
  static DecodedText of(String text) {
    return new DecodedText(text.toCharArray(), text.length(), new int[0], text.length());
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

  /** Where reading stopped in the original, since what is still to come may change the rest. */
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
  DecodedText without(EscapeForm escapes, boolean more) {
    int at = 0;
    long escape = EscapeForm.NONE;
    while (at < length && escape == EscapeForm.NONE) {
      escape = escapes.read(this, at++, more);
    }
    return escape == EscapeForm.NONE ? this : decoded(escapes, more, at - 1);
  }

  private DecodedText decoded(EscapeForm escapes, boolean more, int from) {
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
      if (escape == EscapeForm.UNFINISHED) {
        break;
      }
      places[count] = start(at);
      if (escape == EscapeForm.NONE) {
        out[count++] = chars[at++];
      } else {
        int codePoint = EscapeForm.codePoint(escape);
        int size = Character.toChars(codePoint, out, count);
        places[count + size - 1] = start(at);
        count += size;
        at += EscapeForm.length(escape);
      }
    }
    places[count] = at < length ? start(at) : end(length - 1);
    return new DecodedText(out, count, places, at < length ? start(at) : stop);
  }
}
