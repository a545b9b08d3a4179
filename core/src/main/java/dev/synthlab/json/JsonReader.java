package dev.synthlab.json;

import dev.synthlab.json.SchemaNode.Container;
import java.lang.reflect.Array;
import java.lang.reflect.InvocationTargetException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A reader of Java values from JSON trees, with a violation for every part that does not fit: its
 * path and what it has to be. For one tree and one thread.
 */
final class JsonReader {
  private static final int MAX_VIOLATIONS = 20;
  private static final int MAX_DIGITS = 1_000;

  private final List<String> violations = new ArrayList<>();

  List<String> violations() {
    return List.copyOf(violations);
  }

  /** The value, or empty after a violation was noted. */
  Optional<Object> read(SchemaNode node, @Nullable Object tree, String path) {
    return switch (node) {
      case SchemaNode.BooleanNode flag ->
          tree instanceof Boolean ? Optional.of(tree) : wrong(path, "must be true or false", tree);
      case SchemaNode.NumberNode number -> number(number, tree, path);
      case SchemaNode.TextNode text -> text(text, tree, path);
      case SchemaNode.FormattedTextNode spelled -> spelled(spelled, tree, path);
      case SchemaNode.EnumNode choice -> choice(choice, tree, path);
      case SchemaNode.ArrayNode items -> items(items, tree, path);
      case SchemaNode.MapNode entries -> entries(entries, tree, path);
      case SchemaNode.OptionalNode maybe ->
          tree == null
              ? Optional.of(maybe.absence().empty())
              : read(maybe.inner(), tree, path).map(maybe.absence()::of);
      case SchemaNode.ObjectNode fields -> fields(fields, tree, path);
      case SchemaNode.UnionNode variants -> variant(variants, tree, path);
      case SchemaNode.RefNode named -> read(named.target(), tree, path);
    };
  }

  private Optional<Object> wrong(String path, String rule, @Nullable Object tree) {
    note(path + " " + rule + ", was " + JsonValues.shown(tree));
    return Optional.empty();
  }

  private void note(String sentence) {
    if (violations.size() < MAX_VIOLATIONS) {
      violations.add(sentence);
    }
  }

  private Optional<Object> number(SchemaNode.NumberNode form, @Nullable Object tree, String path) {
    Optional<BigDecimal> given = JsonValues.decimal(tree);
    String kind = form.whole() ? "a whole number" : "a number";
    if (given.isEmpty() || (form.whole() && !JsonValues.isWhole(given.get()))) {
      return wrong(path, "must be " + kind, tree);
    }
    BigDecimal number = given.get();
    Optional<BigDecimal> min = form.limits().min();
    if (min.isPresent() && number.compareTo(min.get()) < 0) {
      return wrong(path, "must be at least " + min.get().toPlainString(), tree);
    }
    Optional<BigDecimal> max = form.limits().max();
    if (max.isPresent() && number.compareTo(max.get()) > 0) {
      return wrong(path, "must be at most " + max.get().toPlainString(), tree);
    }
    Optional<Object> value = inType(form.type(), number);
    return value.isPresent()
        ? value
        : wrong(path, "is out of the range of " + form.type().getSimpleName(), tree);
  }

  private static Optional<Object> inType(Class<?> type, BigDecimal number) {
    if (type == BigDecimal.class) {
      return Optional.of(number);
    }
    if (type == double.class || type == Double.class) {
      return Optional.of(number.doubleValue()).filter(Double::isFinite).map(d -> d);
    }
    if (type == float.class || type == Float.class) {
      return Optional.of(number.floatValue()).filter(Float::isFinite).map(f -> f);
    }
    if (number.precision() - (long) number.scale() > MAX_DIGITS) {
      return Optional.empty();
    }
    BigInteger whole = number.toBigIntegerExact();
    if (type == BigInteger.class) {
      return Optional.of(whole);
    }
    if (whole.bitLength() >= Long.SIZE) {
      return Optional.empty();
    }
    return inType(type, whole.longValue());
  }

  private static Optional<Object> inType(Class<?> type, long whole) {
    if (type == int.class || type == Integer.class) {
      return whole == (int) whole ? Optional.of((int) whole) : Optional.empty();
    }
    if (type == short.class || type == Short.class) {
      return whole == (short) whole ? Optional.of((short) whole) : Optional.empty();
    }
    if (type == byte.class || type == Byte.class) {
      return whole == (byte) whole ? Optional.of((byte) whole) : Optional.empty();
    }
    return Optional.of(whole);
  }

  private Optional<Object> text(SchemaNode.TextNode form, @Nullable Object tree, String path) {
    if (!(tree instanceof String text)) {
      return wrong(path, "must be a text", tree);
    }
    Optional<BoundedPattern> pattern = form.limits().pattern();
    try {
      boolean fits = pattern.map(known -> known.find(text)).orElse(true);
      return fits ? Optional.of(text) : wrong(path, "must match " + pattern.orElseThrow(), tree);
    } catch (BoundedPattern.UnjudgedException e) {
      note(
          path
              + " cannot be judged: the pattern "
              + pattern.orElseThrow()
              + " "
              + e.getMessage()
              + " for a text of "
              + text.length()
              + " characters");
      return Optional.empty();
    }
  }

  private Optional<Object> spelled(
      SchemaNode.FormattedTextNode form, @Nullable Object tree, String path) {
    if (tree instanceof String text) {
      try {
        return Optional.of(form.reads().apply(text.strip()));
      } catch (RuntimeException e) { // each type has its own for what it cannot read
        return wrong(path, "must be " + form.what(), tree);
      }
    }
    return wrong(path, "must be " + form.what(), tree);
  }

