package dev.synthlab.logging;

import java.util.HexFormat;

/**
 * The redactor of all text that leaves the process. Each secret becomes {@code ****}. Safe for use
 * by many threads.
 */
public final class Redactor {
  /** How many characters after a cut are read, to find a key that crosses it. */
  private static final int READ_AHEAD = 4_096;

  private Redactor() {}

  /**
   * Strikes out the secrets of this process in any encoding, and everything that looks like a key:
   * plain, escaped as in JSON, HTML, addresses or mail, also twice, in base64, hexadecimal or
   * decimal numbers, and, unless they are short, in other case and divided by other characters than
   * letters and digits.
   *
   * @param text any text
   * @return the text without them; the same object if there are none
   */
  public static String redact(String text) {
    return redacted(text, true, false);
  }

  /**
   * Strikes out the secrets of this process only, in all their forms: for answers of models, which
   * are otherwise left as they are.
   *
   * @param text any text
   * @return the text without them; the same object if there are none
   */
  public static String redactKnown(String text) {
    return redacted(text, false, false);
  }

  /**
   * The first characters of a text after {@link #redact}. Only little more of the text is read, so
   * that a long text takes no more time than a short one; the first part of a key at the cut is
   * struck out too.
   *
   * @param text any text
   * @param max how many characters there may be
   * @return the first characters
   */
  public static String redactBeginning(String text, int max) {
    return beginning(text, max, true);
  }

  /**
   * Does what {@link #redact} does for a text that was already cut: its end may be the first part
   * of a key.
   *
   * @param text the beginning of a longer text
   * @return the text without keys and their first parts
   */
  public static String redactCut(String text) {
    return redacted(text, true, true);
  }

  /**
   * The first characters of a text after {@link #redactKnown}; see {@link #redactBeginning}.
   *
   * @param text any text
   * @param max how many characters there may be
   * @return the first characters
   */
  public static String redactKnownBeginning(String text, int max) {
    return beginning(text, max, false);
  }

  /**
   * Does what {@link #redactKnown} does, for a text that arrives in chunks.
   *
   * @return for one stream
   */
  public static RedactingStream streamingKnown() {
    return new RedactingStream();
  }

  /**
   * Escapes what could control a terminal or reverse the order of text: control characters other
   * than line break and tab, marks of writing direction, line and paragraph separators, lone
   * surrogates.
   *
   * @param text any text
   * @return for example {@code \x1b} in place of an escape character
   */
  public static String printable(String text) {
    return escaped(text, false);
  }

  /**
   * Does what {@link #printable} does, and escapes line breaks too.
   *
   * @param text any text
   * @return one line
   */
  public static String printableLine(String text) {
    return escaped(text, true);
  }

  private static String redacted(String text, boolean patterns, boolean cut) {
    MaskedRanges ranges = new MaskedRanges();
    int open = KnownSecrets.current().hideIn(text, cut, ranges);
    if (cut) {
      ranges.hide(open, text.length());
    }
    String known = ranges.in(text);
    return patterns ? KeyPatterns.redacted(known, cut) : known;
  }

  private static String beginning(String text, int max, boolean patterns) {
    int end = (int) Math.min(text.length(), (long) max + READ_AHEAD);
    String shown = redacted(text.substring(0, end), patterns, end < text.length());
    if (shown.length() <= max) {
      return shown;
    }
    boolean half = max > 0 && Character.isHighSurrogate(shown.charAt(max - 1));
    return shown.substring(0, half ? max - 1 : max);
  }

  private static String escaped(String text, boolean oneLine) {
    int at = 0;
    while (at < text.length() && isPlain(text, at, oneLine)) {
      at++;
    }
    if (at == text.length()) {
      return text;
    }
    StringBuilder out = new StringBuilder(text.length() + 16).append(text, 0, at);
    for (; at < text.length(); at++) {
      char c = text.charAt(at);
      if (isPlain(text, at, oneLine)) {
        out.append(c);
      } else if (c == '\n') {
        out.append("\\n");
      } else {
        HexFormat hex = HexFormat.of();
        if (c < 0x100) {
          out.append("\\x").append(hex.toHexDigits((byte) c));
        } else {
          out.append("\\u").append(hex.toHexDigits(c));
        }
      }
    }
    return out.toString();
  }

  private static boolean isPlain(String text, int at, boolean oneLine) {
    char c = text.charAt(at);
    if (c >= ' ' && c < 0x7f) {
      return true;
    }
    if (c == '\n') {
      return !oneLine;
    }
    if (Character.isHighSurrogate(c)) {
      return at + 1 < text.length() && Character.isLowSurrogate(text.charAt(at + 1));
    }
    if (Character.isLowSurrogate(c)) {
      return at > 0 && Character.isHighSurrogate(text.charAt(at - 1));
    }
    return c == '\t' || (c >= 0xa0 && !changesDirection(c));
  }

  private static boolean changesDirection(char c) {
    return c == '\u061c'
        || c == '\u200e'
        || c == '\u200f'
        || (c >= '\u2028' && c <= '\u202e')
        || (c >= '\u2066' && c <= '\u2069');
  }
}
