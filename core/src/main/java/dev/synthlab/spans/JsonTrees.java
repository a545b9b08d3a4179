package dev.synthlab.spans;

import dev.synthlab.spans.TraceMasking.Hidden;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** Trees of JSON as spans show them. */
final class JsonTrees {
  private static final Set<String> SAID = Set.of("messages", "input", "prompt");
  private static final Set<String> TOOLS = Set.of("tools", "functions");

  private JsonTrees() {}

  static String write(@Nullable Object tree) {
    try {
      return JsonMapper.shared().writeValueAsString(tree);
    } catch (JacksonException | StackOverflowError e) {
      return "(" + (tree == null ? "" : tree.getClass().getName()) + " that cannot be shown)";
    }
  }

  /** A request's body without what is hidden. */
  static @Nullable Object masked(@Nullable Object tree, TraceMasking masking) {
    if (!(tree instanceof Map<?, ?> body)) {
      return shown(tree, masking);
    }
    boolean bare = masking.hides(Hidden.OPENINFERENCE_HIDE_LLM_INVOCATION_PARAMETERS);
    boolean noTools = masking.hides(Hidden.OPENINFERENCE_HIDE_LLM_TOOLS);
    Map<String, @Nullable Object> shown = new LinkedHashMap<>();
    body.forEach(
        (key, value) -> {
          String name = String.valueOf(key);
          boolean tools = TOOLS.contains(name);
          if (tools ? !noTools : !bare || SAID.contains(name)) {
            shown.put(name, shown(value, masking));
          }
        });
    return shown;
  }

  private static @Nullable Object shown(@Nullable Object tree, TraceMasking masking) {
    if (tree instanceof Map<?, ?> map) {
      Map<String, @Nullable Object> shown = new LinkedHashMap<>();
      map.forEach(
          (key, value) ->
              shown.put(
                  String.valueOf(key),
                  "image_url".equals(key) ? image(value, masking) : shown(value, masking)));
      return shown;
    }
    if (tree instanceof List<?> list) {
      return list.stream().map(each -> shown(each, masking)).toList();
    }
    return tree instanceof String text && text.startsWith("data:") ? picture(text, masking) : tree;
  }

  private static @Nullable Object image(@Nullable Object value, TraceMasking masking) {
    if (value instanceof Map<?, ?> map && map.get("url") instanceof String address) {
      Map<String, @Nullable Object> shown = new LinkedHashMap<>();
      map.forEach((key, each) -> shown.put(String.valueOf(key), each));
      shown.put("url", picture(address, masking));
      return shown;
    }
    return value instanceof String address ? picture(address, masking) : shown(value, masking);
  }

  /** The address of a picture, if it may be shown. */
  static String picture(String address, TraceMasking masking) {
    boolean tooLong = address.startsWith("data:") && address.length() > masking.imageLength();
    boolean hidden =
        masking.hides(
            Hidden.OPENINFERENCE_HIDE_INPUT_IMAGES,
            Hidden.OPENINFERENCE_HIDE_INPUTS,
            Hidden.OPENINFERENCE_HIDE_INPUT_MESSAGES);
    return tooLong || hidden ? TraceMasking.REDACTED : address;
  }
}
