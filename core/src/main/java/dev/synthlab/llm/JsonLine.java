package dev.synthlab.llm;

import com.fasterxml.jackson.annotation.JsonValue;
import org.jspecify.annotations.Nullable;

/**
 * A chat completion object as one line of JSON. A body is put on one line when the line is first
 * asked for: most callers read the text only. Safe for use by many threads.
 */
final class JsonLine {
  private @Nullable String body;
  private @Nullable String line;

  private JsonLine(@Nullable String body, @Nullable String line) {
    this.body = body;
    this.line = line;
  }

  /** JSON that is on one line. */
  static JsonLine of(String line) {
    return new JsonLine(null, line);
  }

  /** A body that was read as JSON. */
  static JsonLine ofBody(String body) {
    return new JsonLine(body, null);
  }

  /** The JSON. */
  @JsonValue
  synchronized String text() {
    String known = line;
    if (known == null) {
      known = ChatJson.onOneLine(body == null ? "" : body);
      line = known;
      body = null;
    }
    return known;
  }
}
