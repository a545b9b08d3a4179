package dev.synthlab.llm;

import dev.synthlab.json.Json;
import java.io.StringWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;

/** Writes chat completion objects as one line of JSON. */
final class ChatJson {
  private ChatJson() {}

  /** The same JSON, checked and on one line. */
  static String of(String json) throws JacksonException {
    StringWriter line = new StringWriter(json.length());
    try (JsonParser in = Json.mapper().createParser(json);
        JsonGenerator out = Json.mapper().createGenerator(line)) {
      in.nextToken();
      out.copyCurrentStructure(in);
    }
    return line.toString();
  }

  /** The chat completion object with the content of a stream. */
  static String rebuilt(ChatResponseParser answer) {
    Map<String, Object> message = new LinkedHashMap<>();
    message.put("role", "assistant");
    message.put("content", answer.text.toString());
    if (!answer.refusal.isEmpty()) {
      message.put("refusal", answer.refusal.toString());
    }
    if (!answer.calls.isEmpty()) {
      message.put("tool_calls", answer.toolCalls().stream().map(ChatRequestBody::call).toList());
    }
    Map<String, Object> choice = new LinkedHashMap<>();
    choice.put("index", 0);
    choice.put("message", message);
    choice.put("finish_reason", answer.finishReason().value());
    Map<String, Object> whole = new LinkedHashMap<>();
    whole.put("id", answer.id);
    whole.put("object", "chat.completion");
    whole.put("model", answer.model);
    whole.put("choices", List.of(choice));
    if (answer.usage.known()) {
      whole.put(
          "usage",
          Map.of(
              "prompt_tokens", answer.usage.inputTokens(),
              "completion_tokens", answer.usage.outputTokens(),
              "total_tokens", answer.usage.totalTokens()));
    }
    return Json.mapper().writeValueAsString(whole);
  }
}
