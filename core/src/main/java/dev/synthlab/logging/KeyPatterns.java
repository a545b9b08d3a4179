package dev.synthlab.logging;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What looks like a key although nobody told us that it is one. */
final class KeyPatterns {
  private static final int IGNORE_CASE = Pattern.CASE_INSENSITIVE;
  private static final int MAX_WORD = 256;

  /**
   * Group 1 of each is what is hidden, if group 2 was found or there is none; one of the marks
   * stands in every text that matches. No character is read by more than a few attempts, whatever
   * the text: repetitions are bounded or possessive, and what was read in vain is not where the
   * next begins.
   */
  private static final List<Shape> SHAPES =
      List.of(
          shape(
              "(?<![A-Za-z0-9])((?:sk|rk|gsk|xai|pplx|nvapi|xox[abeoprs])[-_](?=[A-Za-z0-9_*-]{8})"
                  + "[A-Za-z0-9_*-]++)",
              0, "k-", "k_", "xai-", "xox", "pplx-", "nvapi-"),
          shape(
              "(?<![A-Za-z0-9])((?:gh[opsur]_|github_pat_|glpat-|hf_|r8_|ya29\\.|AIza)"
                  + "(?=[A-Za-z0-9_-]{16})[A-Za-z0-9_-]++)",
              0,
              "gh",
              "git",
              "glpat-",
              "hf_",
              "r8_",
              "ya29.",
              "AIza"),
          shape("(?<![A-Za-z0-9])((?:AKIA|ASIA)[A-Z0-9]{16}+[A-Za-z0-9]*+)", 0, "AKIA", "ASIA"),
          shape(
              "(?<![A-Za-z0-9])(eyJ[A-Za-z0-9_-]{8,}+"
                  + "(\\.[A-Za-z0-9_-]{8,}+(?:\\.[A-Za-z0-9_-]*+)?+)?+)",
              0,
              "eyJ"),
          shape(
              "(?<![A-Za-z])(?i:bearer)[ \\t]{1,4}+((?=[a-z./-]{0,15}+[A-Z0-9_~+=]|[a-z]{16})"
                  + "[A-Za-z0-9._~+/=-]{6,}+)",
              0,
              "earer",
              "EARER"),
          shape(
              "(?<![A-Za-z])(?i:basic)[ \\t]{1,4}+([A-Za-z0-9+/](?=[a-z+/]*+[A-Z0-9=])"
                  + "[A-Za-z0-9+/]{7,}+={0,2})",
              0,
              "asic",
              "ASIC"),
          shape(
              "(?<![A-Za-z])(?:(?:proxy-)?authorization|(?:x-)?(?:goog-)?api[-_]?key|"
                  + "subscription-key|x-auth-token|set-cookie)"
                  + "(?:\\\\{0,8}+[\"'])?+[ \\t]{0,4}+[:=][ \\t]{0,4}+(?:\\\\{0,8}+[\"'])?+"
                  + "(?:(?:bearer|basic|token|digest)[ \\t]{1,4}+)?+([^\\s\"',;<>&]{6,}+)",
              IGNORE_CASE,
              ":",
              "="),
          shape(
              "[?&](?:[a-z]{1,16}[-_])?(?:key|token|sig|signature|secret|password|apikey|code)="
                  + "([^\\s\"'<>&#]{4,}+)",
              IGNORE_CASE,
              "="),
          shape("://([^\\s/?#\"'<>@]++(?:@[^\\s/?#\"'<>@]++(?=@))*+)@", 0, "://"));

  private KeyPatterns() {}

  /** A pattern, and what lets us do without trying it. */
  private record Shape(Pattern pattern, List<String> marks) {
    boolean mayBeIn(String text) {
      for (String mark : marks) {
        if (text.contains(mark)) {
          return true;
        }
      }
      return false;
    }
  }

  private static Shape shape(String pattern, int flags, String... marks) {
    return new Shape(Pattern.compile(pattern, flags), List.of(marks));
  }

  /**
   * Strikes out every key-like part of a text.
   *
   * @param text any text
   * @param cut whether the text is the beginning of a longer one: its last word may be half a key
   * @return the same object if there is none
   */
  static String struckOut(String text, boolean cut) {
    MaskedRanges stretches = new MaskedRanges();
    for (Shape shape : SHAPES) {
      if (shape.mayBeIn(text)) {
        hide(shape.pattern().matcher(text), cut, stretches);
      }
    }
    if (cut) {
      int begin = Math.max(0, text.length() - MAX_WORD);
      for (int at = begin; at < text.length(); at++) {
        begin = Character.isWhitespace(text.charAt(at)) ? at + 1 : begin;
      }
      stretches.hide(begin, text.length());
    }
    return stretches.in(text);
  }

  private static void hide(Matcher matcher, boolean cut, MaskedRanges stretches) {
    while (matcher.find()) {
      // A token that lacks its second part is read only so that it is not read again.
      boolean whole = matcher.groupCount() == 1 || matcher.start(2) >= 0;
      if (whole || (cut && matcher.hitEnd())) {
        stretches.hide(matcher.start(1), matcher.end(1));
      }
    }
  }
}
