package dev.synthlab.test;

import dev.synthlab.json.Json;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Writes the bodies of responses in OpenAI's form. */
final class ReplyBody {
  private static final int CHARACTERS_PER_TOKEN = 4;

  private ReplyBody() {}

  static String error(Reply.ErrorStatus error) {
    return json(
        Map.of(
            "error",
            object("message", error.message(), "type", error.code(), "code", error.code())));
  }

  /** A chat completion. */
  static String chat(LlmRequest request, Reply reply) {
    Map<String, Object> message = object("role", "assistant");
    String finish =
        switch (reply) {
          case Reply.ToolCall call -> {
            message.put("tool_calls", List.of(toolCall(call)));
            yield "tool_calls";
          }
          case Reply.Text text -> {
            message.put(text.refusal() ? "refusal" : "content", text.text());
            yield text.finishReason();
          }
          case Reply.BrokenText text -> {
            message.put("content", String.join("", text.parts()));
            yield "stop";
          }
          default -> throw new IllegalStateException("no chat answer: " + reply.description());
        };
    Map<String, Object> choice = object("index", 0, "message", message, "finish_reason", finish);
    Map<String, Object> body = envelope("chat.completion", request);
    body.put("choices", List.of(choice));
    body.put("usage", usage(request, reply));
    return json(body);
  }

  /** The events of a streamed chat completion; without its end if the stream breaks. */
  static String events(LlmRequest request, Reply reply) {
    List<String> events = new ArrayList<>();
    switch (reply) {
      case Reply.ToolCall call -> {
        Map<String, Object> delta = object("index", 0);
        delta.putAll(toolCall(call));
        events.add(chunk(request, object("tool_calls", List.of(delta)), Optional.empty()));
        events.addAll(end(request, reply, "tool_calls"));
      }
      case Reply.Text text -> {
        String field = text.refusal() ? "refusal" : "content";
        text.parts()
            .forEach(part -> events.add(chunk(request, object(field, part), Optional.empty())));
        events.addAll(end(request, reply, text.finishReason()));
      }
      case Reply.BrokenText text ->
          text.parts()
              .forEach(
                  part -> events.add(chunk(request, object("content", part), Optional.empty())));
      default -> throw new IllegalStateException("no chat answer: " + reply.description());
    }
    StringBuilder text = new StringBuilder();
    events.forEach(event -> text.append("data: ").append(event).append("\n\n"));
    return text.toString();
  }

  private static List<String> end(LlmRequest request, Reply reply, String finishReason) {
    Map<String, Object> usage = envelope("chat.completion.chunk", request);
    usage.put("choices", List.of());
    usage.put("usage", usage(request, reply));
    return List.of(chunk(request, Map.of(), Optional.of(finishReason)), json(usage), "[DONE]");
  }

  private static String chunk(
      LlmRequest request, Map<String, Object> delta, Optional<String> finishReason) {
    Map<String, Object> choice = object("index", 0, "delta", delta);
    finishReason.ifPresent(reason -> choice.put("finish_reason", reason));
    Map<String, Object> body = envelope("chat.completion.chunk", request);
    body.put("choices", List.of(choice));
    return json(body);
  }

  static String vectors(LlmRequest request, List<float[]> vectors) {
    boolean base64 = "base64".equals(request.parameters().get("encoding_format"));
    List<Object> data = new ArrayList<>();
    for (int i = 0; i < vectors.size(); i++) {
      Object vector = base64 ? base64(vectors.get(i)) : vectors.get(i);
      data.add(object("object", "embedding", "index", i, "embedding", vector));
    }
    long tokens = tokens(request.prompt());
    Map<String, Object> body = object("object", "list", "data", data, "model", request.model());
    body.put("usage", object("prompt_tokens", tokens, "total_tokens", tokens));
    return json(body);
  }

  static String images(List<byte[]> images) {
    List<Object> data = new ArrayList<>();
    images.forEach(
        image -> data.add(object("b64_json", Base64.getEncoder().encodeToString(image))));
    return json(object("created", 1, "data", data));
  }

  private static String base64(float[] vector) {
    ByteBuffer bytes = ByteBuffer.allocate(vector.length * Float.BYTES);
    bytes.order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().put(vector);
    return Base64.getEncoder().encodeToString(bytes.array());
  }

  private static Map<String, Object> toolCall(Reply.ToolCall call) {
    return object(
        "id",
        "call_1",
        "type",
        "function",
        "function",
        object("name", call.tool(), "arguments", call.arguments()));
  }

  private static Map<String, Object> envelope(String type, LlmRequest request) {
    return object("id", "fake-1", "object", type, "created", 1, "model", request.model());
  }

  private static Map<String, Object> usage(LlmRequest request, Reply reply) {
    long in = tokens(request.prompt());
    long out =
        switch (reply) {
          case Reply.Text text -> tokens(text.text());
          case Reply.ToolCall call -> tokens(call.arguments());
          default -> 1;
        };
    return object("prompt_tokens", in, "completion_tokens", out, "total_tokens", in + out);
  }

  private static long tokens(String text) {
    return Math.max(
        1, Math.ceilDiv(text.getBytes(StandardCharsets.UTF_8).length, CHARACTERS_PER_TOKEN));
  }

  private static Map<String, Object> object(Object... namesAndValues) {
    Map<String, Object> object = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      object.put(String.valueOf(namesAndValues[i]), namesAndValues[i + 1]);
    }
    return object;
  }

  private static String json(Object body) {
    return Json.mapper().writeValueAsString(body);
  }
}
