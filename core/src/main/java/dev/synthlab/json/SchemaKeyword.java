package dev.synthlab.json;

import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** The keywords of JSON Schema that hold schemas, and the names of all others. */
enum SchemaKeyword {
  PROPERTIES("properties", Holds.NAMED, false),
  PATTERN_PROPERTIES("patternProperties", Holds.NAMED, false),
  ADDITIONAL_PROPERTIES("additionalProperties", Holds.ONE, false),
  UNEVALUATED_PROPERTIES("unevaluatedProperties", Holds.ONE, false),
  PROPERTY_NAMES("propertyNames", Holds.ONE, false),
  PREFIX_ITEMS("prefixItems", Holds.SEVERAL, false),
  ITEMS("items", Holds.ONE_OR_SEVERAL, false),
  ADDITIONAL_ITEMS("additionalItems", Holds.ONE, false),
  UNEVALUATED_ITEMS("unevaluatedItems", Holds.ONE, false),
  CONTAINS("contains", Holds.ONE, false),
  ALL_OF("allOf", Holds.SEVERAL, true),
  ANY_OF("anyOf", Holds.SEVERAL, true),
  ONE_OF("oneOf", Holds.SEVERAL, true),
  NOT("not", Holds.ONE, true),
  IF("if", Holds.ONE, true),
  THEN("then", Holds.ONE, true),
  ELSE("else", Holds.ONE, true),
  DEPENDENT_SCHEMAS("dependentSchemas", Holds.NAMED, true),
  DEPENDENCIES("dependencies", Holds.NAMED, true),
  DEFS("$defs", Holds.NAMED, false),
  DEFINITIONS("definitions", Holds.NAMED, false);

  /** Keywords that limit what a value may be, and hold no schemas. */
  static final Set<String> LIMITS =
      Set.of(
          "type",
          "enum",
          "const",
          "multipleOf",
          "maximum",
          "exclusiveMaximum",
          "minimum",
          "exclusiveMinimum",
          "maxLength",
          "minLength",
          "pattern",
          "format",
          "maxItems",
          "minItems",
          "uniqueItems",
          "maxContains",
          "minContains",
          "maxProperties",
          "minProperties",
          "required",
          "dependentRequired");

  /** Keywords that lead to another schema. */
  static final Set<String> REFERENCES = Set.of("$ref", "$dynamicRef", "$recursiveRef");

  /** Keywords that explain. */
  static final Set<String> ANNOTATIONS =
      Set.of(
          "title",
          "description",
          "default",
          "examples",
          "example",
          "deprecated",
          "readOnly",
          "writeOnly",
          "contentEncoding",
          "contentMediaType",
          "contentSchema",
          "$id",
          "$schema",
          "$anchor",
          "$dynamicAnchor",
          "$recursiveAnchor",
          "$vocabulary",
          "$comment");

  /** The keywords that hold schemas, by their names. */
  static final Map<String, SchemaKeyword> BY_NAME = byName();

  /** How a keyword holds schemas. */
  enum Holds {
    ONE,
    SEVERAL,
    ONE_OR_SEVERAL,
    NAMED
  }

  private final String word;
  private final Holds holds;
  private final boolean inPlace;

  SchemaKeyword(String word, Holds holds, boolean inPlace) {
    this.word = word;
    this.holds = holds;
    this.inPlace = inPlace;
  }

  private static Map<String, SchemaKeyword> byName() {
    Map<String, SchemaKeyword> all = new TreeMap<>();
    Arrays.stream(values()).forEach(each -> all.put(each.word, each));
    return Collections.unmodifiableMap(new LinkedHashMap<>(all));
  }

  /** The keyword as it stands in a schema. */
  String word() {
    return word;
  }

  /** Whether its schemas are about the same value, not about a part of it. */
  boolean isInPlace() {
    return inPlace;
  }

  /** Whether its schemas stand under names of their own. */
  boolean isNamed() {
    return holds == Holds.NAMED;
  }

  /** Gives each schema that the value of this keyword holds, with its path below the keyword. */
  void each(@Nullable Object value, BiConsumer<List<Object>, Object> taker) {
    boolean one = holds == Holds.ONE || holds == Holds.ONE_OR_SEVERAL;
    boolean several = holds == Holds.SEVERAL || holds == Holds.ONE_OR_SEVERAL;
    if (one && value != null && isSchema(value)) {
      taker.accept(List.of(), value);
    } else if (several && value instanceof List<?> list) {
      for (int i = 0; i < list.size(); i++) {
        if (isSchema(list.get(i))) {
          taker.accept(List.of(i), list.get(i));
        }
      }
    } else if (holds == Holds.NAMED && value instanceof Map<?, ?> named) {
      named.forEach(
          (name, part) -> {
            if (isSchema(part)) {
              taker.accept(List.of(String.valueOf(name)), part);
            }
          });
    }
  }

  private static boolean isSchema(@Nullable Object value) {
    return value instanceof Map<?, ?> || value instanceof Boolean;
  }
}
