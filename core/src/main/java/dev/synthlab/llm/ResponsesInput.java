package dev.synthlab.llm;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The input of a request of the Responses API as chat messages, in which spans record it. */
final class ResponsesInput {
  private ResponsesInput() {}

  /** The same body with its input and instructions as {@code messages}. */
  static Map<String, Object> asChat(Map<String, Object> body) {
    Map<String, Object> chat = new LinkedHashMap<>(body);
    List<Object> messages = new ArrayList<>();
    if (chat.remove("instructions") instanceof String text) {
      messages.add(message("system", text));
    }
    Object input = chat.remove("input");
    if (input instanceof List<?> items) {
      items.forEach(item -> messages.add(message(item)));
    } else if (input != null) {
      messages.add(message("user", input));
    }
    chat.put("messages", messages);
    return chat;
  }

  private static Map<String, Object> message(String role, Object content) {
    Map<String, Object> message = new LinkedHashMap<>();
    message.put("role", role);
    message.put("content", content);
    return message;
  }

  private static Map<String, Object> message(Object item) {
    if (!(item instanceof Map<?, ?> map)) {
      return message("user", String.valueOf(item));
    }
    return switch (String.valueOf(map.get("type"))) {
      case "function_call" -> call(map);
      case "function_call_output" -> {
        Map<String, Object> result = message("tool", String.valueOf(map.get("output")));
        result.put("tool_call_id", String.valueOf(map.get("call_id")));
        yield result;
      }
      default ->
          message(
              map.get("role") instanceof String role ? role : "assistant",
              content(map.get("content")));
    };
  }

  private static Map<String, Object> call(Map<?, ?> item) {
    Map<String, Object> function = new LinkedHashMap<>();
    function.put("name", String.valueOf(item.get("name")));
    function.put("arguments", String.valueOf(item.get("arguments")));
    Map<String, Object> call = new LinkedHashMap<>();
    call.put("id", String.valueOf(item.get("call_id")));
    call.put("function", function);
    Map<String, Object> message = message("assistant", "");
    message.put("tool_calls", List.of(call));
    return message;
  }

  private static Object content(@Nullable Object content) {
    if (!(content instanceof List<?> parts)) {
      return content instanceof String text ? text : "";
    }
    return parts.stream()
        .map(
            part ->
                part instanceof Map<?, ?> map && map.get("image_url") instanceof String url
                    ? Map.of("type", "image_url", "image_url", Map.of("url", url))
                    : part)
        .toList();
  }
}
