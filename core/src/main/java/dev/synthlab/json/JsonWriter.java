package dev.synthlab.json;

import java.lang.reflect.Array;
import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A writer of Java values as the trees that {@link JsonReader} reads. */
final class JsonWriter {
  private JsonWriter() {}

  static @Nullable Object write(SchemaNode node, Object value) {
    return switch (node) {
      case SchemaNode.BooleanNode flag -> value;
      case SchemaNode.NumberNode number -> finite(value);
      case SchemaNode.TextNode text -> value;
      case SchemaNode.FormattedTextNode spelled -> spelled.writes().apply(value);
      case SchemaNode.EnumNode choice -> name(choice, value);
      case SchemaNode.ArrayNode items ->
          elements(value).stream()
              .map(element -> write(items.item(), element))
              .collect(ArrayList::new, ArrayList::add, ArrayList::addAll);
      case SchemaNode.MapNode entries -> entries(entries, (Map<?, ?>) value);
      case SchemaNode.OptionalNode maybe ->
          maybe.absence().content(value).map(inner -> write(maybe.inner(), inner)).orElse(null);
      case SchemaNode.ObjectNode fields -> fields(fields, value, new LinkedHashMap<>());
      case SchemaNode.UnionNode variants -> variant(variants, value);
      case SchemaNode.RefNode named -> write(named.target(), value);
    };
  }

  private static Object finite(Object value) {
    if ((value instanceof Double real && !Double.isFinite(real))
        || (value instanceof Float single && !Float.isFinite(single))) {
      throw new IllegalArgumentException("JSON has no number " + value);
    }
    return value;
  }

  private static String name(SchemaNode.EnumNode choice, Object value) {
    return choice.constants().entrySet().stream()
        .filter(entry -> entry.getValue().equals(value))
        .findFirst()
        .orElseThrow()
        .getKey();
  }

  private static List<Object> elements(Object value) {
    List<Object> all = new ArrayList<>();
    if (value instanceof Iterable<?> several) {
      several.forEach(all::add);
    } else {
      for (int i = 0; i < Array.getLength(value); i++) {
        all.add(Objects.requireNonNull(Array.get(value, i)));
      }
    }
    return all;
  }

  private static List<Object> entries(SchemaNode.MapNode entries, Map<?, ?> map) {
    List<Object> all = new ArrayList<>();
    map.forEach(
        (key, value) -> {
          Map<String, @Nullable Object> entry = new LinkedHashMap<>();
          entry.put("key", write(entries.key(), key));
          entry.put("value", write(entries.value(), value));
          all.add(entry);
        });
    return all;
  }

  private static Map<String, @Nullable Object> variant(
      SchemaNode.UnionNode variants, Object value) {
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    Map.Entry<String, SchemaNode.RefNode> is =
        variants.byName().entrySet().stream()
            .filter(
                entry ->
                    ((SchemaNode.ObjectNode) entry.getValue().target()).type().isInstance(value))
            .findFirst()
            .orElseThrow();
    tree.put(JsonBinding.DISCRIMINATOR, is.getKey());
    return fields((SchemaNode.ObjectNode) is.getValue().target(), value, tree);
  }

  private static Map<String, @Nullable Object> fields(
      SchemaNode.ObjectNode fields, Object value, Map<String, @Nullable Object> tree) {
    for (SchemaNode.Field field : fields.fields()) {
      try {
        Object part = field.accessor().invoke(value);
        tree.put(field.name(), write(field.node(), Objects.requireNonNull(part, field::name)));
      } catch (IllegalAccessException e) {
        throw new IllegalStateException("the accessor was opened when the shape was made", e);
      } catch (InvocationTargetException e) {
        throw new IllegalArgumentException(
            fields.type().getSimpleName() + "." + field.name() + " cannot be read", e.getCause());
      }
    }
    return tree;
  }
}
