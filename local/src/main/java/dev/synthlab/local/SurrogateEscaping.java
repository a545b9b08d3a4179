package dev.synthlab.local;

/**
 * Escapes characters that the native library would damage: it returns strings in the encoding of
 * the JVM, in which characters beyond U+FFFF are broken and NUL ends the text. Each such character
 * becomes its hexadecimal code between two characters of the private use area.
 */
final class SurrogateEscaping {
  private static final char OPEN = '\uE000';
  private static final char CLOSE = '\uE001';

  private SurrogateEscaping() {}

  static String fold(String text) {
    StringBuilder folded = new StringBuilder(text.length() + 16);
    text.codePoints()
        .forEach(
            point -> {
              if (point == 0 || point > 0xFFFF || point == OPEN) {
                folded.append(OPEN).append(Integer.toHexString(point)).append(CLOSE);
              } else {
                folded.appendCodePoint(point);
              }
            });
    return folded.toString();
  }

  static String unfold(String text) {
    StringBuilder plain = new StringBuilder(text.length());
    int at = 0;
    while (at < text.length()) {
      int close = text.charAt(at) == OPEN ? text.indexOf(CLOSE, at) : -1;
      if (close < 0) {
        plain.append(text.charAt(at++));
      } else {
        plain.appendCodePoint(Integer.parseInt(text, at + 1, close, 16));
        at = close + 1;
      }
    }
    return plain.toString();
  }
}
