package dev.synthlab.llm;

import dev.synthlab.json.JsonSchema;

/** What form an answer is asked for in. */
public sealed interface ResponseFormat {
  /** Any text. */
  ResponseFormat TEXT = new Text();

  /** One JSON object of any shape. */
  ResponseFormat JSON = new Json();

  /** Any text. */
  record Text() implements ResponseFormat {}

  /** One JSON object of any shape. */
  record Json() implements ResponseFormat {}

  /**
   * JSON of one shape: by a strict schema where model and server know that, else by a hint.
   *
   * @param schema the shape
   */
  record Schema(JsonSchema schema) implements ResponseFormat {}
}
