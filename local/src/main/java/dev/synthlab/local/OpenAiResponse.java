package dev.synthlab.local;

import java.nio.charset.StandardCharsets;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Writes an answer the way an OpenAI server does: whole, or as events while it is made. */
sealed interface OpenAiResponse {

  /** More text was made. */
  void text(String text);

  /** Says why the answer is over; that nothing follows is said when its slot is free again. */
  void end(String finishReason, Usage usage);

  /** How many tokens were read and made. */
  record Usage(int prompt, int completion) {
    ObjectNode json() {
      return JsonMapper.shared()
          .createObjectNode()
          .put("prompt_tokens", prompt)
          .put("completion_tokens", completion)
          .put("total_tokens", prompt + completion);
    }
  }

  /** What stands at the head of every answer. */
  record Head(String id, long created, String model) {
    ObjectNode json(String object) {
      return JsonMapper.shared()
          .createObjectNode()
          .put("id", id)
          .put("object", object)
          .put("created", created)
          .put("model", model);
    }
  }

  /** One JSON document, written at the end. */
  record Whole(Head head, ResponsePipe body, StringBuilder soFar) implements OpenAiResponse {
    @Override
    public void text(String text) {
      soFar.append(text);
    }

    @Override
    public void end(String finishReason, Usage usage) {
      ObjectNode json = head.json("chat.completion");
      ObjectNode choice = json.putArray("choices").addObject();
      choice.put("index", 0);
      choice.putObject("message").put("role", "assistant").put("content", soFar.toString());
      choice.putNull("logprobs");
      choice.put("finish_reason", finishReason);
      json.set("usage", usage.json());
      body.write(json.toString().getBytes(StandardCharsets.UTF_8));
    }
  }

  /** Server-sent events, each written as soon as there is something to say. */
  record Events(Head head, ResponsePipe body, boolean withUsage) implements OpenAiResponse {
    /** Says who speaks before the first token is made. */
    void begin() {
      ObjectNode chunk = chunk();
      choice(chunk).putObject("delta").put("role", "assistant").put("content", "");
      send(chunk.toString());
    }

    @Override
    public void text(String text) {
      ObjectNode chunk = chunk();
      choice(chunk).putObject("delta").put("content", text);
      send(chunk.toString());
    }

    @Override
    public void end(String finishReason, Usage usage) {
      ObjectNode last = chunk();
      ObjectNode choice = choice(last);
      choice.putObject("delta");
      choice.put("finish_reason", finishReason);
      send(last.toString());
      if (withUsage) {
        ObjectNode counted = chunk();
        counted.putArray("choices");
        counted.set("usage", usage.json());
        send(counted.toString());
      }
      send("[DONE]");
    }

    private ObjectNode chunk() {
      return head.json("chat.completion.chunk");
    }

    private static ObjectNode choice(ObjectNode chunk) {
      ObjectNode choice = chunk.putArray("choices").addObject();
      choice.put("index", 0).putNull("finish_reason");
      return choice;
    }

    private void send(String event) {
      body.write(("data: " + event + "\n\n").getBytes(StandardCharsets.UTF_8));
    }
  }
}
