package dev.synthlab.json;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The shape that an answer shall have, as JSON Schema. Immutable; safe for use by many threads.
 *
 * @see <a href="https://json-schema.org/draft/2020-12">JSON Schema 2020-12</a>
 */
public final class JsonSchema {
  private final String name;
  private final Map<String, Object> tree;
  private volatile @Nullable SchemaValidator validator;

  /**
   * A schema of draft 2020-12, or of draft 7 if its {@code $schema} says so. Keeps a copy.
   *
   * @param name what the shape is called: letters, digits, {@code _} and {@code -}
   * @param tree the schema, as maps, lists, strings, numbers, booleans; also in the {@code
   *     response_format} around it; {@code nullable} of OpenAPI is understood
   * @throws IllegalArgumentException when it would not check what it says: a reference that leads
   *     nowhere or outside, a keyword that is not one, nothing that limits a value
   */
  public JsonSchema(String name, Map<String, Object> tree) {
    this(named(name), SchemaLoader.load(tree).tree(), null);
  }

  private JsonSchema(String name, Map<String, Object> tree, @Nullable SchemaValidator validator) {
    this.name = name;
    this.tree = Collections.unmodifiableMap(new LinkedHashMap<>(tree));
    this.validator = validator;
  }

  private static String named(String name) {
    if (!name.matches("[A-Za-z0-9_-]{1,64}")) {
      throw new IllegalArgumentException(
          "a schema's name has 1 to 64 letters, digits, _ or -, was \"" + name + "\"");
    }
    return name;
  }

  /** A schema that this package wrote. */
  static JsonSchema written(String name, Map<String, Object> tree) {
    return new JsonSchema(named(name), tree, null);
  }

  /**
   * What the shape is called.
   *
   * @return letters, digits, {@code _} and {@code -}
   */
  public String name() {
    return name;
  }

  /**
   * The schema.
   *
   * @return maps, lists, strings, numbers, booleans
   */
  public Map<String, Object> tree() {
    return tree;
  }

  /**
   * The strict schema of a Java type: records, nested as they may be, enums, lists, maps, sealed
   * interfaces of records. What is no record is wrapped in an object, a list under {@code items},
   * anything else under {@code value}. {@link Description} and {@link Constraints} are heeded.
   *
   * @param type the type
   * @return the schema, named like the type
   * @throws IllegalArgumentException when a part of the type cannot be filled by a model
   */
  public static JsonSchema of(Class<?> type) {
    return JsonBinding.of(type).schema();
  }

  /**
   * A schema as it stands in a file, also in the {@code response_format} around it.
   *
   * @param json a JSON object
   * @return the schema, named {@code answer}, by its {@code title} or by its wrapper
   * @throws IllegalArgumentException when it is not a JSON object, or would not check what it says:
   *     a reference that leads nowhere or outside, a keyword that is not one, nothing that limits a
   *     value
   */
  public static JsonSchema parse(String json) {
    SchemaLoader.Loaded loaded = SchemaLoader.parse(json);
    String title = loaded.tree().get("title") instanceof String given ? given : "answer";
    String name = loaded.name().orElse(title).replaceAll("[^A-Za-z0-9_-]", "_");
    return written(name.isEmpty() || name.length() > 64 ? "answer" : name, loaded.tree());
  }

  /**
   * A schema in its short form: {@code name, age int, tags list of str, bio: a few words}. Each
   * member has a name, a type if it is no text ({@code str}, {@code int}, {@code float}, {@code
   * bool}, or {@code list of} one of them), and words about it after a colon if need be. Members
   * stand between commas, or each on a line of its own; then words may have commas.
   *
   * @param members the short form
   * @return a strict schema named {@code answer}, all of its members required
   * @throws IllegalArgumentException when it cannot be read; the message says what is expected
   */
  public static JsonSchema shorthand(String members) {
    return written("answer", SchemaShorthand.tree(members));
  }

  /**
   * The schema of many such answers at once: an object with an array of them under {@code items}.
   *
   * @return another schema of the same name
   */
  public JsonSchema arrayOf() {
    return written(name, StrictSchema.multi(tree));
  }

  /** Whether it is an object of nothing but an array {@code items}. */
  public boolean isMulti() {
    return tree.get("properties") instanceof Map<?, ?> members
        && members.size() == 1
        && members.get(JsonBinding.ITEMS) instanceof Map<?, ?> items
        && "array".equals(items.get("type"));
  }

  /**
   * What of a value is not as the schema has it. What cannot be judged within bounds of time, depth
   * and size is said to be so.
   *
   * @param value a JSON object as maps, lists, strings, numbers, booleans
   * @return sentences, each beginning with the path of the part it is about; empty when it fits
   */
  public List<String> violations(Map<String, Object> value) {
    return validator().violations(value);
  }

  /**
   * The same within the rules of strict mode, if that can be said in them: properties that are not
   * required become ones that may be null, and what the model shall not be held to is left out. It
   * is meant for the request; an answer is checked against the schema as it was given.
   *
   * @return empty when strict mode cannot express it, free properties for one
   */
  public Optional<JsonSchema> asStrict() {
    return StrictSchema.of(tree).map(strict -> written(name, strict));
  }

  /** Checks an answer, and gives it as it is meant. */
  public SchemaValidator.Checked check(Object value) {
    return validator().check(value);
  }

  private SchemaValidator validator() {
    SchemaValidator known = validator;
    if (known == null) {
      known = SchemaValidator.of(tree);
      validator = known;
    }
    return known;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof JsonSchema schema
        && name.equals(schema.name)
        && tree.equals(schema.tree);
  }

  @Override
  public int hashCode() {
    return Objects.hash(name, tree);
  }

  @Override
  public String toString() {
    return "JsonSchema[name=" + name + ", tree=" + tree + "]";
  }
}
