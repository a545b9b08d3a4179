package dev.synthlab.json;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A parser of one object or array that is nearly JSON: other quotes, keys without quotes, missing
 * or additional commas, comments, raw line breaks and unescaped quotes in strings, the constants of
 * Python and JavaScript. Of members with the same name the last one counts. For one text and one
 * thread.
 */
final class LenientJsonParser {
  private static final int MAX_NUMBER = 1_000;
  private static final int LOOK_AHEAD = 80;
  private static final Map<Character, Character> ESCAPES =
      Map.of('n', '\n', 't', '\t', 'r', '\r', 'b', '\b', 'f', '\f');

  private final String text;
  private final boolean closing;
  private int at;
  private int depth;
  private boolean begun;

  /** Stands for a value that the end of the text may have cut in two. */
  private enum CutOff {
    SCALAR
  }

  /** Where a string stands, which tells what may come after it. */
  private enum Place {
    KEY,
    MEMBER,
    ELEMENT
  }

  /** The text is not like JSON. */
  static final class NoJsonException extends Exception {
    private static final long serialVersionUID = 1L;
    private final boolean cutOff;

    NoJsonException(String reason, boolean cutOff) {
      super(reason, null, false, false);
      this.cutOff = cutOff;
    }

    /** Whether all was well up to the end of the text. */
    boolean cutOff() {
      return cutOff;
    }
  }

  /**
   * A parser.
   *
   * @param closing whether what the end of the text leaves open is closed there
   */
  LenientJsonParser(String text, int start, boolean closing) {
    this.text = text;
    this.at = start;
    this.closing = closing;
  }

  int position() {
    return at;
  }

  /** Whether a member or an element was read, so that the text is meant as JSON. */
  boolean begun() {
    return begun;
  }

  Object container() throws NoJsonException {
    return text.charAt(at) == '{' ? object() : array();
  }

  private Map<String, @Nullable Object> object() throws NoJsonException {
    enter();
    Map<String, @Nullable Object> members = new LinkedHashMap<>();
    while (!ended('}')) {
      String key = key();
      skipBlank();
      if (ended()) {
        break;
      }
      if (!isColon(text.charAt(at))) {
        throw wrong("a colon was expected after \"" + key + "\"");
      }
      at++;
      skipBlank();
      if (ended()) {
        break;
      }
      Object value = value(Place.MEMBER);
      if (!(value instanceof CutOff)) {
        members.put(key, value);
      }
      begun = true;
    }
    depth--;
    return members;
  }

  private List<@Nullable Object> array() throws NoJsonException {
    enter();
    List<@Nullable Object> elements = new ArrayList<>();
    while (!ended(']')) {
      Object value = value(Place.ELEMENT);
      if (!(value instanceof CutOff)) {
        elements.add(value);
      }
      begun = true;
    }
    depth--;
    return elements;
  }

  private void enter() throws NoJsonException {
    at++;
    depth++;
    if (depth > Json.MAX_DEPTH) {
      throw wrong("it is nested deeper than " + Json.MAX_DEPTH);
    }
  }

  /** Whether the object or array ends here. */
  private boolean ended(char bracket) throws NoJsonException {
    skipCommas();
    if (ended()) {
      return true;
    }
    boolean last = text.charAt(at) == bracket;
    at += last ? 1 : 0;
    return last;
  }

  /** Whether the text is over; it may be only where what is open shall be closed. */
  private boolean ended() throws NoJsonException {
    if (at < text.length()) {
      return false;
    }
    if (closing) {
      return true;
    }
    throw new NoJsonException("it is cut off", true);
  }

  private NoJsonException wrong(String reason) {
    return new NoJsonException(reason + " at character " + at, false);
  }

  private String key() throws NoJsonException {
    char first = text.charAt(at);
    if (isQuote(first)) {
      return string(Place.KEY);
    }
    int start = at;
    while (at < text.length() && isWordPart(text.charAt(at))) {
      at++;
    }
    if (at == start) {
      throw wrong("a name was expected");
    }
    return text.substring(start, at);
  }

  private @Nullable Object value(Place place) throws NoJsonException {
    char first = text.charAt(at);
    if (first == '{') {
      return object();
    }
    if (first == '[') {
      return array();
    }
    if (isQuote(first)) {
      return string(place);
    }
    int start = at;
    while (at < text.length() && isScalarPart(text.charAt(at))) {
      at++;
    }
    String word = text.substring(start, at);
    if (at == text.length()) {
      ended();
      return CutOff.SCALAR; // a number or word at the very end may be cut off itself
    }
    return scalar(word);
  }

  private @Nullable Object scalar(String word) throws NoJsonException {
    return switch (word) {
      case "true", "True", "TRUE" -> true;
      case "false", "False", "FALSE" -> false;
      case "null", "None", "NULL", "Null", "nil", "undefined" -> null;
      case "NaN", "nan", "Infinity", "-Infinity", "+Infinity", "inf", "-inf" -> null;
      default -> number(word);
    };
  }

  private Object number(String word) throws NoJsonException {
    if (word.isEmpty() || word.length() > MAX_NUMBER) {
      throw wrong(word.isEmpty() ? "a value was expected" : "a number is too long");
    }
    String digits = word.replace("_", "");
    try {
      if (!digits.chars().allMatch(c -> "+-.eE0123456789".indexOf(c) >= 0)) {
        throw new NumberFormatException("other digits than those of JSON");
      }
      if (digits.chars().allMatch(c -> c == '-' || c == '+' || (c >= '0' && c <= '9'))) {
        return Objects.requireNonNull(JsonValues.whole(new BigInteger(digits)));
      }
      return new BigDecimal(digits.endsWith(".") ? digits + "0" : digits);
    } catch (NumberFormatException e) {
      at -= word.length();
      throw wrong("a value was expected");
    }
  }

