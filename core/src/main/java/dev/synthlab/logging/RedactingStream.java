package dev.synthlab.logging;

import dev.synthlab.Internal;

/**
 * Strikes the secrets of this process out of a text that arrives in chunks. The end of a chunk that
 * may be the beginning of a secret is held back until the next chunk decides it; everything else is
 * returned at once. For one stream and one thread.
 */
@Internal
public final class RedactingStream {
  private static final int MAX_HELD = 16_384;

  /** Up to this length, the held text is read again with each chunk; a longer one less often. */
  private static final int READ_EACH_TIME = 256;

  private final StringBuilder held = new StringBuilder();
  private String before = "";
  private boolean masked;
  private int enough;

  RedactingStream() {}

  /**
   * Takes the next chunk.
   *
   * @param chunk any text, maybe empty
   * @return what may be shown now, maybe an empty text
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
    // The last character that was returned: it decides whether a word begins after it.
    String text = before + held;
    int start = before.length();
    MaskedRanges ranges = new MaskedRanges();
    int open = KnownSecrets.current().hideIn(text, !last, ranges);
    int until = last ? text.length() : Math.max(start, ranges.beginOf(open));
    if (text.length() - until > MAX_HELD) {
      // No ordinary text resembles a secret for this long.
      ranges.hide(until, text.length());
      until = text.length();
    }
    String shown = emit(text, start, until, ranges);
    enough = held.length() > READ_EACH_TIME ? held.length() + held.length() / 8 : 0;
    return shown;
  }

  private String emit(String text, int start, int until, MaskedRanges ranges) {
    held.setLength(0);
    held.append(text, until, text.length());
    if (until == start) {
      return "";
    }
    String shown = ranges.masked(text, start, until);
    boolean continues = masked && ranges.hides(start);
    masked = ranges.hides(until - 1);
    before = text.substring(until - 1, until);
    return continues ? shown.substring(MaskedRanges.MASK.length()) : shown;
  }
}
