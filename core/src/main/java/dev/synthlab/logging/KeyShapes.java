package dev.synthlab.logging;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What looks like a key although nobody told us that it is one. */
final class KeyShapes {
  private static final int IGNORE_CASE = Pattern.CASE_INSENSITIVE;

  /** Group 1 of each is what is hidden; one of the marks stands in every text that matches. */
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
          shape("(?<![A-Za-z0-9])((?:AKIA|ASIA)[A-Z0-9]{16}+)", 0, "AKIA", "ASIA"),
          shape(
              "(?<![A-Za-z0-9])(eyJ[A-Za-z0-9_-]{8,}+\\.[A-Za-z0-9_-]{8,}+(?:\\.[A-Za-z0-9_-]*+)?)",
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
                  + "[\"']?[ \\t]{0,4}+[:=][ \\t]{0,4}+[\"']?"
                  + "(?:(?:bearer|basic|token|digest)[ \\t]{1,4}+)?+([^\\s\"',;<>&]{6,}+)",
              IGNORE_CASE,
              ":",
              "="),
          shape(
              "[?&](?:[a-z]{1,16}[-_])?(?:key|token|sig|signature|secret|password|apikey|code)="
                  + "([^\\s\"'<>&#]{4,}+)",
              IGNORE_CASE,
              "="),
          shape("://([^\\s/?#\"'<>@]{1,512}+(?:@[^\\s/?#\"'<>@]{1,512}+){0,4})@", 0, "://"));

  private KeyShapes() {}

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

  /** Hides every key-like part of the text. */
  static void hideIn(String text, Stretches stretches) {
    for (Shape shape : SHAPES) {
      if (shape.mayBeIn(text)) {
        Matcher matcher = shape.pattern().matcher(text);
        while (matcher.find()) {
          stretches.hide(matcher.start(1), matcher.end(1));
        }
      }
    }
  }

  /** Where the first part begins that more text may make, or make longer; the length if none. */
  @SuppressWarnings("JdkObsolete") // hitEnd is the question here: could more text change this?
  static int openFrom(String text, int from) {
    // No shape goes over the end of a line.
    int start = Math.max(from, text.lastIndexOf('\n') + 1);
    List<Matcher> matchers = SHAPES.stream().map(each -> each.pattern().matcher(text)).toList();
    for (int at = start; at < text.length(); at++) {
      if (!mayBegin(text, at)) {
        continue;
      }
      for (Matcher matcher : matchers) {
        matcher.region(at, text.length()).useTransparentBounds(true).useAnchoringBounds(false);
        matcher.lookingAt();
        if (matcher.hitEnd()) {
          return at;
        }
      }
    }
    return text.length();
  }

  private static boolean mayBegin(String text, int at) {
    char c = text.charAt(at);
    if (c == '?' || c == '&' || c == ':') {
      return true;
    }
    return Character.isLetter(c) && (at == 0 || !Character.isLetter(text.charAt(at - 1)));
  }
}
