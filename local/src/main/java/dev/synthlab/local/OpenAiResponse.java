package dev.synthlab.local;

import java.nio.charset.StandardCharsets;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Writes a response in the format of an OpenAI server: whole, or as a stream of events. */
sealed interface OpenAiResponse {

  /** Adds text. */
  void text(String text);

  /** Writes the finish reason; the end of the body follows when the slot is free again. */
  void end(String finishReason, Usage usage);

  /** The number of tokens read and generated. */
  record Usage(int prompt, int completion) {
    ObjectNode json() {
      return JsonMapper.shared()
          .createObjectNode()
          .put("prompt_tokens", prompt)
          .put("completion_tokens", completion)
          .put("total_tokens", prompt + completion);
    }
  }

  /** The fields at the beginning of every response. */
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

  /** Server-sent events, each written as soon as there is text. */
  record Events(Head head, ResponsePipe body, boolean withUsage) implements OpenAiResponse {
    /** Writes the role before the first token is generated. */
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
