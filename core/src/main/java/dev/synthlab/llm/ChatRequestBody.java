package dev.synthlab.llm;

import dev.synthlab.json.Json;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;

/** Builds the Chat Completions bodies of requests. */
final class ChatRequestBody {
  static final int IMAGE_CHARACTERS = 3_000;
  private static final long MAX_ROOM = 1 << 20;

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
      body.putIfAbsent("messages", messages(request.messages()));
    }
    Map<String, Object> options = request.chatOptions().parameters();
    options.putAll(request.options().parameters());
    for (Map.Entry<String, Object> option : options.entrySet()) {
      body.putIfAbsent(option.getKey(), option.getValue());
    }
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
    return bytes(body, characters(body));
  }

  /** The JSON of a body with that many characters. */
  static byte[] bytes(Map<String, Object> body, long characters) {
    // Room for quotes and escapes; more characters than that are mostly images, not texts.
    int room = (int) Math.min(characters + characters / 4 + 64, MAX_ROOM);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(room);
    try (JsonGenerator out = Json.generator(bytes)) {
      write(body, out);
    } catch (JacksonException e) {
      throw new IllegalArgumentException(
          "the request has a value that JSON cannot carry: " + e.getOriginalMessage(), e);
    }
    return bytes.toByteArray();
  }

  /** Writes a tree as the mapper does; the mapper itself writes what is no tree. */
  private static void write(@Nullable Object value, JsonGenerator out) {
    if (value instanceof String text) {
      out.writeString(text);
    } else if (value instanceof Map<?, ?> map && hasTextKeys(map)) {
      out.writeStartObject();
      for (Map.Entry<?, ?> member : map.entrySet()) {
        out.writeName((String) member.getKey());
        write(member.getValue(), out);
      }
      out.writeEndObject();
    } else if (value instanceof List<?> list) {
      out.writeStartArray();
      for (Object element : list) {
        write(element, out);
      }
      out.writeEndArray();
    } else if (value instanceof Boolean flag) {
      out.writeBoolean(flag);
    } else if (value instanceof Integer number) {
      out.writeNumber(number);
    } else {
      Json.mapper().writeValue(out, value);
    }
  }

  private static boolean hasTextKeys(Map<?, ?> map) {
    for (Object key : map.keySet()) {
      if (!(key instanceof String)) {
        return false;
      }
    }
    return true;
  }

  /** Whether the request offers tools, so that a tool call is an answer to it. */
  static boolean offersTools(Map<String, Object> body) {
    return isFilled(body.get("tools")) || isFilled(body.get("functions"));
  }

  /** The number of characters in a body; an image counts as much as a page. */
  static long characters(@Nullable Object value) {
    if (value instanceof String text) {
      return text.startsWith("data:") ? IMAGE_CHARACTERS : text.length();
    }
    long sum = 0;
    if (value instanceof Map<?, ?> map) {
      for (Map.Entry<?, ?> member : map.entrySet()) {
        sum += characters(member.getKey()) + characters(member.getValue());
      }
    } else if (value instanceof List<?> list) {
      for (Object element : list) {
        sum += characters(element);
      }
    } else if (value != null) {
      sum = 4;
    }
    return sum;
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

  private static List<Map<String, Object>> messages(List<Message> messages) {
    List<Map<String, Object>> wire = new ArrayList<>(messages.size());
    for (Message message : messages) {
      if (isText(message)) {
        wire.add(object("role", message.role().wire(), "content", message.text()));
      } else {
        add(message, wire);
      }
    }
    return wire;
  }

  private static boolean isText(Message message) {
    for (Part part : message.parts()) {
      if (!(part instanceof Part.Text)) {
        return false;
      }
    }
    return true;
  }

  /** Adds one message, or one message for each tool result. */
  private static void add(Message message, List<Map<String, Object>> all) {
    List<Map<String, Object>> content = new ArrayList<>();
    List<Map<String, Object>> calls = new ArrayList<>();
    List<Map<String, Object>> results = new ArrayList<>();
    boolean plain = true;
    for (Part part : message.parts()) {
      switch (part) {
        case Part.Text text -> content.add(object("type", "text", "text", text.text()));
        case Part.Image image -> {
          plain = false;
          content.add(
              object("type", "image_url", "image_url", Map.of("url", image.address().toString())));
        }
        case Part.ToolCall call -> calls.add(call(call));
        case Part.ToolResult result -> results.add(result(result));
      }
    }
    if (!results.isEmpty()) {
      all.addAll(results);
      return;
    }
    Map<String, Object> wire = new LinkedHashMap<>();
    wire.put("role", message.role().wire());
    if (!content.isEmpty()) {
      wire.put("content", plain ? message.text() : content);
    }
    if (!calls.isEmpty()) {
      wire.put("tool_calls", calls);
    }
    all.add(wire);
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
