package dev.synthlab.json;

import dev.synthlab.Internal;
import java.lang.reflect.Type;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The binding of a Java type to JSON: its strict JSON Schema, a reader and a writer of its values.
 * It takes records, enums, {@code List}, {@code Set}, {@code Map}, arrays, sealed interfaces of
 * records (told apart by the member {@code type}, which holds the record's simple name), {@code
 * Optional}, text, numbers, booleans, dates, {@code UUID} and {@code URI}, nested and recursive. A
 * type that is no record is wrapped in an object, because the root of a strict schema is an object.
 * Immutable; safe for use by many threads.
 */
@Internal
public final class JsonBinding {
  /** The member that names the record of a sealed interface. */
  static final String DISCRIMINATOR = "type";

  /** The member that wraps a value that is neither a record nor a list. */
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
   * The result of a read.
   *
   * @param value the Java value; empty when there are violations
   * @param violations sentences that each begin with a JSON path
   */
  public record Reading(Optional<Object> value, List<String> violations) {}

  /**
   * The binding of a type.
   *
   * @param type a record, or another type that a model can fill
   * @return shared for classes
   * @throws IllegalArgumentException when a part of it cannot be filled by a model; it names the
   *     part
   */
  public static JsonBinding of(Type type) {
    return type instanceof Class<?> known ? KNOWN.get(known) : made(type);
  }

  private static JsonBinding made(Type type) {
    return new JsonBinding(SchemaNodes.nameOf(type), new SchemaNodes().make(type));
  }

  /**
   * The binding of a list of a type, under {@code items}.
   *
   * @param type of the elements
   * @return the binding
   */
  public static JsonBinding listOf(Type type) {
    return new JsonBinding(
        SchemaNodes.nameOf(type) + "s",
        new SchemaNode.ArrayNode(List.class, new SchemaNodes().make(type), SchemaNode.Limits.NONE));
  }

  /**
   * The strict schema; its root is an object.
   *
   * @return the schema
   */
  public JsonSchema schema() {
    return schema;
  }

  /**
   * The Java value of a tree of maps, lists, strings, numbers, booleans and nulls. It may come with
   * or without its wrapper.
   *
   * @param tree the value as it was parsed
   * @return the Java value, or the violations
   */
  public Reading read(@Nullable Object tree) {
    return wrapper.isPresent()
            && tree instanceof Map<?, ?> object
            && object.containsKey(wrapper.get())
        ? read(node, object.get(wrapper.get()), "$." + wrapper.get())
        : read(node, tree, "$");
  }

  private static Reading read(SchemaNode node, @Nullable Object tree, String path) {
    JsonReader reader = new JsonReader();
    Object value = reader.read(node, tree, path);
    List<String> violations = reader.violations();
    return new Reading(
        violations.isEmpty() ? Optional.ofNullable(value) : Optional.empty(), violations);
  }

  /**
   * Reads one element of a list.
   *
   * @param tree the element as it was parsed
   * @param index its index in the list, from 0
   * @return the Java value, or the violations
   */
  public Reading readItem(@Nullable Object tree, int index) {
    if (!(node instanceof SchemaNode.ArrayNode items)) {
      throw new IllegalStateException("not a list");
    }
    return read(items.item(), tree, "$." + ITEMS + "[" + index + "]");
  }

  /**
   * Writes a value as the tree that {@link #read} reads.
   *
   * @param value of the type
   * @return the tree
   */
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
    SchemaNode root = node instanceof SchemaNode.RefNode named ? named.target() : node;
    return root instanceof SchemaNode.ObjectNode
        ? Optional.empty()
        : Optional.of(root instanceof SchemaNode.ArrayNode ? ITEMS : VALUE);
  }

  private static String shortened(String name) {
    String clean = name.replaceAll("[^A-Za-z0-9_-]", "_");
    return clean.isEmpty() ? "answer" : clean.substring(0, Math.min(64, clean.length()));
  }
}
