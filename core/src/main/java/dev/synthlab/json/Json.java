package dev.synthlab.json;

import java.util.HexFormat;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamWriteConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.json.JsonMapper;

/** The one JSON mapper, with the limits that hold for everything that comes from outside. */
public final class Json {
  /** The deepest nesting that is read. */
  public static final int MAX_DEPTH = 1_000;

  /** The most bytes of a body that is read whole. */
  public static final int MAX_BYTES = 16 * 1024 * 1024;

  private static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(MAX_DEPTH)
                          .maxNumberLength(1_000)
                          .maxStringLength(MAX_BYTES)
                          .build())
                  // What could be read, and stands in a record of ours, can be written.
                  .streamWriteConstraints(
                      StreamWriteConstraints.builder().maxNestingDepth(2 * MAX_DEPTH).build())
                  .disable(JsonWriteFeature.ESCAPE_FORWARD_SLASHES)
                  .build())
          .build();

  private static final char REPLACEMENT = '\uFFFD';

  private Json() {}

  /**
   * A value as one line of JSON that may go to a terminal.
   *
   * @param value what the mapper can write
   * @return JSON text, {@linkplain #printable printable}
   */
  public static String line(Object value) {
    return printable(MAPPER.writeValueAsString(value));
  }

  /**
   * The same JSON, with escapes in place of what terminals obey, what turns text round and what
   * some readers take for the end of a line; surrogates that stand alone are replaced. All of it
   * can only stand inside strings.
   *
   * @param json JSON text on one line
   * @return text that means the same
   */
  public static String printable(String json) {
    int at = 0;
    while (at < json.length() && isPlain(json.charAt(at))) {
      at++;
    }
    if (at == json.length()) {
      return json;
    }
    StringBuilder line = new StringBuilder(json.length() + 16).append(json, 0, at);
    for (; at < json.length(); at++) {
      char c = json.charAt(at);
      if (isPlain(c)) {
        line.append(c);
      } else if (!Character.isSurrogate(c)) {
        line.append("\\u").append(HexFormat.of().toHexDigits(c));
      } else if (Character.isHighSurrogate(c)
          && at + 1 < json.length()
          && Character.isLowSurrogate(json.charAt(at + 1))) {
        line.append(c).append(json.charAt(++at));
      } else {
        line.append(REPLACEMENT);
      }
    }
    return line.toString();
  }

  private static boolean isPlain(char c) {
    if (c < 0x80) {
      return c >= ' ' && c != 0x7F;
    }
    return c > 0x9F && !turnsText(c) && !Character.isSurrogate(c);
  }

  /** Marks of writing direction, and the ends of lines and paragraphs among them. */
  private static boolean turnsText(char c) {
    return c == '\u061c'
        || c == '\u200e'
        || c == '\u200f'
        || (c >= '\u2028' && c <= '\u202e')
        || (c >= '\u2066' && c <= '\u2069');
  }

  /**
   * The mapper. Its numbers are as exact as they stand, its text is UTF-8.
   *
   * @return shared, safe for use by many threads
   */
  public static JsonMapper mapper() {
    return MAPPER;
  }
}
