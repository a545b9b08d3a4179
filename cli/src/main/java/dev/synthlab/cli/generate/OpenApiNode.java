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
 * @param counter counts the nodes that are read from the document
 */
record OpenApiNode(@Nullable Object value, String pointer, NodeCounter counter) {

  boolean isObject() {
    return value instanceof Map;
  }

  boolean isList() {
    return value instanceof List;
  }

  /** The child of an object by name. */
  Optional<OpenApiNode> child(String name) {
    return value instanceof Map<?, ?> map && map.containsKey(name)
        ? Optional.of(below(map.get(name), escaped(name)))
        : Optional.empty();
  }

  private OpenApiNode below(@Nullable Object node, String step) {
    counter.add(pointer);
    return new OpenApiNode(node, pointer + "/" + step, counter);
  }

  /** An empty object in the place of this node. */
  OpenApiNode empty() {
    return new OpenApiNode(Map.of(), pointer, counter);
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
        all.add(below(list.get(i), String.valueOf(i)));
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
