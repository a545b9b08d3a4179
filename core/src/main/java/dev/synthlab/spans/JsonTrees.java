package dev.synthlab.spans;

import dev.synthlab.spans.TraceMasking.Hidden;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** Masking of JSON trees for spans. */
final class JsonTrees {
  private static final Set<String> CONTENT_FIELDS = Set.of("messages", "input", "prompt");
  private static final Set<String> TOOL_FIELDS = Set.of("tools", "functions");

  private JsonTrees() {}

  static String write(@Nullable Object tree) {
    try {
      return JsonMapper.shared().writeValueAsString(tree);
    } catch (JacksonException | StackOverflowError e) {
      return "("
          + (tree == null ? "" : tree.getClass().getName())
          + " that cannot be written as JSON)";
    }
  }

  /** The body of a request without its hidden parts. */
  static @Nullable Object masked(@Nullable Object tree, TraceMasking masking) {
    if (!(tree instanceof Map<?, ?> body)) {
      return maskImages(tree, masking);
    }
    boolean hideParameters = masking.hides(Hidden.OPENINFERENCE_HIDE_LLM_INVOCATION_PARAMETERS);
    boolean hideTools = masking.hides(Hidden.OPENINFERENCE_HIDE_LLM_TOOLS);
    Map<String, @Nullable Object> shown = new LinkedHashMap<>();
    body.forEach(
        (key, value) -> {
          String name = String.valueOf(key);
          boolean tools = TOOL_FIELDS.contains(name);
          if (tools ? !hideTools : !hideParameters || CONTENT_FIELDS.contains(name)) {
            shown.put(name, maskImages(value, masking));
          }
        });
    return shown;
  }

  private static @Nullable Object maskImages(@Nullable Object tree, TraceMasking masking) {
    if (tree instanceof Map<?, ?> map) {
      Map<String, @Nullable Object> shown = new LinkedHashMap<>();
      map.forEach(
          (key, value) ->
              shown.put(
                  String.valueOf(key),
                  "image_url".equals(key) ? image(value, masking) : maskImages(value, masking)));
      return shown;
    }
    if (tree instanceof List<?> list) {
      return list.stream().map(each -> maskImages(each, masking)).toList();
    }
    return tree instanceof String text && text.startsWith("data:") ? imageUrl(text, masking) : tree;
  }

  private static @Nullable Object image(@Nullable Object value, TraceMasking masking) {
    if (value instanceof Map<?, ?> map && map.get("url") instanceof String url) {
      Map<String, @Nullable Object> shown = new LinkedHashMap<>();
      map.forEach((key, each) -> shown.put(String.valueOf(key), each));
      shown.put("url", imageUrl(url, masking));
      return shown;
    }
    return value instanceof String url ? imageUrl(url, masking) : maskImages(value, masking);
  }

  /** The URL of an image, or the mask if it is hidden. */
  static String imageUrl(String url, TraceMasking masking) {
    boolean tooLong = url.startsWith("data:") && url.length() > masking.imageLength();
    boolean hidden =
        masking.hides(
            Hidden.OPENINFERENCE_HIDE_INPUT_IMAGES,
            Hidden.OPENINFERENCE_HIDE_INPUTS,
            Hidden.OPENINFERENCE_HIDE_INPUT_MESSAGES);
    return tooLong || hidden ? TraceMasking.REDACTED : url;
  }
}
