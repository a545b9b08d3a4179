package dev.synthlab.json;

import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A keyword of JSON Schema that holds schemas; the other keywords by what they are for.
 *
 * @param named whether its schemas have names, as those of {@code properties}
 * @param inPlace whether its schemas apply to the same value, not to a part of it
 */
record SchemaKeyword(boolean named, boolean inPlace) {
  /** Keywords that limit a value and hold no schemas. */
  static final Set<String> ASSERTIONS =
      words(
          "type enum const multipleOf maximum exclusiveMaximum minimum exclusiveMinimum maxLength"
              + " minLength pattern format maxItems minItems uniqueItems maxContains minContains"
              + " maxProperties minProperties required dependentRequired");

  /** Keywords that refer to another schema. */
  static final Set<String> REFERENCES = words("$ref $dynamicRef $recursiveRef");

  /** Keywords that name a schema or its dialect. */
  static final Set<String> IDENTIFIERS =
      words("$id $schema $anchor $dynamicAnchor $recursiveAnchor $vocabulary $comment");

  /** Keywords that explain a value. */
  static final Set<String> ANNOTATIONS =
      words(
          "title description default examples example deprecated readOnly writeOnly"
              + " contentEncoding contentMediaType contentSchema");

  /** Keywords that hold definitions, which apply to nothing by themselves. */
  static final Set<String> DEFINITIONS = words("$defs definitions");

  /** The keywords that hold schemas, by their names. */
  static final Map<String, SchemaKeyword> APPLICATORS = applicators();

  /** All keywords of the drafts, in alphabetical order. */
  static final NavigableSet<String> KNOWN = new TreeSet<>(APPLICATORS.keySet());

  static {
    List.of(ASSERTIONS, REFERENCES, IDENTIFIERS, ANNOTATIONS).forEach(KNOWN::addAll);
  }

  private static Map<String, SchemaKeyword> applicators() {
    Map<String, SchemaKeyword> all = new TreeMap<>();
    words("properties patternProperties $defs definitions")
        .forEach(word -> all.put(word, new SchemaKeyword(true, false)));
    words("dependentSchemas dependencies")
        .forEach(word -> all.put(word, new SchemaKeyword(true, true)));
    words("allOf anyOf oneOf not if then else")
        .forEach(word -> all.put(word, new SchemaKeyword(false, true)));
    words(
            "additionalProperties unevaluatedProperties propertyNames prefixItems items"
                + " additionalItems unevaluatedItems contains")
        .forEach(word -> all.put(word, new SchemaKeyword(false, false)));
    return all;
  }

  static Set<String> words(String text) {
    return Set.of(text.split(" "));
  }

  /** Whether a keyword limits a value, by itself or by the schemas it holds. */
  static boolean isLimit(String word) {
    return ASSERTIONS.contains(word)
        || (APPLICATORS.containsKey(word) && !DEFINITIONS.contains(word));
  }

  /** Gives each schema in the value of this keyword, with its JSON pointer below the keyword. */
  void each(@Nullable Object value, BiConsumer<String, Object> taker) {
    if (named && value instanceof Map<?, ?> map) {
      map.forEach((name, part) -> give("/" + escaped(String.valueOf(name)), part, taker));
    } else if (value instanceof List<?> list) {
      for (int i = 0; i < list.size(); i++) {
        give("/" + i, list.get(i), taker);
      }
    } else if (!named) {
      give("", value, taker);
    }
  }

  private static void give(
      String pointer, @Nullable Object part, BiConsumer<String, Object> taker) {
    if (part instanceof Map<?, ?> || part instanceof Boolean) {
      taker.accept(pointer, part);
    }
  }

  /** A name as a JSON pointer has it. */
  static String escaped(String name) {
    return name.replace("~", "~0").replace("/", "~1");
  }
}
