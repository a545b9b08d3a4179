package dev.synthlab.llm;

import dev.synthlab.json.JsonBinding;
import dev.synthlab.json.JsonExtractor;
import dev.synthlab.json.JsonSchema;
import dev.synthlab.json.JsonValues;
import dev.synthlab.json.SchemaValidator;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Converts JSON trees to the objects that callers get, with the usual number types of Java. */
final class JsonAnswer {
  private JsonAnswer() {}

  /** Whether the text fits the format of the request, so that it may be cached. */
  static boolean usable(CompletionRequest request, String text) {
    Optional<JsonSchema> schema =
        request.format() instanceof ResponseFormat.Schema shape
            ? Optional.of(shape.schema())
            : Optional.empty();
    boolean json =
        !(request.format() instanceof ResponseFormat.Text)
            || (request.body().get("response_format") instanceof Map<?, ?> form
                && String.valueOf(form.get("type")).startsWith("json"));
    return !json
        || (JsonExtractor.read(text) instanceof JsonExtractor.Tree tree
            && object(tree.value(), schema).value().isPresent());
  }

  /** The object, checked against the schema if there is one. */
  static StructuredCall.Read<Map<String, Object>> object(Object tree, Optional<JsonSchema> schema) {
    Object whole = tree;
    if (tree instanceof List<?> && schema.isPresent() && schema.get().isMulti()) {
      whole = Map.of(JsonBinding.ITEMS, tree);
    }
    if (!(whole instanceof Map<?, ?> object)) {
      return new StructuredCall.Read<>(
          Optional.empty(), List.of("$ must be an object, was " + JsonValues.shown(tree)));
    }
    SchemaValidator.Checked checked =
        schema
            .map(s -> s.check(object))
            .orElseGet(() -> new SchemaValidator.Checked(object, List.of()));
    return checked.violations().isEmpty() && checked.value() instanceof Map<?, ?> fit
        ? new StructuredCall.Read<>(Optional.of(plainObject(fit)), List.of())
        : new StructuredCall.Read<>(Optional.empty(), checked.violations());
  }

  private static Map<String, Object> plainObject(Map<?, ?> object) {
    Map<String, Object> all = new LinkedHashMap<>();
    object.forEach((name, value) -> put(all, String.valueOf(name), plain(value)));
    return all;
  }

  @SuppressWarnings({
    "NullAway",
    "DataFlowIssue"
  }) // JSON has nulls, and a map of Java can hold them
  private static void put(Map<String, Object> all, String name, @Nullable Object value) {
    all.put(name, value);
  }

  private static @Nullable Object plain(@Nullable Object tree) {
    if (tree instanceof Map<?, ?> object) {
      return plainObject(object);
    }
    if (tree instanceof List<?> list) {
      List<@Nullable Object> all = new ArrayList<>();
      list.forEach(element -> all.add(plain(element)));
      return all;
    }
    if (tree instanceof BigDecimal exact) {
      double real = exact.doubleValue();
      return Double.isFinite(real) ? (Object) real : exact;
    }
    return tree;
  }
}
