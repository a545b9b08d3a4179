package dev.synthlab.json;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * OpenAI's rules for strict schemas.
 *
 * @see <a href="https://platform.openai.com/docs/guides/structured-outputs">supported schemas</a>
 */
public final class StrictRules {
  private static final Set<String> KEYWORDS =
      Set.of(
          "type",
          "properties",
          "required",
          "enum",
          "const",
          "anyOf",
          "items",
          "$ref",
          "$defs",
          "description",
          "additionalProperties",
          "pattern",
          "format",
          "minimum",
          "maximum",
          "exclusiveMinimum",
          "exclusiveMaximum",
          "multipleOf",
          "minItems",
          "maxItems");
  private static final Set<String> FORMATS =
      Set.of("date-time", "time", "date", "duration", "email", "hostname", "ipv4", "ipv6", "uuid");

  private final Map<String, Object> root;
  private final List<String> broken = new ArrayList<>();

  private StrictRules(Map<String, Object> root) {
    this.root = root;
  }

  /** What breaks a rule, each with its place. */
  public static List<String> broken(Map<String, Object> root) {
    StrictRules rules = new StrictRules(root);
    if (!"object".equals(root.get("type")) || root.containsKey("anyOf")) {
      rules.broken.add("the root is no object");
    }
    rules.check(root, "#");
    return rules.broken;
  }

  private void check(Map<?, ?> schema, String at) {
    for (Object keyword : schema.keySet()) {
      if (!KEYWORDS.contains(String.valueOf(keyword))) {
        broken.add(at + " has the unknown keyword " + keyword);
      }
    }
    boolean says =
        schema.containsKey("type") || schema.containsKey("anyOf") || schema.containsKey("$ref");
    if (!says) {
      broken.add(at + " has no type");
    }
    if (schema.get("$ref") instanceof String ref) {
      if (schema.size() > 1) {
        broken.add(at + " has keywords beside $ref");
      }
      if (!((Map<?, ?>) root.get("$defs")).containsKey(ref.replace("#/$defs/", ""))) {
        broken.add(at + " refers to nothing: " + ref);
      }
    }
    if (schema.containsKey("format") && !FORMATS.contains(schema.get("format"))) {
      broken.add(at + " has the unknown format " + schema.get("format"));
    }
    if ("object".equals(schema.get("type"))) {
      object(schema, at);
    }
    if ("array".equals(schema.get("type")) && !(schema.get("items") instanceof Map<?, ?>)) {
      broken.add(at + " has no items");
    }
    below(schema, at);
  }

  private void object(Map<?, ?> schema, String at) {
    if (!Boolean.FALSE.equals(schema.get("additionalProperties"))) {
      broken.add(at + " allows additional properties");
    }
    if (!(schema.get("properties") instanceof Map<?, ?> properties)
        || !(schema.get("required") instanceof List<?> required)
        || !List.copyOf(properties.keySet()).equals(required)) {
      broken.add(at + " does not require all its properties");
    }
  }

  private void below(Map<?, ?> schema, String at) {
    for (String keyword : List.of("properties", "$defs")) {
      if (schema.get(keyword) instanceof Map<?, ?> named) {
        named.forEach((name, part) -> check((Map<?, ?>) part, at + "/" + keyword + "/" + name));
      }
    }
    if (schema.get("items") instanceof Map<?, ?> item) {
      check(item, at + "/items");
    }
    if (schema.get("anyOf") instanceof List<?> choices) {
      for (int i = 0; i < choices.size(); i++) {
        check((Map<?, ?>) choices.get(i), at + "/anyOf/" + i);
      }
    }
  }
}
