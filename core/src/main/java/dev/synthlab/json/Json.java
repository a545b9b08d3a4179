package dev.synthlab.json;

import dev.synthlab.Internal;
import java.io.OutputStream;
import java.util.HexFormat;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamWriteConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.json.JsonMapper;

/** The JSON mapper of the library, with limits on depth and size for all that it reads. */
@Internal
public final class Json {
  /** The deepest nesting that is read. */
  public static final int MAX_DEPTH = 1_000;

  /** The most bytes of a body that is read whole. */
  public static final int MAX_BYTES = 16 * 1024 * 1024;

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxNumberLength(1_000)
                  .maxStringLength(MAX_BYTES)
                  .build())
          // A value that could be read can be written as a part of another one.
          .streamWriteConstraints(
              StreamWriteConstraints.builder().maxNestingDepth(2 * MAX_DEPTH).build())
          .disable(JsonWriteFeature.ESCAPE_FORWARD_SLASHES)
          .build();

  /** The mapper is made when something is bound: that loads hundreds of classes. */
  private static final class Mapper {
    private static final JsonMapper INSTANCE = JsonMapper.builder(FACTORY).build();
  }

  private static final char REPLACEMENT = '\uFFFD';

  private Json() {}

  /**
   * A value as one line of JSON that may go to a terminal.
   *
   * @param value what the mapper can write
   * @return JSON text, {@linkplain #printable printable}
   */
  public static String line(Object value) {
    return printable(mapper().writeValueAsString(value));
  }

  /**
   * The same JSON with escapes in place of control characters, marks of writing direction and
   * Unicode's line separators, and with a replacement character for each lone surrogate. All of
   * them can only be inside strings.
   *
   * @param json JSON text on one line
   * @return JSON text with the same value
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
    return c > 0x9F && !isDirectionMark(c) && !Character.isSurrogate(c);
  }

  /** Marks of writing direction, and the separators of lines and paragraphs among them. */
  private static boolean isDirectionMark(char c) {
    return c == '\u061c'
        || c == '\u200e'
        || c == '\u200f'
        || (c >= '\u2028' && c <= '\u202e')
        || (c >= '\u2066' && c <= '\u2069');
  }

  /**
   * A parser with the limits of the mapper, for JSON that is read token by token.
   *
   * @param json JSON text
   * @return a parser that the caller closes
   */
  public static JsonParser parser(String json) {
    return FACTORY.createParser(ObjectReadContext.empty(), json);
  }

  /**
   * A generator with the limits of the mapper, for JSON that is written token by token.
   *
   * @param bytes gets UTF-8
   * @return a generator that the caller closes, and that closes the stream
   */
  public static JsonGenerator generator(OutputStream bytes) {
    return FACTORY.createGenerator(ObjectWriteContext.empty(), bytes);
  }

  /**
   * The mapper. Its text is UTF-8.
   *
   * @return shared, safe for use by many threads
   */
  public static JsonMapper mapper() {
    return Mapper.INSTANCE;
  }
}