  private Optional<Object> choice(SchemaNode.EnumNode form, @Nullable Object tree, String path) {
    if (tree instanceof String text) {
      Object exact = form.constants().get(text);
      if (exact != null) {
        return Optional.of(exact);
      }
      List<Object> alike =
          form.constants().entrySet().stream()
              .filter(entry -> entry.getKey().equalsIgnoreCase(text.strip()))
              .map(Map.Entry::getValue)
              .toList();
      if (alike.size() == 1) {
        return Optional.of(alike.getFirst());
      }
    }
    return wrong(path, "must be one of " + form.constants().keySet(), tree);
  }

  private Optional<Object> items(SchemaNode.ArrayNode form, @Nullable Object tree, String path) {
    if (!(tree instanceof List<?> elements)) {
      return wrong(path, "must be an array", tree);
    }
    count(elements.size(), form.limits(), path);
    List<Object> values = new ArrayList<>();
    for (int i = 0; i < elements.size(); i++) {
      read(form.item(), elements.get(i), path + "[" + i + "]").ifPresent(values::add);
    }
    if (values.size() < elements.size()) {
      return Optional.empty();
    }
    return Optional.of(
        switch (form.container()) {
          case Container.Listed list -> List.copyOf(values);
          case Container.Unique set -> Collections.unmodifiableSet(new LinkedHashSet<>(values));
          case Container.Array array -> {
            Object all = Array.newInstance(array.component(), values.size());
            for (int i = 0; i < values.size(); i++) {
              Array.set(all, i, values.get(i));
            }
            yield all;
          }
        });
  }

  private void count(int size, SchemaNode.Limits limits, String path) {
    if (size < limits.minItems()) {
      note(path + " must have at least " + limits.minItems() + " elements, has " + size);
    }
    if (size > limits.maxItems()) {
      note(path + " must have at most " + limits.maxItems() + " elements, has " + size);
    }
  }

  /** Entries as the schema has them, or the plain object that models write without a schema. */
  private Optional<Object> entries(SchemaNode.MapNode form, @Nullable Object tree, String path) {
    Map<Object, Object> map = new LinkedHashMap<>();
    int size;
    if (tree instanceof Map<?, ?> object) {
      size = object.size();
      object.forEach((key, value) -> entry(form, map, key, value, path + "." + key));
    } else if (tree instanceof List<?> list) {
      size = list.size();
      for (int i = 0; i < size; i++) {
        String at = path + "[" + i + "]";
        if (list.get(i) instanceof Map<?, ?> pair && pair.containsKey("key")) {
          entry(form, map, pair.get("key"), pair.get("value"), at);
        } else {
          wrong(at, "must be an object of key and value", list.get(i));
        }
      }
    } else {
      return wrong(path, "must be an array of objects of key and value", tree);
    }
    count(size, form.limits(), path);
    return map.size() < size ? Optional.empty() : Optional.of(Collections.unmodifiableMap(map));
  }

  private void entry(
      SchemaNode.MapNode form,
      Map<Object, Object> map,
      @Nullable Object key,
      @Nullable Object value,
      String path) {
    Optional<Object> name = read(form.key(), key, path + ".key");
    Optional<Object> content = read(form.value(), value, path + ".value");
    if (name.isPresent()
        && content.isPresent()
        && map.putIfAbsent(name.get(), content.get()) != null) {
      note(path + " has the key " + JsonValues.shown(key) + " for the second time");
    }
  }

  private Optional<Object> fields(SchemaNode.ObjectNode form, @Nullable Object tree, String path) {
    if (!(tree instanceof Map<?, ?> object)) {
      return wrong(path, "must be an object (" + form.type().getSimpleName() + ")", tree);
    }
    List<Object> parts = new ArrayList<>();
    for (SchemaNode.Field field : form.fields()) {
      String at = path + "." + field.name();
      boolean mayBeMissing = field.node() instanceof SchemaNode.OptionalNode;
      if (object.containsKey(field.name()) || mayBeMissing) {
        read(field.node(), object.get(field.name()), at).ifPresent(parts::add);
      } else {
        note(at + " is missing");
      }
    }
    return parts.size() < form.fields().size() ? Optional.empty() : made(form, parts, path);
  }

  private Optional<Object> made(SchemaNode.ObjectNode form, List<Object> parts, String path) {
    try {
      return Optional.of(form.canonical().newInstance(parts.toArray()));
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof RuntimeException refused) {
        String reason = refused.getMessage() == null ? refused.toString() : refused.getMessage();
        note(path + ": " + reason);
        return Optional.empty();
      }
      throw new IllegalStateException(form.type().getName() + " cannot be made", e);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(form.type().getName() + " cannot be made", e);
    }
  }

  private Optional<Object> variant(SchemaNode.UnionNode form, @Nullable Object tree, String path) {
    if (!(tree instanceof Map<?, ?> object)) {
      return wrong(path, "must be an object (" + form.type().getSimpleName() + ")", tree);
    }
    String at = path + "." + JsonBinding.DISCRIMINATOR;
    Object named = object.get(JsonBinding.DISCRIMINATOR);
    if (!object.containsKey(JsonBinding.DISCRIMINATOR)) {
      note(at + " is missing: it must be one of " + form.byName().keySet());
      return Optional.empty();
    }
    Optional<SchemaNode.RefNode> is =
        form.byName().entrySet().stream()
            .filter(
                entry -> named instanceof String n && entry.getKey().equalsIgnoreCase(n.strip()))
            .map(Map.Entry::getValue)
            .findFirst();
    return is.isPresent()
        ? read(is.get(), tree, path)
        : wrong(at, "must be one of " + form.byName().keySet(), named);
  }
}
