package dev.synthlab.cli.generate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A node of an OpenAPI document.
 *
 * @param value a map, a list, a string, a number, a boolean or null
 * @param pointer its JSON pointer
 */
record OpenApiNode(@Nullable Object value, String pointer) {

  boolean isObject() {
    return value instanceof Map;
  }

  boolean isList() {
    return value instanceof List;
  }

  /** The child of an object by name. */
  Optional<OpenApiNode> child(String name) {
    return value instanceof Map<?, ?> map && map.containsKey(name)
        ? Optional.of(new OpenApiNode(map.get(name), pointer + "/" + escaped(name)))
        : Optional.empty();
  }

  /** The children of an object, in the order of the file. */
  Map<String, OpenApiNode> children() {
    Map<String, OpenApiNode> all = new LinkedHashMap<>();
    if (value instanceof Map<?, ?> map) {
      map.keySet().stream()
          .map(String::valueOf)
          .forEach(name -> child(name).ifPresent(node -> all.put(name, node)));
    }
    return all;
  }

  /** The elements of a list. */
  List<OpenApiNode> members() {
    List<OpenApiNode> all = new ArrayList<>();
    if (value instanceof List<?> list) {
      for (int i = 0; i < list.size(); i++) {
        all.add(new OpenApiNode(list.get(i), pointer + "/" + i));
      }
    }
    return all;
  }

  Optional<String> text() {
    return value instanceof String text ? Optional.of(text) : Optional.empty();
  }

  Optional<String> text(String name) {
    return child(name).flatMap(OpenApiNode::text);
  }

  /** Whether a child is true. */
  boolean isTrue(String name) {
    return child(name).map(node -> Boolean.TRUE.equals(node.value())).orElse(false);
  }

  /** Whether a child is false. */
  boolean isFalse(String name) {
    return child(name).map(node -> Boolean.FALSE.equals(node.value())).orElse(false);
  }

  /** The pointer, for messages. */
  String location() {
    return pointer.isEmpty() ? "the top" : pointer;
  }

  private static String escaped(String name) {
    return name.replace("~", "~0").replace("/", "~1");
  }
}
