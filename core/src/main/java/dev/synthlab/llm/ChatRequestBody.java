package dev.synthlab.llm;

import dev.synthlab.json.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/** Builds the Chat Completions bodies of requests. */
final class ChatRequestBody {
  static final int IMAGE_CHARACTERS = 3_000;

  private ChatRequestBody() {}

  /** The body of a request as a tree, with the defaults of the client. */
  static Map<String, Object> body(
      CompletionRequest request,
      String model,
      ResponseFormatFallback.Strategy strategy,
      boolean stream) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("model", model);
    body.putAll(request.body());
    body.put("model", model);
    body.remove("stream");
    body.remove("stream_options");
    if (!request.messages().isEmpty()) {
      body.putIfAbsent(
          "messages", request.messages().stream().flatMap(ChatRequestBody::messages).toList());
    }
    Map<String, Object> options = request.chatOptions().parameters();
    options.putAll(request.options().parameters());
    options.forEach(body::putIfAbsent);
    if (!body.containsKey("response_format")) {
      ResponseFormatBody.add(request.format(), strategy, body);
    }
    if (!request.tools().isEmpty()) {
      body.putIfAbsent("tools", request.tools().stream().map(ChatRequestBody::tool).toList());
    }
    if (stream) {
      body.put("stream", true);
      body.put("stream_options", Map.of("include_usage", true));
    }
    return body;
  }

  /**
   * An object with two members in this order. The order of {@link Map#of} changes from one start of
   * the JVM to the next, and with it the bytes of a request.
   */
  static Map<String, Object> object(String name, Object value, String name2, Object value2) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put(name, value);
    members.put(name2, value2);
    return members;
  }

  static byte[] bytes(Map<String, Object> body) {
    try {
      return Json.mapper().writeValueAsBytes(body);
    } catch (JacksonException e) {
      throw new IllegalArgumentException(
          "the request has a value that JSON cannot carry: " + e.getOriginalMessage(), e);
    }
  }

  /** Whether the request offers tools, so that a tool call is an answer to it. */
  static boolean offersTools(Map<String, Object> body) {
    return isFilled(body.get("tools")) || isFilled(body.get("functions"));
  }

  /** The number of characters in a body; an image counts as much as a page. */
  static long characters(@Nullable Object value) {
    return switch (value) {
      case null -> 0;
      case String text -> text.startsWith("data:") ? IMAGE_CHARACTERS : text.length();
      case Map<?, ?> map ->
          map.entrySet().stream()
              .mapToLong(e -> characters(e.getKey()) + characters(e.getValue()))
              .sum();
      case List<?> list -> list.stream().mapToLong(ChatRequestBody::characters).sum();
      default -> 4;
    };
  }

  private static boolean isFilled(@Nullable Object value) {
    return value instanceof List<?> list && !list.isEmpty();
  }

  private static Map<String, Object> tool(Tool tool) {
    Map<String, Object> function = new LinkedHashMap<>();
    function.put("name", tool.name());
    function.put("description", tool.description());
    function.put("strict", true);
    function.put("parameters", tool.parameters().tree());
    return object("type", "function", "function", function);
  }

  /** One message, or one message for each tool result. */
  private static Stream<Map<String, Object>> messages(Message message) {
    List<Map<String, Object>> content = new ArrayList<>();
    List<Map<String, Object>> calls = new ArrayList<>();
    List<Map<String, Object>> results = new ArrayList<>();
    for (Part part : message.parts()) {
      switch (part) {
        case Part.Text text -> content.add(object("type", "text", "text", text.text()));
        case Part.Image image ->
            content.add(
                object(
                    "type", "image_url", "image_url", Map.of("url", image.address().toString())));
        case Part.ToolCall call -> calls.add(call(call));
        case Part.ToolResult result -> results.add(result(result));
      }
    }
    if (!results.isEmpty()) {
      return results.stream();
    }
    Map<String, Object> wire = new LinkedHashMap<>();
    wire.put("role", message.role().name().toLowerCase(Locale.ROOT));
    boolean plain = content.stream().allMatch(part -> "text".equals(part.get("type")));
    if (!content.isEmpty()) {
      wire.put("content", plain ? message.text() : content);
    }
    if (!calls.isEmpty()) {
      wire.put("tool_calls", calls);
    }
    return Stream.of(wire);
  }

  static Map<String, Object> call(Part.ToolCall call) {
    Map<String, Object> function = new LinkedHashMap<>();
    function.put("name", call.tool());
    function.put("arguments", call.arguments());
    Map<String, Object> wire = new LinkedHashMap<>();
    wire.put("id", call.id());
    wire.put("type", "function");
    wire.put("function", function);
    return wire;
  }

  private static Map<String, Object> result(Part.ToolResult result) {
    Map<String, Object> wire = new LinkedHashMap<>();
    wire.put("role", "tool");
    wire.put("tool_call_id", result.callId());
    wire.put("content", result.text());
    return wire;
  }
}
