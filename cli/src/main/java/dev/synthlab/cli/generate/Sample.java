package dev.synthlab.cli.generate;

import dev.synthlab.cli.generate.Source.Expression;
import dev.synthlab.http.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.json.JsonWriteFeature;

/**
 * A value of a type, as it stands in JSON and as it is made in Java.
 *
 * @param json maps, lists, texts, numbers
 * @param java an expression
 */
record Sample(Object json, Expression java) {
  private static final int MAX_DEPTH = 12;
  private static final String TIME = "2026-01-02T03:04:05Z";
  private static final String DAY = "2026-01-02";
  private static final String ID = "123e4567-e89b-42d3-a456-426614174000";

  /** A value with as little in it as there may be; empty when there is no small one. */
  static Optional<Sample> of(Type type, Map<String, Declared> types) {
    return of(type, types, 0);
  }

  private static Optional<Sample> of(Type type, Map<String, Declared> types, int depth) {
    return switch (type) {
      case Type.Scalar scalar -> Optional.of(of(scalar));
      case Type.ListOf list -> Optional.of(new Sample(List.of(), text("List.of()")));
      case Type.MapOf map -> Optional.of(new Sample(Map.of(), text("Map.of()")));
      case Type.Maybe maybe -> Optional.of(new Sample("", text("Optional.empty()")));
      case Type.Named named ->
          Optional.ofNullable(types.get(named.name())).flatMap(each -> of(each, types, depth));
    };
  }

  private static Sample of(Type.Scalar scalar) {
    return switch (scalar) {
      case TEXT -> new Sample("text", text("\"text\""));
      case INT -> new Sample(1, text("1"));
      case LONG -> new Sample(1, text("1L"));
      case DOUBLE -> new Sample(1.5, text("1.5"));
      case TRUTH -> new Sample(true, text("true"));
      case INSTANT -> new Sample(TIME, text("Instant.parse(\"" + TIME + "\")"));
      case DATE -> new Sample(DAY, text("LocalDate.parse(\"" + DAY + "\")"));
      case UUID -> new Sample(ID, text("UUID.fromString(\"" + ID + "\")"));
      case ANY -> new Sample(Map.of(), text("Map.of()"));
    };
  }

  private static Optional<Sample> of(Declared declared, Map<String, Declared> types, int depth) {
    return switch (declared) {
      case Declared.Words words ->
          Optional.of(
              new Sample(
                  words.words().getFirst().wire(),
                  text(words.name() + "." + words.words().getFirst().name())));
      case Declared.Whole whole ->
          of(whole.of(), types, depth + 1)
              .map(
                  all ->
                      new Sample(
                          all.json(),
                          new Expression.Call("new " + whole.name(), List.of(all.java()))));
      case Declared.Fields fields ->
          depth > MAX_DEPTH ? Optional.empty() : fields(fields, types, depth);
    };
  }

  private static Optional<Sample> fields(
      Declared.Fields fields, Map<String, Declared> types, int depth) {
    Map<String, Object> json = new LinkedHashMap<>();
    List<Expression> java = new ArrayList<>();
    for (Declared.Part part : fields.parts()) {
      Optional<Sample> sample = of(part.type(), types, depth + 1);
      if (sample.isEmpty()) {
        return Optional.empty();
      }
      if (!(part.type() instanceof Type.Maybe)) {
        json.put(part.wire(), sample.get().json());
      }
      java.add(sample.get().java());
    }
    return Optional.of(new Sample(json, new Expression.Call("new " + fields.name(), java)));
  }

  private static Expression text(String text) {
    return Expression.of(text);
  }

  /** The JSON as lines of a text block. */
  List<String> block() {
    return Json.mapper()
        .writerWithDefaultPrettyPrinter()
        .with(JsonWriteFeature.ESCAPE_NON_ASCII)
        .writeValueAsString(json)
        .lines()
        .map(Sample::inBlock)
        .toList();
  }

  private static String inBlock(String line) {
    String literal = Escaped.literal(line);
    String inside = literal.substring(1, literal.length() - 1);
    // Between three quotes a single one stands for itself.
    return inside.contains("\\\"\\\"") ? inside : inside.replaceAll("(?<!\\\\)\\\\\"", "\"");
  }
}
