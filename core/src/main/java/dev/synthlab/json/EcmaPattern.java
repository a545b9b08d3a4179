package dev.synthlab.json;

import java.util.HexFormat;
import java.util.Map;

/** A translator of the regular expressions of JSON Schema, ECMA-262, to those of RE2 or Java. */
final class EcmaPattern {
  /** The short names of some general categories of Unicode by their long names. */
  private static final Map<String, String> CATEGORIES =
      Map.of(
          "Letter", "L",
          "Uppercase_Letter", "Lu",
          "Lowercase_Letter", "Ll",
          "Number", "N",
          "Decimal_Number", "Nd",
          "digit", "Nd",
          "Punctuation", "P",
          "Symbol", "S",
          "Separator", "Z",
          "Mark", "M");

  private final String source;
  private final boolean java;
  private final StringBuilder out = new StringBuilder();
  private int at;
  private boolean inClass;
  private int classStart;

  private EcmaPattern(String source, boolean java) {
    this.source = source;
    this.java = java;
  }

  /**
   * Translates an expression.
   *
   * @param java whether for Java's engine, else for RE2
   */
  static String translate(String source, boolean java) {
    return new EcmaPattern(source, java).translated();
  }

  private String translated() {
    while (at < source.length()) {
      char c = source.charAt(at);
      if (c == '\\' && at + 1 < source.length()) {
        escape(source.charAt(at + 1));
        continue;
      }
      at++;
      if (inClass) {
        classPart(c);
      } else if (c == '$') {
        out.append(java ? "\\z" : "$"); // Java's $ also stands before a last line feed
      } else {
        inClass = c == '[';
        out.append(c);
        classStart = out.length();
      }
    }
    return out.toString();
  }

  private void classPart(char c) {
    boolean first = out.length() == classStart;
    if (first && c == '^') {
      classStart++;
    }
    inClass = c != ']' || first;
    if (c == '[' || (c == '&' && java)) {
      out.append('\\'); // no classes within classes, no intersections
    }
    out.append(c);
  }

  private void escape(char c) {
    int start = at;
    at += 2;
    if (c == 'u' && hex(at)) {
      int unit = Integer.parseInt(source, at, at + 4, 16);
      at += 4;
      if (Character.isHighSurrogate((char) unit) && source.startsWith("\\u", at) && hex(at + 2)) {
        char low = (char) Integer.parseInt(source, at + 2, at + 6, 16);
        if (Character.isLowSurrogate(low)) {
          unit = Character.toCodePoint((char) unit, low);
          at += 6;
        }
      }
      out.append("\\x{").append(Integer.toHexString(unit)).append('}');
    } else if ((c == 'p' || c == 'P')
        && source.startsWith("{", at)
        && source.indexOf('}', at) > 0) {
      int end = source.indexOf('}', at);
      String name = source.substring(at + 1, end);
      out.append('\\').append(c).append('{').append(CATEGORIES.getOrDefault(name, name));
      out.append('}');
      at = end + 1;
    } else if (c == 'c' && at < source.length()) {
      out.append("\\x{").append(Integer.toHexString(source.charAt(at) % 32)).append('}');
      at++;
    } else if (c == '/') {
      out.append(c);
    } else {
      out.append(source, start, at);
    }
  }

  private boolean hex(int from) {
    return from + 4 <= source.length()
        && source.substring(from, from + 4).chars().allMatch(HexFormat::isHexDigit);
  }
}
