package dev.synthlab.cli.generate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A place in a document.
 *
 * @param value what stands there: a map, a list, a text, a number, a truth value or null
 * @param pointer the way to it, as a JSON pointer
 */
record OpenApiNode(@Nullable Object value, String pointer) {

  boolean isObject() {
    return value instanceof Map;
  }

  boolean isList() {
    return value instanceof List;
  }

  /** What stands under a name, if this is an object that has it. */
  Optional<OpenApiNode> child(String name) {
    return value instanceof Map<?, ?> map && map.containsKey(name)
        ? Optional.of(new OpenApiNode(map.get(name), pointer + "/" + escaped(name)))
        : Optional.empty();
  }

  /** All that stands here under names, in the order of the file. */
  Map<String, OpenApiNode> children() {
    Map<String, OpenApiNode> all = new LinkedHashMap<>();
    if (value instanceof Map<?, ?> map) {
      map.keySet().stream()
          .map(String::valueOf)
          .forEach(name -> child(name).ifPresent(node -> all.put(name, node)));
    }
    return all;
  }

  /** The members of the list that stands here. */
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

  /** Whether a name is set to true. */
  boolean isTrue(String name) {
    return child(name).map(node -> Boolean.TRUE.equals(node.value())).orElse(false);
  }

  /** Whether a name is set to false. */
  boolean isFalse(String name) {
    return child(name).map(node -> Boolean.FALSE.equals(node.value())).orElse(false);
  }

  /** The way to this place as a reader would look for it. */
  String location() {
    return pointer.isEmpty() ? "the top" : pointer;
  }

  private static String escaped(String name) {
    return name.replace("~", "~0").replace("/", "~1");
  }
}
