package dev.synthlab.json;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A JSON Schema that an answer has to obey. Immutable; safe for use by many threads.
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
   * @param name 1 to 64 letters, digits, {@code _} and {@code -}
   * @param tree the schema, as maps, lists, strings, numbers, booleans; also in the {@code
   *     response_format} around it; it may have OpenAPI's {@code nullable}
   * @throws IllegalArgumentException when it would not check what it says: a reference to nothing
   *     or to another document, a misspelt keyword, no keyword that limits a value
   */
  public JsonSchema(String name, Map<String, Object> tree) {
    this(SchemaLoader.load(tree).tree(), named(name));
  }

  private JsonSchema(Map<String, Object> tree, String name) {
    this.name = name;
    this.tree = Collections.unmodifiableMap(new LinkedHashMap<>(tree));
  }

  private static String named(String name) {
    if (!name.matches("[A-Za-z0-9_-]{1,64}")) {
      throw new IllegalArgumentException(
          "a schema's name has 1 to 64 letters, digits, _ or -, was \"" + name + "\"");
    }
    return name;
  }

  /** A schema that this package generated. */
  static JsonSchema written(String name, Map<String, Object> tree) {
    return new JsonSchema(tree, named(name));
  }

  /**
   * The name of the schema.
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
   * interfaces of records. A type that is no record is wrapped in an object, a list under {@code
   * items}, any other type under {@code value}. {@link Description} and {@link Constraints} become
   * keywords.
   *
   * @param type the type
   * @return the schema, named like the type
   * @throws IllegalArgumentException when a part of the type cannot be filled by a model
   */
  public static JsonSchema of(Class<?> type) {
    return JsonBinding.of(type).schema();
  }

  /**
   * Reads the text of a schema, also in the {@code response_format} around it.
   *
   * @param json a JSON object
   * @return the schema, named {@code answer}, by its {@code title} or by its wrapper
   * @throws IllegalArgumentException when it is not a JSON object, or would not check what it says:
   *     a reference to nothing or to another document, a misspelt keyword, no keyword that limits a
   *     value
   */
  public static JsonSchema parse(String json) {
    SchemaLoader.Loaded loaded = SchemaLoader.parse(json);
    String title = loaded.tree().get("title") instanceof String given ? given : "answer";
    String name = loaded.name().orElse(title).replaceAll("[^A-Za-z0-9_-]", "_");
    return written(name.isEmpty() || name.length() > 64 ? "answer" : name, loaded.tree());
  }

  /**
   * A schema from its short form: {@code name, age int, tags list of str, bio: a few words}. Each
   * member has a name, a type ({@code str}, {@code int}, {@code float}, {@code bool}, or {@code
   * list of} one of them; {@code str} if there is none), and after a colon an optional description.
   * Commas or line breaks separate members; between line breaks, descriptions may have commas.
   *
   * @param members the short form
   * @return a strict schema named {@code answer}, all of its members required
   * @throws IllegalArgumentException when it cannot be read; the message says what is expected
   */
  public static JsonSchema shorthand(String members) {
    return written("answer", SchemaShorthand.tree(members));
  }

  /**
   * The schema of an object with an array of such answers under {@code items}.
   *
   * @return another schema of the same name
   */
  public JsonSchema arrayOf() {
    return written(name, StrictSchema.multi(tree));
  }

  /**
   * Whether its only property is an array {@code items}.
   *
   * @return whether it is
   */
  public boolean isMulti() {
    return tree.get("properties") instanceof Map<?, ?> members
        && members.size() == 1
        && members.get(JsonBinding.ITEMS) instanceof Map<?, ?> items
        && "array".equals(items.get("type"));
  }

  /**
   * The violations of the schema in a value. A part that cannot be judged within the bounds of
   * work, depth and size has a violation that says so.
   *
   * @param value a JSON object as maps, lists, strings, numbers, booleans
   * @return sentences that each begin with the path of a part; empty when the value is valid
   */
  public List<String> violations(Map<String, Object> value) {
    return validator().violations(value);
  }

  /**
   * The same schema within the rules of strict mode: optional properties become required ones that
   * may be null, and keywords that strict mode lacks are left out. It is for the request; an answer
   * is checked against the original schema.
   *
   * @return empty when strict mode cannot express the schema, as one with free properties
   */
  public Optional<JsonSchema> asStrict() {
    return StrictSchema.of(tree).map(strict -> written(name, strict));
  }

  /**
   * Checks an answer, and corrects its whole numbers and its null members.
   *
   * @param value as maps, lists, strings, numbers, booleans
   * @return the corrected value and its violations
   */
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
