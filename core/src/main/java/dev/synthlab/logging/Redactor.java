package dev.synthlab.logging;

import java.util.HexFormat;

/**
 * The one redactor of everything that leaves the process. What it strikes out becomes {@code ****}.
 * Safe for use by many threads.
 */
public final class Redactor {
  /** How far a text is read beyond its cut, to see the whole of a key there. */
  private static final int BEYOND = 4_096;

  private Redactor() {}

  /**
   * Strikes out the secrets of this process however they are written, and whatever has the shape of
   * a key: plain, escaped as in JSON, HTML, addresses or mail, also twice, in base64, hexadecimal
   * or decimal numbers, and, unless they are short, in other case and divided by what is no letter.
   *
   * @param text any text
   * @return the text without them; the same object if there are none
   */
  public static String redact(String text) {
    return struckOut(text, true, false);
  }

  /**
   * Strikes out the secrets of this process only, in all their forms: for answers of models, which
   * are otherwise left as they are.
   *
   * @param text any text
   * @return the text without them; the same object if there are none
   */
  public static String redactKnown(String text) {
    return struckOut(text, false, false);
  }

  /**
   * The beginning of a text as {@link #redact} shows it. Only so much of the text is read, so that
   * a long one costs no more than a short one; the first part of a key at the cut is struck out
   * too.
   *
   * @param text any text
   * @param max how many characters there may be
   * @return the first characters
   */
  public static String redactBeginning(String text, int max) {
    return beginning(text, max, true);
  }

  /**
   * Does what {@link #redact} does for a text whose end was cut off before: what stands there may
   * be the first part of a key.
   *
   * @param text how a longer text begins
   * @return the text without keys and their first parts
   */
  public static String redactCut(String text) {
    return struckOut(text, true, true);
  }

  /**
   * The beginning of a text as {@link #redactKnown} shows it; see {@link #redactBeginning}.
   *
   * @param text any text
   * @param max how many characters there may be
   * @return the first characters
   */
  public static String redactKnownBeginning(String text, int max) {
    return beginning(text, max, false);
  }

  /**
   * Does for a text that arrives in pieces what {@link #redactKnown} does for a whole one.
   *
   * @return for one stream
   */
  public static RedactingStream streamingKnown() {
    return new RedactingStream();
  }

  /**
   * Makes visible what could steer a terminal or turn text round: control characters other than
   * line break and tab, marks of writing direction, line and paragraph separators, lone surrogates.
   *
   * @param text any text
   * @return for example {@code \x1b} in place of an escape character
   */
  public static String printable(String text) {
    return escaped(text, false);
  }

  /**
   * Does what {@link #printable} does, and line breaks too: for text that must stay on one line.
   *
   * @param text any text
   * @return one line
   */
  public static String printableLine(String text) {
    return escaped(text, true);
  }

  private static String struckOut(String text, boolean shapes, boolean cut) {
    MaskedRanges stretches = new MaskedRanges();
    int open = KnownSecrets.current().hideIn(text, cut, stretches);
    if (cut) {
      stretches.hide(open, text.length());
    }
    String known = stretches.in(text);
    return shapes ? KeyPatterns.struckOut(known, cut) : known;
  }

  private static String beginning(String text, int max, boolean shapes) {
    int end = (int) Math.min(text.length(), (long) max + BEYOND);
    String shown = struckOut(text.substring(0, end), shapes, end < text.length());
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
    return c == '\t' || (c >= 0xa0 && !turnsText(c));
  }

  private static boolean turnsText(char c) {
    return c == '\u061c'
        || c == '\u200e'
        || c == '\u200f'
        || (c >= '\u2028' && c <= '\u202e')
        || (c >= '\u2066' && c <= '\u2069');
  }
}
