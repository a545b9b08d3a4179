package dev.synthlab.logging;

/**
 * Strikes the secrets of this process out of a text that arrives in pieces. A piece whose end may
 * be the beginning of a secret is held back until that is known; everything else passes at once.
 * For one stream and one thread.
 */
public final class RedactingStream {
  private static final int MAX_HELD = 16_384;

  /**
   * What is held is read again with each piece as long as it is short, then less and less often.
   */
  private static final int READ_EACH_TIME = 256;

  private final StringBuilder held = new StringBuilder();
  private String before = "";
  private boolean masked;
  private int enough;

  RedactingStream() {}

  /**
   * Takes a piece.
   *
   * @param chunk the next piece
   * @return what may be shown now, maybe nothing
   */
  public String next(String chunk) {
    held.append(chunk);
    return held.length() < enough ? "" : pass(false);
  }

  /**
   * Ends the stream.
   *
   * @return what was held back, secrets struck out
   */
  public String end() {
    String rest = pass(true);
    held.setLength(0);
    before = "";
    masked = false;
    return rest;
  }

  private String pass(boolean last) {
    // One character of what has passed: what begins a word does not begin one after it.
    String text = before + held;
    int start = before.length();
    MaskedRanges stretches = new MaskedRanges();
    int open = KnownSecrets.current().hideIn(text, !last, stretches);
    int until = last ? text.length() : Math.max(start, stretches.beginOf(open));
    if (text.length() - until > MAX_HELD) {
      // No ordinary text is like a secret for so long.
      stretches.hide(until, text.length());
      until = text.length();
    }
    String shown = emit(text, start, until, stretches);
    enough = held.length() > READ_EACH_TIME ? held.length() + held.length() / 8 : 0;
    return shown;
  }

  private String emit(String text, int start, int until, MaskedRanges stretches) {
    held.setLength(0);
    held.append(text, until, text.length());
    if (until == start) {
      return "";
    }
    String shown = stretches.masked(text, start, until);
    boolean goesOn = masked && stretches.hides(start);
    masked = stretches.hides(until - 1);
    before = text.substring(until - 1, until);
    return goesOn ? shown.substring(MaskedRanges.MASK.length()) : shown;
  }
}
