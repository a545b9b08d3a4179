package dev.synthlab.llm;

import dev.synthlab.call.CallReport;
import dev.synthlab.http.BodyReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;

/** Reads a chat completion, or the chunks of one. */
final class ChatAnswerReader implements AnswerReader {
  /** A stream may begin with chunks that have only a role; audio has no text at all. */
  private static final int MAX_SILENT_EVENTS = 3;

  private final PassThroughPrompt prompt;
  private final ChatResponseParser answer;
  private String json = "";
  private int events;
  private boolean ended;

  ChatAnswerReader(PassThroughPrompt prompt) {
    this.prompt = prompt;
    this.answer = new ChatResponseParser(prompt.tokenLimit());
  }

  @Override
  public void whole(byte[] bytes)
      throws UnusableResponseException, JacksonException, BodyReader.TooLargeException {
    String body = new String(bytes, StandardCharsets.UTF_8);
    answer.add(new ChatChunks.Chunk(ChatChunks.Kind.BODY, body));
    ChatResult.requireNoError(answer);
    if (!answer.choice) {
      throw new UnusableResponseException("an answer without choices", body, Optional.empty());
    }
    json = body;
  }

  @Override
  public void event(String name, String data)
      throws UnusableResponseException, JacksonException, BodyReader.TooLargeException {
    if (data.equals("[DONE]")) {
      ended = true;
      return;
    }
    events++;
    boolean error = name.equals("error");
    answer.add(new ChatChunks.Chunk(error ? ChatChunks.Kind.ERROR : ChatChunks.Kind.EVENT, data));
    ChatResult.requireNoError(answer);
  }

  @Override
  public boolean hasBegun() {
    return !answer.text.isEmpty()
        || !answer.refusal.isEmpty()
        || !answer.reasoningText.isEmpty()
        || !answer.calls.isEmpty()
        || !answer.finish.equals(FinishReason.UNKNOWN)
        || events >= MAX_SILENT_EVENTS;
  }

  @Override
  public boolean isComplete() {
    return ended || !answer.finish.equals(FinishReason.UNKNOWN);
  }

  @Override
  public Usage usage() {
    long said = (long) answer.text.length() + answer.reasoningText.length();
    return answer.usage.known()
        ? answer.usage
        : Usage.estimated(
            prompt.characters(), said + answer.refusal.length() + answer.calls.characters());
  }

  @Override
  public String model() {
    return answer.model;
  }

  @Override
  public String text() {
    return answer.text.toString();
  }

  @Override
  public void show(LlmSpan span, CallReport report) {
    String requested = prompt.route().resource();
    span.answered(
        new Completion(
            answer.text.toString(),
            answer.reasoningText.toString(),
            answer.finish,
            usage(),
            requested,
            answer.model.isEmpty() ? requested : answer.model,
            Optional.empty(),
            json.isEmpty() ? ChatJson.rebuilt(answer) : JsonLine.of(json),
            answer.toolCalls(),
            Optional.empty(),
            List.of(),
            report));
  }
}