  private String string(Place place) throws NoJsonException {
    char opened = text.charAt(at);
    at++;
    StringBuilder content = new StringBuilder();
    while (at < text.length()) {
      char c = text.charAt(at);
      if (c == '\\' && at + 1 < text.length()) {
        escape(content);
      } else if (closes(opened, c) && endsHere(at + 1, place)) {
        at++;
        return content.toString();
      } else {
        content.append(c);
        at++;
      }
    }
    ended();
    return content.toString();
  }

  private void escape(StringBuilder content) {
    char c = text.charAt(at + 1);
    if (c == 'u' && isHex(at + 2)) {
      content.append((char) Integer.parseInt(text, at + 2, at + 6, 16));
      at += 6;
      return;
    }
    Character plain = ESCAPES.get(c);
    if (plain != null) {
      content.append((char) plain);
    } else if (Character.isLetterOrDigit(c)) {
      content.append('\\').append(c); // a path or a formula whose backslash was not doubled
    } else {
      content.append(c);
    }
    at += 2;
  }

  private boolean isHex(int from) {
    return from + 4 <= text.length()
        && text.substring(from, from + 4).chars().allMatch(HexFormat::isHexDigit);
  }

  /** Whether a quote ends its string: it does when what follows fits, else it is a part of it. */
  private boolean endsHere(int from, Place place) {
    int next = pastBlank(from);
    if (next >= text.length()) {
      return true;
    }
    char c = text.charAt(next);
    return switch (place) {
      case KEY -> isColon(c);
      case MEMBER ->
          switch (c) {
            case '}', '/', '#' -> true;
            case ',', '，' -> memberBegins(pastBlank(next + 1));
            default -> isQuote(c) && memberBegins(next);
          };
      case ELEMENT ->
          switch (c) {
            case ']', '/', '#' -> true;
            case ',', '，' -> valueBegins(pastBlank(next + 1));
            default -> isQuote(c) && next > from;
          };
    };
  }

  /** Whether there is a name and a colon, or the end of the object. */
  private boolean memberBegins(int from) {
    if (from >= text.length() || "},/#".indexOf(text.charAt(from)) >= 0) {
      return true;
    }
    char first = text.charAt(from);
    int end = from;
    int max = Math.min(text.length(), from + LOOK_AHEAD);
    if (isQuote(first)) {
      end++;
      while (end < max && !closes(first, text.charAt(end))) {
        end++;
      }
      end++;
    } else {
      while (end < max && isWordPart(text.charAt(end))) {
        end++;
      }
    }
    // A long name is taken for one: nobody quotes that much within a sentence.
    return end >= max || isColon(text.charAt(pastBlank(end, text.length() - 1)));
  }

  private boolean valueBegins(int from) {
    if (from >= text.length()) {
      return true;
    }
    char c = text.charAt(from);
    return isQuote(c)
        || "{[]-+.,/#".indexOf(c) >= 0
        || (c >= '0' && c <= '9')
        || text.startsWith("true", from)
        || text.startsWith("false", from)
        || text.startsWith("null", from)
        || text.startsWith("None", from)
        || text.startsWith("True", from)
        || text.startsWith("False", from);
  }

  private void skipCommas() {
    skipBlank();
    while (at < text.length() && (text.charAt(at) == ',' || text.charAt(at) == '，')) {
      at++;
      skipBlank();
    }
  }

  private void skipBlank() {
    at = pastBlank(at);
    while (at < text.length()) {
      char c = text.charAt(at);
      if (c == '#' || text.startsWith("//", at)) {
        int end = text.indexOf('\n', at);
        at = end < 0 ? text.length() : end;
      } else if (text.startsWith("/*", at)) {
        int end = text.indexOf("*/", at + 2);
        at = end < 0 ? text.length() : end + 2;
      } else {
        return;
      }
      at = pastBlank(at);
    }
  }

  private int pastBlank(int from) {
    return pastBlank(from, text.length());
  }

  private int pastBlank(int from, int max) {
    int next = from;
    while (next < max && isBlank(text.charAt(next))) {
      next++;
    }
    return Math.min(next, max);
  }

  static boolean isBlank(char c) {
    return c <= ' ' || c == '\ufeff' || c == '\u200b' || Character.isSpaceChar(c);
  }

  private static boolean isColon(char c) {
    return c == ':' || c == '：';
  }

  private static boolean isQuote(char c) {
    return "\"'`“”„‟‘’‚".indexOf(c) >= 0;
  }

  private static boolean closes(char opened, char c) {
    return switch (opened) {
      case '“', '”', '„', '‟' -> "“”‟\"".indexOf(c) >= 0;
      case '‘', '’', '‚' -> "‘’'".indexOf(c) >= 0;
      default -> c == opened;
    };
  }

  private static boolean isWordPart(char c) {
    return Character.isLetterOrDigit(c) || c == '_' || c == '$' || c == '-' || c == '.';
  }

  private static boolean isScalarPart(char c) {
    return isWordPart(c) || c == '+';
  }
}
