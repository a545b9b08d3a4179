package dev.synthlab.rules;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A set of package or class patterns in ArchUnit's syntax: {@code ..} matches any number of
 * packages, {@code *} a part of a name.
 */
record Packages(List<String> patterns, List<Pattern> compiled) {

  static Packages of(String... patterns) {
    return new Packages(List.of(patterns), Stream.of(patterns).map(Packages::regex).toList());
  }

  private static Pattern regex(String pattern) {
    if (!pattern.matches("(\\.\\.)?[\\w$*]+(\\.{1,2}[\\w$*]+)*(\\.\\.)?")) {
      throw new IllegalArgumentException(
          "\"" + pattern + "\" is no package; write it like com.acme.infrastructure..");
    }
    StringBuilder regex = new StringBuilder();
    int at = 0;
    while (at < pattern.length()) {
      char c = pattern.charAt(at);
      if (pattern.startsWith("..", at)) {
        boolean first = at == 0;
        boolean last = at + 2 == pattern.length();
        regex.append(first ? "(.+\\.)?" : last ? "(\\..+)?" : "\\.(.+\\.)?");
        at++;
      } else if (c == '*') {
        regex.append("[^.]*");
      } else {
        regex.append(Pattern.quote(String.valueOf(c)));
      }
      at++;
    }
    return Pattern.compile(regex.toString());
  }

  /** Whether a class, by its full name, is in one of the packages or matches a class pattern. */
  boolean contains(String className) {
    String outermost = JvmNames.outermost(className);
    String packageName = JvmNames.packageOf(className);
    return compiled.stream()
        .anyMatch(each -> each.matcher(packageName).matches() || each.matcher(outermost).matches());
  }

  @Override
  public String toString() {
    return String.join(", ", patterns);
  }
}
