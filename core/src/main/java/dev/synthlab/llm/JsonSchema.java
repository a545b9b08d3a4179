package dev.synthlab.llm;

import dev.synthlab.http.Json;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;

/**
 * The shape that an answer shall have, as JSON Schema. Immutable.
 *
 * @param name what the shape is called: letters, digits, {@code _} and {@code -}
 * @param tree the schema, as maps, lists, strings, numbers, booleans
 * @see <a href="https://json-schema.org/draft/2020-12">JSON Schema 2020-12</a>
 */
public record JsonSchema(String name, Map<String, Object> tree) {

  /** Keeps a copy. */
  public JsonSchema {
    tree = Collections.unmodifiableMap(new LinkedHashMap<>(tree));
    if (!name.matches("[A-Za-z0-9_-]{1,64}")) {
      throw new IllegalArgumentException(
          "a schema's name has 1 to 64 letters, digits, _ or -, was \"" + name + "\"");
    }
  }

  /**
   * The strict schema of a Java type: records, nested as they may be, enums, lists, maps, sealed
   * interfaces of records. What is no record is wrapped in an object, a list under {@code items},
   * anything else under {@code value}. {@link Described} and {@link Bounds} are heeded.
   *
   * @param type the type
   * @return the schema, named like the type
   * @throws IllegalArgumentException when a part of the type cannot be filled by a model
   */
  public static JsonSchema of(Class<?> type) {
    return Shape.of(type).schema();
  }

  /**
   * A schema as it stands in a file.
   *
   * @param json a JSON object
   * @return the schema, named {@code answer} or by its {@code title}
   * @throws IllegalArgumentException when it is not a JSON object
   */
  public static JsonSchema parse(String json) {
    try {
      Map<String, Object> tree =
          Json.mapper().readValue(json, new TypeReference<Map<String, Object>>() {});
      String title = tree.get("title") instanceof String given ? given : "answer";
      String name = title.replaceAll("[^A-Za-z0-9_-]", "_");
      return new JsonSchema(name.isEmpty() || name.length() > 64 ? "answer" : name, tree);
    } catch (JacksonException e) {
      throw new IllegalArgumentException("not a JSON Schema: " + e.getOriginalMessage(), e);
    }
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
  public static JsonSchema concise(String members) {
    return new JsonSchema("answer", ConciseSchema.tree(members));
  }

  /**
   * The schema of many such answers at once: an object with an array of them under {@code items}.
   *
   * @return another schema of the same name
   */
  public JsonSchema multi() {
    return new JsonSchema(name, StrictSchema.multi(tree));
  }

  /** Whether it is an object of nothing but an array {@code items}. */
  boolean isMulti() {
    return tree.get("properties") instanceof Map<?, ?> members
        && members.size() == 1
        && members.get(Shape.ITEMS) instanceof Map<?, ?> items
        && "array".equals(items.get("type"));
  }

  /**
   * What of a value is not as the schema has it. Keywords that are not known are passed over, as
   * the standard wants it.
   *
   * @param value a JSON object as maps, lists, strings, numbers, booleans
   * @return sentences, each beginning with the path of the part it is about; empty when it fits
   */
  public List<String> violations(Map<String, Object> value) {
    return SchemaCheck.violations(tree, value);
  }

  /**
   * The same within the rules of strict mode, if that can be said in them: properties that are not
   * required become ones that may be null, and what the model shall not be held to is left out. It
   * is meant for the request; an answer is checked against the schema as it was given.
   *
   * @return empty when strict mode cannot express it, free properties for one
   */
  public Optional<JsonSchema> asStrict() {
    return StrictSchema.of(tree).map(strict -> new JsonSchema(name, strict));
  }
}
