package dev.synthlab.logging;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Patterns of keys that are not among the known secrets. */
final class KeyPatterns {
  private static final int IGNORE_CASE = Pattern.CASE_INSENSITIVE;
  private static final int MAX_WORD = 256;

  /**
   * Group 1 of each is hidden, if group 2 was found or does not exist; every text that matches
   * contains one of the marks. Only a few attempts read the same character, in any text:
   * repetitions are bounded or possessive, and no attempt begins inside what a failed attempt has
   * read.
   */
  private static final List<KeyPattern> PATTERNS =
      List.of(
          keyPattern(
              "(?<![A-Za-z0-9])((?:sk|rk|gsk|xai|pplx|nvapi|xox[abeoprs])[-_](?=[A-Za-z0-9_*-]{8})"
                  + "[A-Za-z0-9_*-]++)",
              0, "k-", "k_", "xai-", "xox", "pplx-", "nvapi-"),
          keyPattern(
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
          keyPattern(
              "(?<![A-Za-z0-9])((?:AKIA|ASIA)[A-Z0-9]{16}+[A-Za-z0-9]*+)", 0, "AKIA", "ASIA"),
          keyPattern(
              "(?<![A-Za-z0-9])(eyJ[A-Za-z0-9_-]{8,}+"
                  + "(\\.[A-Za-z0-9_-]{8,}+(?:\\.[A-Za-z0-9_-]*+)?+)?+)",
              0,
              "eyJ"),
          keyPattern(
              "(?<![A-Za-z])(?i:bearer)[ \\t]{1,4}+((?=[a-z./-]{0,15}+[A-Z0-9_~+=]|[a-z]{16})"
                  + "[A-Za-z0-9._~+/=-]{6,}+)",
              0,
              "earer",
              "EARER"),
          keyPattern(
              "(?<![A-Za-z])(?i:basic)[ \\t]{1,4}+([A-Za-z0-9+/](?=[a-z+/]*+[A-Z0-9=])"
                  + "[A-Za-z0-9+/]{7,}+={0,2})",
              0,
              "asic",
              "ASIC"),
          keyPattern(
              "(?<![A-Za-z])(?:(?:proxy-)?authorization|(?:x-)?(?:goog-)?api[-_]?key|"
                  + "subscription-key|x-auth-token|set-cookie)"
                  + "(?:\\\\{0,8}+[\"'])?+[ \\t]{0,4}+[:=][ \\t]{0,4}+(?:\\\\{0,8}+[\"'])?+"
                  + "(?:(?:bearer|basic|token|digest)[ \\t]{1,4}+)?+([^\\s\"',;<>&]{6,}+)",
              IGNORE_CASE,
              ":",
              "="),
          keyPattern(
              "[?&](?:[a-z]{1,16}[-_])?(?:key|token|sig|signature|secret|password|apikey|code)="
                  + "([^\\s\"'<>&#]{4,}+)",
              IGNORE_CASE,
              "="),
          keyPattern("://([^\\s/?#\"'<>@]++(?:@[^\\s/?#\"'<>@]++(?=@))*+)@", 0, "://"));

  private KeyPatterns() {}

  /** A pattern, and the texts without which it cannot match. */
  private record KeyPattern(Pattern pattern, List<String> marks) {
    boolean mayBeIn(String text) {
      for (String mark : marks) {
        if (text.contains(mark)) {
          return true;
        }
      }
      return false;
    }
  }

  private static KeyPattern keyPattern(String pattern, int flags, String... marks) {
    return new KeyPattern(Pattern.compile(pattern, flags), List.of(marks));
  }

  /**
   * Strikes out everything that looks like a key.
   *
   * @param text any text
   * @param cut whether the text is the beginning of a longer one: its last word may be part of a
   *     key
   * @return the text without keys; the same object if there are none
   */
  static String redacted(String text, boolean cut) {
    MaskedRanges ranges = new MaskedRanges();
    for (KeyPattern each : PATTERNS) {
      if (each.mayBeIn(text)) {
        hide(each.pattern().matcher(text), cut, ranges);
      }
    }
    if (cut) {
      int begin = Math.max(0, text.length() - MAX_WORD);
      for (int at = begin; at < text.length(); at++) {
        begin = Character.isWhitespace(text.charAt(at)) ? at + 1 : begin;
      }
      ranges.hide(begin, text.length());
    }
    return ranges.in(text);
  }

  @SuppressWarnings("JdkObsolete") // a token may go on behind the end of a cut text
  private static void hide(Matcher matcher, boolean cut, MaskedRanges ranges) {
    while (matcher.find()) {
      // A token without its second part is matched only so that it is not read again.
      boolean whole = matcher.groupCount() == 1 || matcher.start(2) >= 0;
      if (whole || (cut && matcher.hitEnd())) {
        ranges.hide(matcher.start(1), matcher.end(1));
      }
    }
  }
}
