package dev.synthlab.llm;

import dev.synthlab.http.Json;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
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
}
