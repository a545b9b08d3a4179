package dev.synthlab.json;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The generator of JSON Schemas within the rules of OpenAI's strict mode: every property required,
 * no other properties, only the keywords that it knows. For one schema and one thread.
 *
 * @see <a href="https://platform.openai.com/docs/guides/structured-outputs">the rules</a>
 */
final class SchemaGenerator {
  private final Map<String, Object> definitions = new LinkedHashMap<>();

  private SchemaGenerator() {}

  static Map<String, Object> of(SchemaNode root, Optional<String> wrapper) {
    SchemaGenerator schema = new SchemaGenerator();
    Map<String, Object> tree;
    if (wrapper.isPresent()) {
      Map<String, Object> only = new LinkedHashMap<>();
      only.put(wrapper.get(), schema.tree(root));
      tree = object(only);
    } else {
      tree = schema.tree(root instanceof SchemaNode.RefNode named ? named.target() : root);
    }
    if (!schema.definitions.isEmpty()) {
      tree.put("$defs", schema.definitions);
    }
    return tree;
  }

  private Map<String, Object> tree(SchemaNode node) {
    return switch (node) {
      case SchemaNode.BooleanNode flag -> typed("boolean");
      case SchemaNode.NumberNode number -> number(number);
      case SchemaNode.TextNode text -> {
        Map<String, Object> tree = typed("string");
        text.limits().pattern().ifPresent(pattern -> tree.put("pattern", pattern.source()));
        yield tree;
      }
      case SchemaNode.FormattedTextNode spelled -> {
        Map<String, Object> tree = typed("string");
        tree.putAll(spelled.keywords());
        tree.put("description", spelled.what());
        yield tree;
      }
      case SchemaNode.EnumNode choice -> {
        Map<String, Object> tree = typed("string");
        tree.put("enum", new ArrayList<>(choice.constants().keySet()));
        choice.description().ifPresent(words -> tree.put("description", words));
        yield tree;
      }
      case SchemaNode.ArrayNode items -> array(tree(items.item()), items.limits());
      case SchemaNode.MapNode entries -> {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("key", tree(entries.key()));
        members.put("value", tree(entries.value()));
        yield array(object(members), entries.limits());
      }
      case SchemaNode.OptionalNode maybe -> orNull(tree(maybe.inner()));
      case SchemaNode.ObjectNode fields -> fields(fields, null);
      case SchemaNode.UnionNode variants -> variants(variants);
      case SchemaNode.RefNode named -> named(named);
    };
  }

  private static Map<String, Object> number(SchemaNode.NumberNode number) {
    Map<String, Object> tree = typed(number.whole() ? "integer" : "number");
    number.limits().min().ifPresent(min -> tree.put("minimum", plain(min)));
    number.limits().max().ifPresent(max -> tree.put("maximum", plain(max)));
    return tree;
  }

  private static Object plain(java.math.BigDecimal bound) {
    return bound.stripTrailingZeros().scale() <= 0 ? bound.toBigInteger() : bound;
  }

  private static Map<String, Object> array(Map<String, Object> item, SchemaNode.Limits limits) {
    Map<String, Object> tree = typed("array");
    tree.put("items", item);
    if (limits.minItems() > 0) {
      tree.put("minItems", limits.minItems());
    }
    if (limits.maxItems() < Integer.MAX_VALUE) {
      tree.put("maxItems", limits.maxItems());
    }
    return tree;
  }

  private Map<String, Object> fields(SchemaNode.ObjectNode fields, @Nullable String variant) {
    Map<String, Object> members = new LinkedHashMap<>();
    if (variant != null) {
      Map<String, Object> only = typed("string");
      only.put("enum", List.of(variant));
      members.put(JsonBinding.DISCRIMINATOR, only);
    }
    for (SchemaNode.Field field : fields.fields()) {
      Map<String, Object> tree = tree(field.node());
      members.put(
          field.name(), field.description().map(words -> described(tree, words)).orElse(tree));
    }
    Map<String, Object> tree = object(members);
    fields.description().ifPresent(words -> tree.put("description", words));
    return tree;
  }

  /** A reference takes no words beside it. */
  private static Map<String, Object> described(Map<String, Object> tree, String words) {
    if (!tree.containsKey("$ref")) {
      tree.put("description", words);
      return tree;
    }
    Map<String, Object> around = new LinkedHashMap<>();
    around.put("anyOf", List.of(tree));
    around.put("description", words);
    return around;
  }

  private Map<String, Object> variants(SchemaNode.UnionNode variants) {
    List<Object> all = new ArrayList<>();
    variants
        .byName()
        .forEach((name, record) -> all.add(fields((SchemaNode.ObjectNode) record.target(), name)));
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("anyOf", all);
    variants.description().ifPresent(words -> tree.put("description", words));
    return tree;
  }

  private Map<String, Object> named(SchemaNode.RefNode named) {
    if (!named.standsApart()) {
      return tree(named.target());
    }
    if (!definitions.containsKey(named.name)) {
      definitions.put(named.name, Map.of()); // found while it is being written
      definitions.put(named.name, tree(named.target()));
    }
    Map<String, Object> reference = new LinkedHashMap<>();
    reference.put("$ref", "#/$defs/" + named.name);
    return reference;
  }

  static Map<String, Object> orNull(Map<String, Object> tree) {
    if (tree.get("type") instanceof String type && !type.equals("object")) {
      tree.put("type", List.of(type, "null"));
      if (tree.get("enum") instanceof List<?> constants) {
        List<@Nullable Object> more = new ArrayList<>(constants);
        more.add(null);
        tree.put("enum", more);
      }
      return tree;
    }
    List<Object> choices = new ArrayList<>();
    Map<String, Object> either = new LinkedHashMap<>();
    if (tree.get("anyOf") instanceof List<?> several) {
      choices.addAll(several);
    } else {
      choices.add(tree);
    }
    choices.add(typed("null"));
    either.put("anyOf", choices);
    if (tree.get("description") instanceof String words && tree.containsKey("anyOf")) {
      either.put("description", words);
    }
    return either;
  }

  /** An object that has all of these members and no others. */
  static Map<String, Object> object(Map<String, Object> members) {
    Map<String, Object> tree = typed("object");
    tree.put("properties", members);
    tree.put("required", List.copyOf(members.keySet()));
    tree.put("additionalProperties", false);
    return tree;
  }

  static Map<String, Object> typed(String type) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("type", type);
    return tree;
  }
}
