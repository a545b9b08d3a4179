package dev.synthlab.llm;

import dev.synthlab.json.Json;
import java.io.StringWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Writes chat completion objects as one line of JSON. */
final class ChatJson {
  private ChatJson() {}

  /** The same JSON on one line; content that is a list of parts becomes the text of the answer. */
  static JsonLine of(String json, ChatResponseParser answer) throws JacksonException {
    if (answer.listed) {
      JsonNode whole = Json.mapper().readTree(json);
      for (JsonNode choice : whole.path("choices")) {
        if (choice.path("message") instanceof ObjectNode message
            && message.path("content").isContainer()) {
          message.put("content", ChatChoice.text(message.path("content")));
          if (whole.path("choices").size() == 1 && !answer.reasoningText.isEmpty()) {
            message.put("reasoning_content", answer.reasoningText.toString());
          }
        }
      }
      return JsonLine.of(whole.toString());
    }
    return JsonLine.ofBody(json);
  }

  /** The first JSON value of a text, without line breaks and blanks between its parts. */
  static String onOneLine(String json) throws JacksonException {
    StringWriter line = new StringWriter(json.length());
    try (JsonParser in = Json.mapper().createParser(json);
        JsonGenerator out = Json.mapper().createGenerator(line)) {
      in.nextToken();
      out.copyCurrentStructure(in);
    }
    return line.toString();
  }

  /** The chat completion object with the content of a stream. */
  static JsonLine rebuilt(ChatResponseParser answer) {
    Map<String, Object> message = new LinkedHashMap<>();
    message.put("role", "assistant");
    message.put("content", answer.text.toString());
    if (!answer.reasoningText.isEmpty()) {
      message.put("reasoning_content", answer.reasoningText.toString());
    }
    if (!answer.refusal.isEmpty()) {
      message.put("refusal", answer.refusal.toString());
    }
    if (!answer.calls.isEmpty()) {
      message.put("tool_calls", answer.toolCalls().stream().map(ChatRequestBody::call).toList());
    }
    Map<String, @Nullable Object> choice = new LinkedHashMap<>();
    choice.put("index", 0);
    choice.put("message", message);
    choice.put(
        "finish_reason", answer.finish.equals(FinishReason.UNKNOWN) ? null : answer.finish.value());
    Map<String, Object> whole = new LinkedHashMap<>();
    whole.put("id", answer.id);
    whole.put("object", "chat.completion");
    whole.put("model", answer.model);
    whole.put("choices", List.of(choice));
    if (answer.usage.known()) {
      Map<String, Object> usage = new LinkedHashMap<>();
      usage.put("prompt_tokens", answer.usage.inputTokens());
      usage.put("completion_tokens", answer.usage.outputTokens());
      usage.put("total_tokens", answer.usage.totalTokens());
      whole.put("usage", usage);
    }
    return JsonLine.of(Json.mapper().writeValueAsString(whole));
  }
}
