package dev.synthlab.batch;

import dev.synthlab.json.Json;
import dev.synthlab.logging.Redactor;
import java.io.StringWriter;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** Copies JSON text and redacts its secrets. */
final class SanitizedJson {
  private SanitizedJson() {}

  /** Copies a value; secrets are searched in the unescaped texts. */
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
}
