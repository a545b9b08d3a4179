package dev.synthlab.batch;

import dev.synthlab.http.Json;
import dev.synthlab.logging.Redactor;
import java.io.StringWriter;
import java.util.Locale;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** JSON text without secrets, on one line for every reader, and well-formed. */
final class CleanJson {
  private static final char REPLACEMENT = '\uFFFD';

  private CleanJson() {}

  /** Copies a value; secrets are looked for in the texts as they mean, not as they are escaped. */
  static String redacted(String json) {
    StringWriter text = new StringWriter(json.length() + 64);
    try (JsonParser from = Json.mapper().createParser(json);
        JsonGenerator to = Json.mapper().createGenerator(text)) {
      while (from.nextToken() != null) {
        if (from.currentToken() == JsonToken.VALUE_STRING) {
          to.writeString(Redactor.redactKnown(from.getString()));
        } else if (from.currentToken() == JsonToken.PROPERTY_NAME) {
          to.writeName(Redactor.redactKnown(from.currentName()));
        } else {
          to.copyCurrentEventExact(from);
        }
      }
    }
    return text.toString();
  }

  /**
   * Escapes in JSON text what some readers take for the end of a line or what terminals obey, and
   * replaces surrogates that stand alone. All of it can only stand inside strings.
   */
  static String oneLine(String json) {
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
        line.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
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
    return c > 0x9F && c != 0x2028 && c != 0x2029 && !Character.isSurrogate(c);
  }
}
