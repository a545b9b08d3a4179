package dev.synthlab.llm;

import dev.synthlab.http.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/** The Chat Completions form of requests. */
final class ChatWire {
  private ChatWire() {}

  /** The body of a request as a tree, with what the request left open filled from the client. */
  static Map<String, Object> body(CompletionRequest request, String model, boolean stream) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("model", model);
    body.putAll(request.body());
    body.put("model", model);
    body.remove("stream");
    body.remove("stream_options");
    if (!request.messages().isEmpty()) {
      body.putIfAbsent("messages", request.messages().stream().map(ChatWire::message).toList());
    }
    request.parameters().forEach(body::putIfAbsent);
    if (request.json()) {
      body.putIfAbsent("response_format", Map.of("type", "json_object"));
    }
    if (stream) {
      body.put("stream", true);
      body.put("stream_options", Map.of("include_usage", true));
    }
    return body;
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

  private static boolean isFilled(@Nullable Object value) {
    return value instanceof List<?> list && !list.isEmpty();
  }

  private static Map<String, Object> message(Message message) {
    Map<String, Object> wire = new LinkedHashMap<>();
    wire.put("role", message.role().name().toLowerCase(Locale.ROOT));
    if (message.parts().stream().allMatch(Part.Text.class::isInstance)) {
      wire.put("content", message.text());
      return wire;
    }
    List<Map<String, Object>> parts = new ArrayList<>();
    for (Part part : message.parts()) {
      parts.add(
          switch (part) {
            case Part.Text text -> Map.of("type", "text", "text", text.text());
            case Part.Image image ->
                Map.of("type", "image_url", "image_url", Map.of("url", image.address().toString()));
          });
    }
    wire.put("content", parts);
    return wire;
  }
}
