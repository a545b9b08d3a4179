package dev.synthlab.cli.generate;

import dev.synthlab.cli.generate.JavaSource.Expression;
import dev.synthlab.json.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.json.JsonWriteFeature;

/**
 * An example value of a type, in JSON and as a Java expression.
 *
 * @param json maps, lists, strings, numbers
 * @param java the expression
 */
record ExampleValue(Object json, Expression java) {
  private static final int MAX_DEPTH = 12;
  private static final String TIME = "2026-01-02T03:04:05Z";
  private static final String DAY = "2026-01-02";
  private static final String ID = "123e4567-e89b-42d3-a456-426614174000";

  /** The smallest example value of a type; empty if the type is nested too deeply. */
  static Optional<ExampleValue> of(Type type, Map<String, GeneratedType> types) {
    return of(type, types, 0);
  }

  private static Optional<ExampleValue> of(Type type, Map<String, GeneratedType> types, int depth) {
    return switch (type) {
      case Type.Scalar scalar -> Optional.of(of(scalar));
      case Type.ListOf list -> Optional.of(new ExampleValue(List.of(), text("List.of()")));
      case Type.MapOf map -> Optional.of(new ExampleValue(Map.of(), text("Map.of()")));
      case Type.OptionalOf maybe -> Optional.of(new ExampleValue("", text("Optional.empty()")));
      case Type.Named named ->
          Optional.ofNullable(types.get(named.name())).flatMap(each -> of(each, types, depth));
    };
  }

  private static ExampleValue of(Type.Scalar scalar) {
    return switch (scalar) {
      case TEXT -> new ExampleValue("text", text("\"text\""));
      case INT -> new ExampleValue(1, text("1"));
      case LONG -> new ExampleValue(1, text("1L"));
      case DOUBLE -> new ExampleValue(1.5, text("1.5"));
      case BOOLEAN -> new ExampleValue(true, text("true"));
      case INSTANT -> new ExampleValue(TIME, text("Instant.parse(\"" + TIME + "\")"));
      case DATE -> new ExampleValue(DAY, text("LocalDate.parse(\"" + DAY + "\")"));
      case UUID -> new ExampleValue(ID, text("UUID.fromString(\"" + ID + "\")"));
      case ANY -> new ExampleValue(Map.of(), text("Map.of()"));
    };
  }

  private static Optional<ExampleValue> of(
      GeneratedType declared, Map<String, GeneratedType> types, int depth) {
    return switch (declared) {
      case GeneratedType.EnumType words ->
          Optional.of(
              new ExampleValue(
                  words.constants().getFirst().jsonName(),
                  text(words.name() + "." + words.constants().getFirst().name())));
      case GeneratedType.Alias whole ->
          of(whole.aliased(), types, depth + 1)
              .map(
                  all ->
                      new ExampleValue(
                          all.json(),
                          new Expression.Call("new " + whole.name(), List.of(all.java()))));
      case GeneratedType.RecordType fields ->
          depth > MAX_DEPTH ? Optional.empty() : fields(fields, types, depth);
    };
  }

  private static Optional<ExampleValue> fields(
      GeneratedType.RecordType fields, Map<String, GeneratedType> types, int depth) {
    Map<String, Object> json = new LinkedHashMap<>();
    List<Expression> java = new ArrayList<>();
    for (GeneratedType.Field part : fields.fields()) {
      Optional<ExampleValue> sample = of(part.type(), types, depth + 1);
      if (sample.isEmpty()) {
        return Optional.empty();
      }
      if (!(part.type() instanceof Type.OptionalOf)) {
        json.put(part.jsonName(), sample.get().json());
      }
      java.add(sample.get().java());
    }
    return Optional.of(new ExampleValue(json, new Expression.Call("new " + fields.name(), java)));
  }

  private static Expression text(String text) {
    return Expression.of(text);
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
