package dev.synthlab.logging;

/**
 * Reads only the letters and digits of a text, in lower case, to find a secret that is broken up by
 * other characters. It skips everything else, on request also escape sequences of a terminal, and
 * the prefix of a hexadecimal number. A mask, or too many characters between two letters, is a
 * break. For one pass and one thread.
 */
final class AlphanumericText {
  /** The most characters between two letters that belong together. */
  static final int MAX_BETWEEN = 64;

  private static final char ESCAPE = 0x1b;
  private static final char COMMAND = 0x9b;

  /** Letters of Hangul that are invisible. */
  private static final String FILLERS = "\u115f\u1160\u3164\uffa0";

  private static final int FULL_WIDTH = '\uff01' - '!';

  private final DecodedText view;
  private final boolean more;
  private final boolean skipsCommands;
  private int at;
  private int index = -1;
  private char letter;
  private boolean broken;

  /**
   * A reader before the first letter.
   *
   * @param view what is read
   * @param more whether more may come after it
   * @param skipsCommands whether the letters and digits of escape sequences are skipped, too
   */
  AlphanumericText(DecodedText view, boolean more, boolean skipsCommands) {
    this.view = view;
    this.more = more;
    this.skipsCommands = skipsCommands;
  }

  /** Whether a text has escape sequences of a terminal. */
  static boolean hasCommands(DecodedText view) {
    for (int i = 0; i < view.length(); i++) {
      if (isCommand(view.at(i))) {
        return true;
      }
    }
    return false;
  }

  /** The letters of a text. */
  static String of(String text) {
    StringBuilder all = new StringBuilder();
    AlphanumericText letters = new AlphanumericText(DecodedText.of(text), false, false);
    while (letters.next()) {
      all.append(letters.letter());
    }
    return all.toString();
  }

  /** Goes to the next letter; false if there is none. */
  boolean next() {
    broken = false;
    while (at < view.length()) {
      char c = view.at(at);
      if (c == '*' && isMask()) {
        broken = true;
        at++;
      } else if (skipsCommands && isCommand(c)) {
        skipCommand();
      } else if (c == '0' && more && at + 1 == view.length()) {
        break; // the next character decides whether it is a prefix
      } else if (c == '0' && isHexMark()) {
        at += 2;
      } else {
        letter = lower(c);
        if (letter != 0) {
          broken |= at - index > MAX_BETWEEN;
          index = at++;
          return true;
        }
        at++;
      }
    }
    broken |= at - index > MAX_BETWEEN;
    return false;
  }

  char letter() {
    return letter;
  }

  /** Where in the view the letter stands. */
  int index() {
    return index;
  }

  /** Whether there is a break before the letter, or before the end. */
  boolean broken() {
    return broken;
  }

  private static boolean isCommand(char c) {
    return c == ESCAPE || c == COMMAND;
  }

  private boolean isMask() {
    for (int i = 1; i < MaskedRanges.MASK.length(); i++) {
      if (view.at(at + i) != '*') {
        return false;
      }
    }
    return true;
  }

  /** "0x" at the beginning of a word. */
  private boolean isHexMark() {
    return (view.at(at + 1) == 'x' || view.at(at + 1) == 'X')
        && (at == 0 || lower(view.at(at - 1)) == 0);
  }

  private void skipCommand() {
    int end = at + 1;
    if (view.at(at) == ESCAPE) {
      if (view.at(end) != '[') {
        at = end;
        return;
      }
      end++;
    }
    int max = Math.min(view.length(), at + MAX_BETWEEN);
    while (end < max && view.at(end) >= ' ' && view.at(end) < '@') {
      end++;
    }
    boolean unfinished = more && end == view.length();
    at = unfinished ? end : end < max && view.at(end) < 0x7f ? end + 1 : at + 1;
  }

  /** 0 for other characters than letters and digits. */
  private static char lower(char c) {
    if (c < 0x80) {
      boolean plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
      return plain ? c : c >= 'A' && c <= 'Z' ? (char) (c | 0x20) : 0;
    }
    if (c >= '\uff01' && c <= '\uff5e') {
      return lower((char) (c - FULL_WIDTH));
    }
    boolean letter = Character.isLetterOrDigit(c) && FILLERS.indexOf(c) < 0;
    return letter || Character.isSurrogate(c) ? Character.toLowerCase(c) : 0;
  }
}
