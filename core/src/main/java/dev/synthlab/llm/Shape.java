package dev.synthlab.llm;

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
final class Shape {
  /** The member that tells the records of a sealed interface apart. */
  static final String DISCRIMINATOR = "type";

  /** The member that wraps what is neither a record nor a list. */
  static final String VALUE = "value";

  /** The member that wraps a list, set or array. */
  static final String ITEMS = "items";

  private static final ClassValue<Shape> KNOWN =
      new ClassValue<>() {
        @Override
        protected Shape computeValue(Class<?> type) {
          return made(type);
        }
      };

  private final Form form;
  private final Optional<String> wrapper;
  private final JsonSchema schema;

  private Shape(String name, Form form) {
    this.form = form;
    this.wrapper = wrapper(form);
    this.schema = JsonSchema.written(shortened(name), FormSchema.of(form, wrapper));
  }

  /**
   * What reading gave.
   *
   * @param value the Java value; empty when there are violations
   * @param violations sentences that each begin with a JSON path
   */
  record Reading(Optional<Object> value, List<String> violations) {}

  /**
   * The shape of a type.
   *
   * @throws IllegalArgumentException when a part of it cannot be filled by a model; it names the
   *     part
   */
  static Shape of(Type type) {
    return type instanceof Class<?> known ? KNOWN.get(known) : made(type);
  }

  private static Shape made(Type type) {
    return new Shape(FormMaker.nameOf(type), new FormMaker().make(type));
  }

  /** The shape of a list of a type, under {@code items}. */
  static Shape listOf(Type type) {
    Form items =
        new Form.Items(new Form.Container.Listed(), new FormMaker().make(type), Form.Limits.NONE);
    return new Shape(FormMaker.nameOf(type) + "s", items);
  }

  /** The strict schema; its root is an object. */
  JsonSchema schema() {
    return schema;
  }

  /**
   * The Java value of a tree of maps, lists, strings, numbers, booleans and nulls. A value that is
   * wrapped is taken without its wrapper, too.
   */
  Reading read(@Nullable Object tree) {
    FormReader reader = new FormReader();
    Object inner = tree;
    String path = "$";
    if (wrapper.isPresent()
        && tree instanceof Map<?, ?> object
        && object.containsKey(wrapper.get())) {
      inner = object.get(wrapper.get());
      path = "$." + wrapper.get();
    }
    Optional<Object> value = reader.read(form, inner, path);
    List<String> violations = reader.violations();
    return new Reading(violations.isEmpty() ? value : Optional.empty(), violations);
  }

  /** One element of a list, by itself. */
  Reading readItem(@Nullable Object tree, int index) {
    if (!(form instanceof Form.Items items)) {
      throw new IllegalStateException("not a list");
    }
    FormReader reader = new FormReader();
    Optional<Object> value = reader.read(items.item(), tree, "$." + ITEMS + "[" + index + "]");
    List<String> violations = reader.violations();
    return new Reading(violations.isEmpty() ? value : Optional.empty(), violations);
  }

  /** The tree that {@link #read} would read. */
  Map<String, Object> write(Object value) {
    Object tree = FormWriter.write(form, value);
    Map<String, Object> root = new LinkedHashMap<>();
    if (wrapper.isPresent()) {
      root.put(wrapper.get(), tree);
    } else {
      ((Map<?, ?>) Objects.requireNonNull(tree))
          .forEach((name, part) -> root.put(String.valueOf(name), part));
    }
    return Collections.unmodifiableMap(root);
  }

  private static Optional<String> wrapper(Form form) {
    return switch (form) {
      case Form.Items items -> Optional.of(ITEMS);
      case Form.Named named -> wrapper(named.target());
      case Form.Flag flag -> Optional.of(VALUE);
      case Form.Numeric number -> Optional.of(VALUE);
      case Form.Text text -> Optional.of(VALUE);
      case Form.Spelled spelled -> Optional.of(VALUE);
      case Form.Choice choice -> Optional.of(VALUE);
      case Form.Entries entries -> Optional.of(VALUE);
      case Form.Maybe maybe -> Optional.of(VALUE);
      case Form.Fields fields -> Optional.empty();
      case Form.Variants variants -> Optional.of(VALUE);
    };
  }

  private static String shortened(String name) {
    String clean = name.replaceAll("[^A-Za-z0-9_-]", "_");
    return clean.isEmpty() ? "answer" : clean.substring(0, Math.min(64, clean.length()));
  }
}
