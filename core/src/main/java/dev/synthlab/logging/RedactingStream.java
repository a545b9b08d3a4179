package dev.synthlab.logging;

/**
 * Strikes secrets out of a text that arrives in pieces. A piece whose end may be the beginning of a
 * secret is held back until that is known; everything else passes at once. For one stream and one
 * thread.
 */
public final class RedactingStream {
  private static final int LONGEST_HELD = 8_192;

  private final boolean shapes;
  private final StringBuilder held = new StringBuilder();
  private String before = "";
  private boolean masked;
  private boolean swallowing;

  RedactingStream(boolean shapes) {
    this.shapes = shapes;
  }

  /**
   * Takes a piece.
   *
   * @param chunk the next piece
   * @return what may be shown now, maybe nothing
   */
  public String next(String chunk) {
    held.append(chunk);
    return pass(false);
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
    swallowing = false;
    return rest;
  }

  private String pass(boolean last) {
    if (swallowing && !reachedEndOfToken()) {
      return "";
    }
    // One character of what has passed, so that a shape can see that it does not begin a word.
    String text = before + held;
    int start = before.length();
    KnownForms known = KnownForms.current();
    Stretches stretches = new Stretches();
    known.hideIn(text, stretches);
    if (shapes) {
      KeyShapes.hideIn(text, stretches);
    }
    int until = last ? text.length() : decided(text, start, known, stretches);
    if (text.length() - until > LONGEST_HELD) {
      return cutShort(text, start, until, known, stretches);
    }
    return emit(text, start, until, stretches);
  }

  /** Up to where nothing that is still to come can change what is shown. */
  private int decided(String text, int start, KnownForms known, Stretches stretches) {
    int until = known.openFrom(text);
    if (shapes) {
      until = Math.min(until, KeyShapes.openFrom(text, start));
    }
    until = Math.max(start, until);
    return until == text.length() ? until : Math.max(start, stretches.beginOf(until));
  }

  /** What is held has become too long to be held. */
  private String cutShort(
      String text, int start, int until, KnownForms known, Stretches stretches) {
    if (stretches.hides(text.length() - 1)) {
      swallowing = true;
      return emit(text, start, text.length(), stretches);
    }
    int cut = Math.max(until, text.length() - Math.max(1, known.longest()));
    return emit(text, start, stretches.beginOf(cut), stretches);
  }

  private String emit(String text, int start, int until, Stretches stretches) {
    held.setLength(0);
    held.append(text, until, text.length());
    if (until == start) {
      return "";
    }
    String shown = stretches.masked(text, start, until);
    boolean goesOn = masked && stretches.hides(start);
    masked = stretches.hides(until - 1);
    before = text.substring(until - 1, until);
    return goesOn ? shown.substring(Stretches.MASK.length()) : shown;
  }

  /** Drops what is left of a token that was too long to be held. */
  private boolean reachedEndOfToken() {
    int at = 0;
    while (at < held.length() && " \t\r\n\"'<>,;&".indexOf(held.charAt(at)) < 0) {
      at++;
    }
    held.delete(0, at);
    swallowing = held.isEmpty();
    return !swallowing;
  }
}
