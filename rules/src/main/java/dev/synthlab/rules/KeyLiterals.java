package dev.synthlab.rules;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Recognizes keys: by the formats of well-known services, and, where a name says that a key
 * follows, by the entropy of its characters.
 */
final class KeyLiterals {
  /** Bits per character; below are words, repeated characters and placeholders. */
  static final double MIN_RANDOM_ENTROPY = 3.5;

  /** Bits per character; text in the format of a key with less is a placeholder. */
  private static final double MIN_SHAPE_ENTROPY = 3.0;

  private static final int MIN_LENGTH = 20;

  private static final Map<String, Pattern> SHAPES = shapes();

  private static final String KEY_WORD =
      "(?:api[_-]?key|secret|passw(?:or)?d|token|credential|private[_-]?key|access[_-]?key)\\w{0,8}";

  private static final Pattern NAMED = Pattern.compile("\\w*" + KEY_WORD, Pattern.CASE_INSENSITIVE);

  /** Matches only the key word; the rest of the name is read backwards, which keeps this linear. */
  private static final Pattern ASSIGNED =
      Pattern.compile(
          KEY_WORD + "(?=[\"']?\\s{0,9}[:=(]\\s{0,9}[\"']?([A-Za-z0-9+/_=.-]{20,200}))",
          Pattern.CASE_INSENSITIVE);

  private static final Pattern PLACEHOLDER =
      Pattern.compile(
          "(?i).*(example|your|placeholder|changeme|change-me|dummy|xxxx|\\.\\.\\.|todo|redacted|"
              + "sample|fake|insert|replace|1234567890|abcdefgh).*");

  private KeyLiterals() {}

  private static Map<String, Pattern> shapes() {
    Map<String, Pattern> all = new LinkedHashMap<>();
    String left = "(?<![A-Za-z0-9])";
    all.put("sk-", Pattern.compile(left + "sk-[A-Za-z0-9_-]{20,}"));
    all.put("sk_live_", Pattern.compile(left + "[sr]k_live_[A-Za-z0-9]{20,}"));
    all.put("AKIA", Pattern.compile(left + "(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Za-z0-9])"));
    all.put("ghp_", Pattern.compile(left + "(?:gh[opsur]_[A-Za-z0-9]{36}|github_pat_\\w{40,})"));
    all.put("glpat-", Pattern.compile(left + "glpat-[A-Za-z0-9_-]{20,}"));
    all.put("hf_", Pattern.compile(left + "hf_[A-Za-z0-9]{30,}"));
    all.put("AIza", Pattern.compile(left + "AIza[A-Za-z0-9_-]{35}"));
    all.put("xox", Pattern.compile(left + "xox[abeoprs]-[A-Za-z0-9-]{20,}"));
    all.put(
        "eyJ (a JSON Web Token)",
        Pattern.compile(
            left + "eyJ[A-Za-z0-9_-]{10,}\\.eyJ[A-Za-z0-9_-]{10,}\\.[A-Za-z0-9_-]{10,}"));
    // With the beginning of the key: programs that read such files contain the first line alone.
    all.put(
        "-----BEGIN PRIVATE KEY-----",
        Pattern.compile(
            "-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----(?:\\s|\\\\n|\\\\r)*[A-Za-z0-9+/=]{16}"));
    return all;
  }

  /** The kind of key in a text, described without showing it. */
  static Optional<String> in(String name, String text) {
    Optional<String> shaped = shaped(text);
    if (shaped.isPresent()) {
      return shaped;
    }
    boolean one = text.matches("[A-Za-z0-9+/_=.-]{20,200}");
    return one && NAMED.matcher(name).matches() && isRandom(text) && !isSpelled(text, name)
        ? Optional.of(random(name))
        : Optional.empty();
  }

  /**
   * A key in a text.
   *
   * @param offset its start
   * @param what its kind, described without showing it
   */
  record Match(int offset, String what) {}

  /** All keys in a source or a resource. */
  static List<Match> inText(String text) {
    List<Match> all = new ArrayList<>();
    SHAPES.forEach(
        (name, pattern) -> {
          Matcher found = pattern.matcher(text);
          while (found.find()) {
            if (isShaped(found.group())) {
              all.add(new Match(found.start(), formed(name)));
            }
          }
        });
    Matcher assigned = ASSIGNED.matcher(text);
    while (assigned.find()) {
      String value = assigned.group(1);
      String name = name(text, assigned.start(), assigned.end());
      if (isRandom(value) && shaped(value).isEmpty() && !isSpelled(value, name)) {
        all.add(new Match(assigned.start(1), random(name)));
      }
    }
    return all;
  }

  private static String name(String text, int start, int end) {
    int at = start;
    while (at > 0 && end - at < 80 && isOfName(text.charAt(at - 1))) {
      at--;
    }
    return text.substring(at, end);
  }

  private static boolean isOfName(char c) {
    return Character.isLetterOrDigit(c) || c == '_' || c == '.' || c == '-';
  }

  /** Whether a value is its name in another spelling, such as that of a JSON property. */
  private static boolean isSpelled(String value, String name) {
    return letters(value).equals(letters(name));
  }

  private static String letters(String text) {
    return text.replaceAll("[^A-Za-z0-9]", "").toLowerCase(Locale.ROOT);
  }

  private static String formed(String shape) {
    return "a key of the form " + shape;
  }

  private static boolean isShaped(String key) {
    return !PLACEHOLDER.matcher(key).matches() && entropy(key) >= MIN_SHAPE_ENTROPY;
  }

  private static String random(String name) {
    return "a key: what " + name + " is given looks random";
  }

  private static Optional<String> shaped(String text) {
    for (Map.Entry<String, Pattern> shape : SHAPES.entrySet()) {
      Matcher found = shape.getValue().matcher(text);
      while (found.find()) {
        if (isShaped(found.group())) {
          return Optional.of(formed(shape.getKey()));
        }
      }
    }
    return Optional.empty();
  }

  private static boolean isRandom(String text) {
    boolean mixed = text.chars().anyMatch(Character::isDigit);
    mixed &= text.chars().anyMatch(Character::isLetter);
    return mixed
        && text.length() >= MIN_LENGTH
        && entropy(text) >= MIN_RANDOM_ENTROPY
        && !PLACEHOLDER.matcher(text).matches()
        && !isName(text);
  }

  /** Whether a text is a name of a class, file or variable: it consists of words. */
  private static boolean isName(String text) {
    String low = text.toLowerCase(Locale.ROOT);
    int words = 0;
    for (String part : text.split("[._/-]|(?<=[a-z])(?=[A-Z])", -1)) {
      words += part.matches("[A-Za-z]{0,20}|[A-Za-z]{2,}\\d{0,2}") ? part.length() : 0;
    }
    return words * 10 >= low.length() * 7;
  }

  /** The Shannon entropy of a text, in bits per character. */
  static double entropy(String text) {
    Map<Integer, Integer> counts = new HashMap<>();
    text.chars().forEach(c -> counts.merge(c, 1, Integer::sum));
    double sum = 0;
    for (int count : counts.values()) {
      double part = (double) count / text.length();
      sum -= part * Math.log(part) / Math.log(2);
    }
    return sum;
  }
}
