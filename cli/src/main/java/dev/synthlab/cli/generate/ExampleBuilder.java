package dev.synthlab.cli.generate;

import dev.synthlab.cli.generate.JavaSource.Expression;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Builds the example values of one call, the smallest of each type, within a bound on their size:
 * types that refer to each other several times need exponentially many values. For one thread.
 */
final class ExampleBuilder {
  private static final int MAX_DEPTH = 12;

  /** In characters of source. Java allows a text block 65,535, indented lines included. */
  private static final int MAX_SIZE = 20_000;

  /** What a value needs besides its text: indentation, quotation marks, a comma. */
  private static final int VALUE_SIZE = 20;

  private static final String TIME = "2026-01-02T03:04:05Z";
  private static final String DAY = "2026-01-02";
  private static final String ID = "123e4567-e89b-42d3-a456-426614174000";

  private final Map<String, GeneratedType> types;
  private int size;

  ExampleBuilder(Map<String, GeneratedType> types) {
    this.types = types;
  }

  /** An example value of a type; empty if it is nested too deeply, or all values are too large. */
  Optional<ExampleValue> of(Type type) {
    return of(type, 0);
  }

  private Optional<ExampleValue> of(Type type, int depth) {
    size += VALUE_SIZE;
    if (size > MAX_SIZE) {
      return Optional.empty();
    }
    return switch (type) {
      case Type.Scalar scalar -> Optional.of(of(scalar));
      case Type.ListOf list -> Optional.of(new ExampleValue(List.of(), text("List.of()")));
      case Type.MapOf map -> Optional.of(new ExampleValue(Map.of(), text("Map.of()")));
      case Type.OptionalOf maybe -> Optional.of(new ExampleValue("", text("Optional.empty()")));
      case Type.Named named ->
          Optional.ofNullable(types.get(named.name())).flatMap(each -> of(each, depth));
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

  private Optional<ExampleValue> of(GeneratedType declared, int depth) {
    return switch (declared) {
      case GeneratedType.EnumType words -> {
        GeneratedType.Constant first = words.constants().getFirst();
        size += JavaText.literal(first.jsonName()).length();
        yield Optional.of(
            new ExampleValue(first.jsonName(), text(words.name() + "." + first.name())));
      }
      case GeneratedType.Alias whole ->
          of(whole.aliased(), depth + 1).map(all -> all.within("new " + whole.name()));
      case GeneratedType.RecordType fields ->
          depth > MAX_DEPTH ? Optional.empty() : fields(fields, depth);
    };
  }

  private Optional<ExampleValue> fields(GeneratedType.RecordType fields, int depth) {
    Map<String, Object> json = new LinkedHashMap<>();
    List<Expression> java = new ArrayList<>();
    for (GeneratedType.Field part : fields.fields()) {
      size += JavaText.literal(part.jsonName()).length();
      Optional<ExampleValue> example = of(part.type(), depth + 1);
      if (example.isEmpty()) {
        return Optional.empty();
      }
      if (!(part.type() instanceof Type.OptionalOf)) {
        json.put(part.jsonName(), example.get().json());
      }
      java.add(example.get().java());
    }
    return Optional.of(new ExampleValue(json, new Expression.Call("new " + fields.name(), java)));
  }

  private static Expression text(String text) {
    return Expression.of(text);
  }
}
