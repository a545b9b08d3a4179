package dev.synthlab.json;

import java.lang.reflect.Type;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A Java type as a model fills it: its strict JSON Schema, and the way from JSON to the Java value
 * and back. Records, enums, {@code List}, {@code Set}, {@code Map}, arrays, sealed interfaces of
 * records (told apart by the member {@code type}, which holds the record's simple name), {@code
 * Optional}, text, numbers, booleans, dates, {@code UUID} and {@code URI}; all of them nested and
 * within themselves. What is no record is wrapped in an object, since a schema's root has to be
 * one. Immutable; safe for use by many threads.
 */
public final class JsonBinding {
  /** The member that tells the records of a sealed interface apart. */
  static final String DISCRIMINATOR = "type";

  /** The member that wraps what is neither a record nor a list. */
  static final String VALUE = "value";

  /** The member that wraps a list, set or array. */
  public static final String ITEMS = "items";

  private static final ClassValue<JsonBinding> KNOWN =
      new ClassValue<>() {
        @Override
        protected JsonBinding computeValue(Class<?> type) {
          return made(type);
        }
      };

  private final SchemaNode node;
  private final Optional<String> wrapper;
  private final JsonSchema schema;

  private JsonBinding(String name, SchemaNode node) {
    this.node = node;
    this.wrapper = wrapper(node);
    this.schema = JsonSchema.written(shortened(name), SchemaGenerator.of(node, wrapper));
  }

  /**
   * What reading gave.
   *
   * @param value the Java value; empty when there are violations
   * @param violations sentences that each begin with a JSON path
   */
  public record Reading(Optional<Object> value, List<String> violations) {}

  /**
   * The shape of a type.
   *
   * @throws IllegalArgumentException when a part of it cannot be filled by a model; it names the
   *     part
   */
  public static JsonBinding of(Type type) {
    return type instanceof Class<?> known ? KNOWN.get(known) : made(type);
  }

  private static JsonBinding made(Type type) {
    return new JsonBinding(SchemaNodes.nameOf(type), new SchemaNodes().make(type));
  }

  /** The shape of a list of a type, under {@code items}. */
  public static JsonBinding listOf(Type type) {
    SchemaNode items =
        new SchemaNode.ArrayNode(
            new SchemaNode.Container.Listed(),
            new SchemaNodes().make(type),
            SchemaNode.Limits.NONE);
    return new JsonBinding(SchemaNodes.nameOf(type) + "s", items);
  }

  /** The strict schema; its root is an object. */
  public JsonSchema schema() {
    return schema;
  }

  /**
   * The Java value of a tree of maps, lists, strings, numbers, booleans and nulls. A value that is
   * wrapped is taken without its wrapper, too.
   */
  public Reading read(@Nullable Object tree) {
    JsonReader reader = new JsonReader();
    Object inner = tree;
    String path = "$";
    if (wrapper.isPresent()
        && tree instanceof Map<?, ?> object
        && object.containsKey(wrapper.get())) {
      inner = object.get(wrapper.get());
      path = "$." + wrapper.get();
    }
    Optional<Object> value = reader.read(node, inner, path);
    List<String> violations = reader.violations();
    return new Reading(violations.isEmpty() ? value : Optional.empty(), violations);
  }

  /** One element of a list, by itself. */
  public Reading readItem(@Nullable Object tree, int index) {
    if (!(node instanceof SchemaNode.ArrayNode items)) {
      throw new IllegalStateException("not a list");
    }
    JsonReader reader = new JsonReader();
    Optional<Object> value = reader.read(items.item(), tree, "$." + ITEMS + "[" + index + "]");
    List<String> violations = reader.violations();
    return new Reading(violations.isEmpty() ? value : Optional.empty(), violations);
  }

  /** The tree that {@link #read} would read. */
  public Map<String, Object> write(Object value) {
    Object tree = JsonWriter.write(node, value);
    Map<String, Object> root = new LinkedHashMap<>();
    if (wrapper.isPresent()) {
      root.put(wrapper.get(), tree);
    } else {
      ((Map<?, ?>) Objects.requireNonNull(tree))
          .forEach((name, part) -> root.put(String.valueOf(name), part));
    }
    return Collections.unmodifiableMap(root);
  }

  private static Optional<String> wrapper(SchemaNode node) {
    return switch (node) {
      case SchemaNode.ArrayNode items -> Optional.of(ITEMS);
      case SchemaNode.RefNode named -> wrapper(named.target());
      case SchemaNode.BooleanNode flag -> Optional.of(VALUE);
      case SchemaNode.NumberNode number -> Optional.of(VALUE);
      case SchemaNode.TextNode text -> Optional.of(VALUE);
      case SchemaNode.FormattedTextNode spelled -> Optional.of(VALUE);
      case SchemaNode.EnumNode choice -> Optional.of(VALUE);
      case SchemaNode.MapNode entries -> Optional.of(VALUE);
      case SchemaNode.OptionalNode maybe -> Optional.of(VALUE);
      case SchemaNode.ObjectNode fields -> Optional.empty();
      case SchemaNode.UnionNode variants -> Optional.of(VALUE);
    };
  }

  private static String shortened(String name) {
    String clean = name.replaceAll("[^A-Za-z0-9_-]", "_");
    return clean.isEmpty() ? "answer" : clean.substring(0, Math.min(64, clean.length()));
  }
}
