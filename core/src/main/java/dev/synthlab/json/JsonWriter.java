package dev.synthlab.json;

import java.lang.reflect.Array;
import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A writer of Java values as the trees that {@link JsonReader} reads. */
final class JsonWriter {
  private JsonWriter() {}

  static @Nullable Object write(SchemaNode node, Object value) {
    return switch (node) {
      case SchemaNode.BooleanNode flag -> value;
      case SchemaNode.NumberNode number -> finite(value);
      case SchemaNode.TextNode text -> value;
      case SchemaNode.FormattedTextNode text -> text.writes().apply(value);
      case SchemaNode.EnumNode choice ->
          choice.constants().entrySet().stream()
              .filter(entry -> entry.getValue().equals(value))
              .findFirst()
              .orElseThrow()
              .getKey();
      case SchemaNode.ArrayNode items -> {
        List<@Nullable Object> all = new ArrayList<>();
        elements(value).forEach(element -> all.add(write(items.item(), element)));
        yield all;
      }
      case SchemaNode.MapNode entries -> {
        List<Object> all = new ArrayList<>();
        ((Map<?, ?>) value).forEach((key, part) -> all.add(entry(entries, key, part)));
        yield all;
      }
      case SchemaNode.OptionalNode maybe ->
          value.equals(maybe.empty()) ? null : write(maybe.inner(), maybe.unwraps().apply(value));
      case SchemaNode.ObjectNode fields -> fields(fields, value, new LinkedHashMap<>());
      case SchemaNode.UnionNode variants -> variant(variants, value);
      case SchemaNode.RefNode named -> write(named.target(), value);
    };
  }

  private static Object finite(Object value) {
    if ((value instanceof Double || value instanceof Float)
        && !Double.isFinite(((Number) value).doubleValue())) {
      throw new IllegalArgumentException("JSON has no number " + value);
    }
    return value;
  }

  private static Stream<Object> elements(Object value) {
    return value instanceof Collection<?> all
        ? all.stream().map(Objects::requireNonNull)
        : IntStream.range(0, Array.getLength(value))
            .mapToObj(i -> Objects.requireNonNull(Array.get(value, i)));
  }

  private static Map<String, @Nullable Object> entry(
      SchemaNode.MapNode entries, Object key, Object value) {
    Map<String, @Nullable Object> entry = new LinkedHashMap<>();
    entry.put("key", write(entries.key(), key));
    entry.put("value", write(entries.value(), value));
    return entry;
  }

  private static Map<String, @Nullable Object> variant(
      SchemaNode.UnionNode variants, Object value) {
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    String name = value.getClass().getSimpleName();
    SchemaNode.RefNode variant = Objects.requireNonNull(variants.byName().get(name), name);
    tree.put(JsonBinding.DISCRIMINATOR, name);
    return fields((SchemaNode.ObjectNode) variant.target(), value, tree);
  }

  private static Map<String, @Nullable Object> fields(
      SchemaNode.ObjectNode fields, Object value, Map<String, @Nullable Object> tree) {
    for (SchemaNode.Field field : fields.fields()) {
      try {
        Object part = field.accessor().invoke(value);
        tree.put(field.name(), write(field.node(), Objects.requireNonNull(part, field::name)));
      } catch (IllegalAccessException e) {
        throw new IllegalStateException("the accessor was opened when the type was read", e);
      } catch (InvocationTargetException e) {
        throw new IllegalArgumentException(
            fields.type().getSimpleName() + "." + field.name() + " cannot be read", e.getCause());
      }
    }
    return tree;
  }
}
