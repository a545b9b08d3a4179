package dev.synthlab.logging;

import java.util.Map;

/** Kinds of escapes: ways to write one character as several. */
enum EscapeForm {
  /** Escapes of JSON and programming languages, of addresses and of HTML, in any mixture. */
  COMMON {
    @Override
    long read(DecodedText in, int at, boolean more) {
      return switch (in.at(at)) {
        case '\\' -> backslash(in, at, more);
        case '%' ->
            in.at(at + 1) == 'u'
                ? digits(in, at, 2, 16, 4, 4, more)
                : digits(in, at, 1, 16, 2, 2, more);
        case '&' -> in.at(at + 1) == '#' ? numbered(in, at, more) : named(in, at, more);
        case 'U' -> {
          boolean last = at + 1 == in.length();
          yield last && more
              ? UNFINISHED
              : in.at(at + 1) == '+' ? digits(in, at, 2, 16, 4, 6, more) : NONE;
        }
        default -> NONE;
      };
    }
  },
  /** Escapes of mail: apart from the others, because an equals sign has many other meanings. */
  QUOTED_PRINTABLE {
    @Override
    long read(DecodedText in, int at, boolean more) {
      return in.at(at) == '=' ? digits(in, at, 1, 16, 2, 2, more) : NONE;
    }
  };

  /** No escape begins here. */
  static final long NONE = 0;

  /** More text decides whether an escape begins here. */
  static final long UNFINISHED = -1;

  private static final int MAX_NAME = 10;

  /** The most digits of a number in HTML, which may begin with any number of zeros. */
  private static final int MAX_DIGITS = 64;

  /** The HTML names of ASCII characters that are neither letters nor digits. */
  private static final Map<String, Character> NAMES =
      Map.ofEntries(
          Map.entry("amp", '&'),
          Map.entry("lt", '<'),
          Map.entry("gt", '>'),
          Map.entry("quot", '"'),
          Map.entry("apos", '\''),
          Map.entry("nbsp", ' '),
          Map.entry("excl", '!'),
          Map.entry("num", '#'),
          Map.entry("dollar", '$'),
          Map.entry("percnt", '%'),
          Map.entry("lpar", '('),
          Map.entry("rpar", ')'),
          Map.entry("ast", '*'),
          Map.entry("plus", '+'),
          Map.entry("comma", ','),
          Map.entry("hyphen", '-'),
          Map.entry("dash", '-'),
          Map.entry("period", '.'),
          Map.entry("sol", '/'),
          Map.entry("colon", ':'),
          Map.entry("semi", ';'),
          Map.entry("equals", '='),
          Map.entry("quest", '?'),
          Map.entry("commat", '@'),
          Map.entry("lsqb", '['),
          Map.entry("lbrack", '['),
          Map.entry("bsol", '\\'),
          Map.entry("rsqb", ']'),
          Map.entry("rbrack", ']'),
          Map.entry("Hat", '^'),
          Map.entry("lowbar", '_'),
          Map.entry("UnderBar", '_'),
          Map.entry("grave", '`'),
          Map.entry("lcub", '{'),
          Map.entry("lbrace", '{'),
          Map.entry("verbar", '|'),
          Map.entry("vert", '|'),
          Map.entry("rcub", '}'),
          Map.entry("rbrace", '}'),
          Map.entry("tilde", '~'),
          Map.entry("Tab", '\t'),
          Map.entry("NewLine", '\n'));

  /** The escape that begins at a position, {@link #NONE} or {@link #UNFINISHED}. */
  abstract long read(DecodedText in, int at, boolean more);

  /** What an escape stands for. */
  static int codePoint(long escape) {
    return (int) (escape >>> 8);
  }

  /** How many characters an escape has. */
  static int length(long escape) {
    return (int) escape & 0xff;
  }

  private static long escape(int codePoint, int length) {
    return ((long) codePoint << 8) | length;
  }

  private static long backslash(DecodedText in, int at, boolean more) {
    if (at + 1 == in.length()) {
      return more ? UNFINISHED : NONE;
    }
    char c = in.at(at + 1);
    return switch (c) {
      case 'u', 'x' ->
          in.at(at + 2) == '{'
              ? braced(in, at, more)
              : digits(in, at, 2, 16, c == 'u' ? 4 : 2, c == 'u' ? 4 : 2, more);
      case 'U' -> digits(in, at, 2, 16, 8, 8, more);
      case '0', '1', '2', '3' -> {
        long octal = digits(in, at, 1, 8, 3, 3, more);
        yield octal == NONE && c == '0' ? escape(0, 2) : octal;
      }
      case 'b', 'f', 'n', 'r', 't', 'a', 'v' -> escape('\n', 2);
      default -> Character.isLetterOrDigit(c) ? NONE : escape(c, 2);
    };
  }

  private static long braced(DecodedText in, int at, boolean more) {
    long number = digits(in, at, 3, 16, 1, 8, more);
    if (number <= NONE) {
      return number;
    }
    int end = at + length(number);
    if (end == in.length()) {
      return more ? UNFINISHED : NONE;
    }
    return in.at(end) == '}' ? escape(codePoint(number), length(number) + 1) : NONE;
  }

  private static long numbered(DecodedText in, int at, boolean more) {
    boolean hex = in.at(at + 2) == 'x' || in.at(at + 2) == 'X';
    long number =
        hex
            ? digits(in, at, 3, 16, 1, MAX_DIGITS, more)
            : digits(in, at, 2, 10, 1, MAX_DIGITS, more);
    if (number <= NONE) {
      return number;
    }
    boolean closed = in.at(at + length(number)) == ';';
    return closed ? escape(codePoint(number), length(number) + 1) : number;
  }

  private static long named(DecodedText in, int at, boolean more) {
    int end = at + 1;
    while (end < in.length() && end - at <= MAX_NAME && isLetter(in.at(end))) {
      end++;
    }
    if (end == in.length() && end - at <= MAX_NAME) {
      return more ? UNFINISHED : NONE;
    }
    StringBuilder name = new StringBuilder();
    for (int i = at + 1; i < end; i++) {
      name.append(in.at(i));
    }
    Character meant = NAMES.get(name.toString());
    return meant == null || in.at(end) != ';' ? NONE : escape(meant, end + 1 - at);
  }

  /** A number with a bounded count of digits, after a prefix of a given length. */
  private static long digits(
      DecodedText in, int at, int before, int radix, int fewest, int max, boolean more) {
    int end = at + before;
    int value = 0;
    while (end - at - before < max) {
      int digit = end < in.length() && in.at(end) < 0x80 ? Character.digit(in.at(end), radix) : -1;
      if (digit < 0) {
        break;
      }
      value = Math.min(value * radix + digit, Character.MAX_CODE_POINT + 1);
      end++;
    }
    if (more && end >= in.length() && end - at - before < max) {
      return UNFINISHED;
    }
    return end - at - before < fewest || value > Character.MAX_CODE_POINT
        ? NONE
        : escape(value, end - at);
  }

  private static boolean isLetter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }
}
