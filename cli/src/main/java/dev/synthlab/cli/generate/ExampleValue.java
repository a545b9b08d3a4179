package dev.synthlab.cli.generate;

import dev.synthlab.cli.generate.JavaSource.Expression;
import dev.synthlab.json.Json;
import java.util.List;
import tools.jackson.core.json.JsonWriteFeature;

/**
 * An example value of a type, in JSON and as a Java expression.
 *
 * @param json maps, lists, strings, numbers
 * @param java the expression
 */
record ExampleValue(Object json, Expression java) {
  /** The same JSON, with the expression as the argument of a call. */
  ExampleValue within(String call) {
    return new ExampleValue(json, new Expression.Call(call, List.of(java)));
  }

  /** The JSON as the lines of a Java text block. */
  List<String> block() {
    return Json.mapper()
        .writerWithDefaultPrettyPrinter()
        .with(JsonWriteFeature.ESCAPE_NON_ASCII)
        .writeValueAsString(json)
        .lines()
        .map(ExampleValue::inBlock)
        .toList();
  }

  private static String inBlock(String line) {
    String literal = JavaText.literal(line);
    String inside = literal.substring(1, literal.length() - 1);
    // In a text block a single quotation mark needs no escape.
    return inside.contains("\\\"\\\"") ? inside : inside.replaceAll("(?<!\\\\)\\\\\"", "\"");
  }
}
