package dev.synthlab.openai;

import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.responses.ResponseCreateParams;
import dev.synthlab.test.Replies;
import java.util.ArrayList;
import java.util.List;

/** Requests and replies that several tests have. */
final class Calls {
  static final String RESPONSE =
      """
      {"id":"resp_1","object":"response","created_at":1,"status":"completed","error":null,\
      "incomplete_details":null,"instructions":null,"metadata":{},"model":"gpt-4o-mini-2024",\
      "output":[{"type":"message","id":"msg_1","status":"completed","role":"assistant","content":\
      [{"type":"output_text","text":"Oslo","annotations":[]}]}],"parallel_tool_calls":true,\
      "temperature":1.0,"tool_choice":"auto","tools":[],"top_p":1.0,"usage":{"input_tokens":12,\
      "input_tokens_details":{"cached_tokens":2},"output_tokens":3,"output_tokens_details":\
      {"reasoning_tokens":1},"total_tokens":15}}""";

  private Calls() {}

  static ChatCompletionCreateParams question() {
    return ChatCompletionCreateParams.builder()
        .model("gpt-4o-mini")
        .addUserMessage("The capital of Norway?")
        .build();
  }

  static ResponseCreateParams response() {
    return ResponseCreateParams.builder()
        .model("gpt-4o-mini")
        .instructions("One word.")
        .input("The capital of Norway?")
        .build();
  }

  static String text(ChatCompletion answer) {
    return answer.choices().getFirst().message().content().orElse("");
  }

  /** A whole chat completion with counted tokens. */
  static String counted(String text) {
    return """
        {"id":"chatcmpl-1","object":"chat.completion","created":1,"model":"gpt-4o-mini-2024",\
        "choices":[{"index":0,"finish_reason":"stop","logprobs":null,"message":{"role":"assistant",\
        "refusal":null,"content":%s}}],\
        "usage":{"prompt_tokens":9,"completion_tokens":1,"total_tokens":10}}"""
        .formatted(Replies.quoted(text));
  }

  /** Everything that an exception says: messages of causes and suppressed ones, and its text. */
  static String said(Throwable thrown) {
    List<String> all = new ArrayList<>();
    for (Throwable each = thrown; each != null; each = each.getCause()) {
      all.add(each.toString());
      for (Throwable other : each.getSuppressed()) {
        all.add(said(other));
      }
    }
    return String.join("\n", all);
  }
}
