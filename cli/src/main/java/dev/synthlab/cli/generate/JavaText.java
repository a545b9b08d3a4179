package dev.synthlab.cli.generate;

import java.util.Locale;

/**
 * Escapes text of a file for Java sources: it cannot end a comment or a literal, and cannot become
 * a tag, a Unicode escape or a bidirectional control character.
 */
final class JavaText {
  private static final int MAX = 600;
  private static final int MAX_READ = 10 * MAX;

  private JavaText() {}

  /** A string literal, with its quotes. */
  static String literal(String text) {
    StringBuilder out = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        default -> {
          if (c < ' ' || c > '~') {
            out.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    return out.append('"').toString();
  }

  /** Text of a Javadoc comment. */
  static String javadoc(String text) {
    StringBuilder out = new StringBuilder();
    String line = line(text);
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      switch (c) {
        case '&' -> out.append("&amp;");
        case '<' -> out.append("&lt;");
        case '>' -> out.append("&gt;");
        case '@' -> out.append("&#64;");
        case '{' -> out.append("&#123;");
        case '}' -> out.append("&#125;");
        case '\\' -> out.append("&#92;");
        case '/' -> out.append(out.toString().endsWith("*") ? "&#47;" : "/");
        case '*' -> out.append(out.toString().endsWith("/") ? "&#42;" : "*");
        default -> out.append(c);
      }
    }
    return out.toString();
  }

  /** A code name in a Javadoc comment. */
  static String code(String text) {
    String line = line(text);
    return line.matches("(?:[A-Za-z0-9_./ -]|\\{[A-Za-z0-9_./ -]*})*") && !line.isEmpty()
        ? "{@code " + line + "}"
        : "<code>" + javadoc(line) + "</code>";
  }

  /** One line of Markdown. */
  static String markdown(String text) {
    return line(text).replaceAll("([\\\\`*_\\[\\]<>|#&])", "\\\\$1");
  }

  /** One line of at most 600 characters, without invisible characters. */
  static String line(String text) {
    // A long text may be the description of many fields: only its beginning is read.
    String read = text.substring(0, Math.min(text.length(), MAX_READ));
    String line = read.replaceAll("[\\p{Cntrl}\\p{Cf}\\p{Co}\\p{Cn}\\p{Z}\\s]+", " ").strip();
    if (line.length() <= MAX && read.length() == text.length()) {
      return line;
    }
    int end = Math.min(line.length(), MAX);
    boolean half = end > 0 && Character.isHighSurrogate(line.charAt(end - 1));
    return (line.substring(0, half ? end - 1 : end).strip() + " ...").strip();
  }
}
