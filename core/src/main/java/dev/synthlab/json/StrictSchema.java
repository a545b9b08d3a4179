package dev.synthlab.json;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A converter of schemas to OpenAI's strict mode. For one schema and one thread.
 *
 * @see <a href="https://platform.openai.com/docs/guides/structured-outputs">the rules</a>
 */
final class StrictSchema {
  private static final int MAX_NESTED = 200;
  private static final Set<String> KEPT =
      SchemaKeyword.words(
          "type enum const description pattern minimum maximum exclusiveMinimum exclusiveMaximum"
              + " multipleOf minItems maxItems");
  private static final Set<String> FORMATS =
      SchemaKeyword.words("date-time time date duration email hostname ipv4 ipv6 uuid");

  /**
   * Keywords without which the schema would mean something else. The answer is checked by others.
   */
  private static final Set<String> NEEDED =
      SchemaKeyword.words(
          "allOf patternProperties prefixItems dependentSchemas $dynamicRef propertyNames"
              + " unevaluatedProperties if contains $anchor");

  /** Keywords that stay at the root when the schema becomes that of an element. */
  private static final Set<String> SHARED = Set.of("$defs", "definitions", "$schema", "$id");

  private int nested;

  private StrictSchema() {}

  /** Strict mode cannot express it. */
  private static final class NotStrictException extends Exception {
    private static final long serialVersionUID = 1L;

    NotStrictException() {
      super("not strict", null, false, false);
    }
  }

  static Optional<Map<String, Object>> of(Map<String, Object> tree) {
    StrictSchema schema = new StrictSchema();
    try {
      Map<String, Object> strict = schema.strict(tree);
      Map<String, Object> definitions = new LinkedHashMap<>();
      for (String place : List.of("$defs", "definitions")) {
        if (tree.get(place) instanceof Map<?, ?> named) {
          for (Map.Entry<?, ?> each : named.entrySet()) {
            definitions.put(String.valueOf(each.getKey()), schema.strict(each.getValue()));
          }
        }
      }
      if (!definitions.isEmpty()) {
        strict.put("$defs", definitions);
      }
      boolean object = "object".equals(strict.get("type")) && !strict.containsKey("anyOf");
      return object ? Optional.of(strict) : Optional.empty();
    } catch (NotStrictException e) {
      return Optional.empty();
    }
  }

  private Map<String, Object> strict(@Nullable Object given) throws NotStrictException {
    nested++;
    if (!(given instanceof Map<?, ?> schema)
        || nested > MAX_NESTED
        || schema.keySet().stream().anyMatch(NEEDED::contains)) {
      throw new NotStrictException();
    }
    Map<String, Object> strict = new LinkedHashMap<>();
    if (schema.get("$ref") instanceof String reference) {
      strict.put("$ref", reference.replace("#/definitions/", "#/$defs/"));
    } else {
      fill(schema, strict);
    }
    nested--;
    return strict;
  }

  private void fill(Map<?, ?> schema, Map<String, Object> strict) throws NotStrictException {
    for (Map.Entry<?, ?> each : schema.entrySet()) {
      String keyword = String.valueOf(each.getKey());
      if (KEPT.contains(keyword)
          || (keyword.equals("format") && FORMATS.contains(each.getValue()))) {
        put(strict, keyword, each.getValue());
      }
    }
    infer(schema, strict);
    if (names(strict.get("type"), "object")) {
      members(schema, strict);
    }
    if (names(strict.get("type"), "array")) {
      strict.put("items", strict(schema.get("items")));
    }
    Object choices = schema.containsKey("anyOf") ? schema.get("anyOf") : schema.get("oneOf");
    if (choices instanceof List<?> several) {
      List<Object> all = new ArrayList<>();
      for (Object choice : several) {
        all.add(strict(choice));
      }
      strict.put("anyOf", all);
    }
    if (!strict.containsKey("type") && !strict.containsKey("anyOf")) {
      throw new NotStrictException();
    }
  }

  @SuppressWarnings("NullAway") // a constant may be null
  private static void put(Map<String, Object> strict, String keyword, @Nullable Object value) {
    strict.put(keyword, value);
  }

  private static boolean names(@Nullable Object type, String wanted) {
    return wanted.equals(type) || (type instanceof List<?> several && several.contains(wanted));
  }

  /** Strict mode wants a type beside constants. */
  private static void infer(Map<?, ?> schema, Map<String, Object> strict) {
    if (schema.containsKey("type")) {
      return;
    }
    if (schema.containsKey("properties")) {
      strict.put("type", "object");
    } else if (schema.containsKey("items")) {
      strict.put("type", "array");
    } else if (schema.containsKey("enum") || schema.containsKey("const")) {
      List<?> constants = schema.get("enum") instanceof List<?> all ? all : List.of();
      Set<String> types = new LinkedHashSet<>();
      constants.forEach(constant -> types.add(JsonValues.typeOf(constant)));
      if (schema.containsKey("const")) {
        types.add(JsonValues.typeOf(schema.get("const")));
      }
      strict.put("type", types.size() == 1 ? types.iterator().next() : List.copyOf(types));
    }
  }

  private void members(Map<?, ?> schema, Map<String, Object> strict) throws NotStrictException {
    Object more = schema.get("additionalProperties");
    if (!(schema.get("properties") instanceof Map<?, ?> properties)
        || (more != null && !Boolean.FALSE.equals(more))) {
      throw new NotStrictException();
    }
    List<?> required = schema.get("required") instanceof List<?> names ? names : List.of();
    Map<String, Object> all = new LinkedHashMap<>();
    for (Map.Entry<?, ?> each : properties.entrySet()) {
      Map<String, Object> member = strict(each.getValue());
      boolean needed = required.contains(each.getKey());
      all.put(String.valueOf(each.getKey()), needed ? member : SchemaGenerator.orNull(member));
    }
    strict.put("properties", all);
    strict.put("required", List.copyOf(all.keySet()));
    strict.put("additionalProperties", false);
  }

  /** An object with an array of what the schema says. */
  static Map<String, Object> multi(Map<String, Object> tree) {
    Map<String, Object> item = new LinkedHashMap<>();
    Map<String, Object> root = new LinkedHashMap<>();
    tree.forEach(
        (keyword, value) -> {
          boolean shared = SHARED.contains(keyword);
          (shared ? root : item).put(keyword, moved(value));
        });
    Map<String, Object> array = SchemaGenerator.typed("array");
    array.put("items", item);
    root.putAll(SchemaGenerator.object(new LinkedHashMap<>(Map.of(JsonBinding.ITEMS, array))));
    return root;
  }

  private static String moved(String reference) {
    boolean stays =
        !reference.equals("#")
            && (!reference.startsWith("#/")
                || reference.startsWith("#/$defs/")
                || reference.startsWith("#/definitions/"));
    return stays
        ? reference
        : "#/properties/" + JsonBinding.ITEMS + "/items" + reference.substring(1);
  }

  /** What referred to the root refers to the item that it has become. */
  private static Object moved(Object part) {
    if (part instanceof List<?> list) {
      List<Object> all = new ArrayList<>();
      list.forEach(each -> all.add(moved(each)));
      return all;
    }
    if (part instanceof Map<?, ?> map) {
      Map<String, Object> all = new LinkedHashMap<>();
      map.forEach(
          (name, value) ->
              put(
                  all,
                  String.valueOf(name),
                  "$ref".equals(name) && value instanceof String reference
                      ? moved(reference)
                      : moved(value)));
      return all;
    }
    return part;
  }
}
