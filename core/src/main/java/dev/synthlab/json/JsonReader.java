package dev.synthlab.json;

import java.lang.reflect.Array;
import java.lang.reflect.InvocationTargetException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A reader of Java values from JSON trees, with a violation for every part that does not fit: its
 * path and what it has to be. For one tree and one thread.
 */
final class JsonReader {
  private static final int MAX_VIOLATIONS = 20;

  private final List<String> violations = new ArrayList<>();

  List<String> violations() {
    return List.copyOf(violations);
  }

  /** The value, or null after a violation was noted. */
  @Nullable Object read(SchemaNode node, @Nullable Object tree, String path) {
    return switch (node) {
      case SchemaNode.BooleanNode flag ->
          tree instanceof Boolean ? tree : wrong(path, "must be true or false", tree);
      case SchemaNode.NumberNode number -> number(number, tree, path);
      case SchemaNode.TextNode text -> text(text, tree, path);
      case SchemaNode.FormattedTextNode text -> formatted(text, tree, path);
      case SchemaNode.EnumNode choice -> {
        Object constant = named(choice.constants(), tree);
        yield constant != null
            ? constant
            : wrong(path, "must be one of " + choice.constants().keySet(), tree);
      }
      case SchemaNode.ArrayNode items -> items(items, tree, path);
      case SchemaNode.MapNode entries -> entries(entries, tree, path);
      case SchemaNode.OptionalNode maybe -> {
        Object content = tree == null ? maybe.empty() : read(maybe.inner(), tree, path);
        yield tree == null || content == null ? content : maybe.wraps().apply(content);
      }
      case SchemaNode.ObjectNode fields -> fields(fields, tree, path);
      case SchemaNode.UnionNode variants -> variant(variants, tree, path);
      case SchemaNode.RefNode named -> read(named.target(), tree, path);
    };
  }

  private @Nullable Object wrong(String path, String rule, @Nullable Object tree) {
    return note(path + " " + rule + ", was " + JsonValues.shown(tree));
  }

  private @Nullable Object note(String sentence) {
    if (violations.size() < MAX_VIOLATIONS) {
      violations.add(sentence);
    }
    return null;
  }

  private @Nullable Object number(SchemaNode.NumberNode form, @Nullable Object tree, String path) {
    Optional<BigDecimal> given = JsonValues.decimal(tree);
    if (given.isEmpty() || (form.whole() && !JsonValues.isWhole(given.get()))) {
      return wrong(path, form.whole() ? "must be a whole number" : "must be a number", tree);
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
    try {
      return form.reads().apply(number);
    } catch (ArithmeticException e) {
      return wrong(path, "is out of the range of " + form.type(), tree);
    }
  }

  private @Nullable Object text(SchemaNode.TextNode form, @Nullable Object tree, String path) {
    if (!(tree instanceof String text)) {
      return wrong(path, "must be a text", tree);
    }
    Optional<BoundedPattern> pattern = form.limits().pattern();
    try {
      return pattern.isEmpty() || pattern.get().find(text)
          ? text
          : wrong(path, "must match " + pattern.get(), tree);
    } catch (BoundedPattern.UnjudgedException e) {
      return note(
          "%s cannot be judged: the pattern %s %s for a text of %d characters"
              .formatted(path, pattern.orElseThrow(), e.getMessage(), text.length()));
    }
  }

  private @Nullable Object formatted(
      SchemaNode.FormattedTextNode form, @Nullable Object tree, String path) {
    if (tree instanceof String text) {
      try {
        return form.reads().apply(text.strip());
      } catch (RuntimeException e) { // each type has its own for what it cannot read
        return wrong(path, "must be " + form.what(), tree);
      }
    }
    return wrong(path, "must be " + form.what(), tree);
  }

  /** What has the name, or the only one that has it in other letter case. */
  private static <T> @Nullable T named(Map<String, T> byName, @Nullable Object name) {
    if (!(name instanceof String text)) {
      return null;
    }
    T exact = byName.get(text);
    if (exact != null) {
      return exact;
    }
    List<String> alike = byName.keySet().stream().filter(text.strip()::equalsIgnoreCase).toList();
    return alike.size() == 1 ? byName.get(alike.getFirst()) : null;
  }

  private @Nullable Object items(SchemaNode.ArrayNode form, @Nullable Object tree, String path) {
    if (!(tree instanceof List<?> elements)) {
      return wrong(path, "must be an array", tree);
    }
    count(elements.size(), form.limits(), path);
    List<Object> values = new ArrayList<>();
    for (int i = 0; i < elements.size(); i++) {
      Object value = read(form.item(), elements.get(i), path + "[" + i + "]");
      if (value != null) {
        values.add(value);
      }
    }
    if (values.size() < elements.size()) {
      return null;
    }
    if (form.type().isArray()) {
      Object array = Array.newInstance(form.type().getComponentType(), values.size());
      for (int i = 0; i < values.size(); i++) {
        Array.set(array, i, values.get(i));
      }
      return array;
    }
    return Set.class == form.type()
        ? Collections.unmodifiableSet(new LinkedHashSet<>(values))
        : List.copyOf(values);
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
  private @Nullable Object entries(SchemaNode.MapNode form, @Nullable Object tree, String path) {
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
    return map.size() < size ? null : Collections.unmodifiableMap(map);
  }

  private void entry(
      SchemaNode.MapNode form,
      Map<Object, Object> map,
      @Nullable Object key,
      @Nullable Object value,
      String path) {
    Object name = read(form.key(), key, path + ".key");
    Object content = read(form.value(), value, path + ".value");
    if (name != null && content != null && map.putIfAbsent(name, content) != null) {
      note(path + " has the key " + JsonValues.shown(key) + " for the second time");
    }
  }

  private @Nullable Object fields(SchemaNode.ObjectNode form, @Nullable Object tree, String path) {
    if (!(tree instanceof Map<?, ?> object)) {
      return wrong(path, "must be an object (" + form.type().getSimpleName() + ")", tree);
    }
    List<Object> parts = new ArrayList<>();
    for (SchemaNode.Field field : form.fields()) {
      String at = path + "." + field.name();
      boolean there =
          object.containsKey(field.name()) || field.node() instanceof SchemaNode.OptionalNode;
      Object part =
          there ? read(field.node(), object.get(field.name()), at) : note(at + " is missing");
      if (part != null) {
        parts.add(part);
      }
    }
    return parts.size() < form.fields().size() ? null : made(form, parts, path);
  }

  private @Nullable Object made(SchemaNode.ObjectNode form, List<Object> parts, String path) {
    try {
      return form.canonical().newInstance(parts.toArray());
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof RuntimeException refused) {
        String reason = refused.getMessage() == null ? refused.toString() : refused.getMessage();
        return note(path + ": " + reason);
      }
      throw new IllegalStateException(form.type().getName() + " cannot be made", e);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(form.type().getName() + " cannot be made", e);
    }
  }

  private @Nullable Object variant(SchemaNode.UnionNode form, @Nullable Object tree, String path) {
    if (!(tree instanceof Map<?, ?> object)) {
      return wrong(path, "must be an object (" + form.type().getSimpleName() + ")", tree);
    }
    String at = path + "." + JsonBinding.DISCRIMINATOR;
    Object name = object.get(JsonBinding.DISCRIMINATOR);
    SchemaNode.RefNode variant = named(form.byName(), name);
    if (variant != null) {
      return read(variant, tree, path);
    }
    String rule = "must be one of " + form.byName().keySet();
    return object.containsKey(JsonBinding.DISCRIMINATOR)
        ? wrong(at, rule, name)
        : note(at + " is missing: it " + rule);
  }
}
