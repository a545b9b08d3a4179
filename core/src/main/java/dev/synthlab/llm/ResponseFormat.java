package dev.synthlab.llm;

import dev.synthlab.json.JsonSchema;

/** The format of an answer: text, a JSON object, or JSON of a schema. */
public sealed interface ResponseFormat {
  /** Any text. */
  ResponseFormat TEXT = new Text();

  /** One JSON object with any members. */
  ResponseFormat JSON = new Json();

  /** Any text. */
  record Text() implements ResponseFormat {}

  /** One JSON object with any members. */
  record Json() implements ResponseFormat {}

  /**
   * JSON that fits a schema: sent as a strict schema where model and server support it, else as an
   * instruction.
   *
   * @param schema of the answer
   */
  record Schema(JsonSchema schema) implements ResponseFormat {}
}
