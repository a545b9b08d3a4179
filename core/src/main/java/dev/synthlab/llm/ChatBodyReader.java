package dev.synthlab.llm;

import dev.synthlab.call.AttemptResult;
import dev.synthlab.call.CallMetadata;
import dev.synthlab.call.ResponseClassifier;
import dev.synthlab.call.Spend;
import dev.synthlab.http.BodyReader;
import dev.synthlab.http.SseReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import tools.jackson.core.JacksonException;

/** Reads a chat completion to its end: one JSON object, or the events of a stream. */
record ChatBodyReader(boolean streamed) implements ResponseReader<PreparedChat, ChatResult> {

  @Override
  public ChatResult read(PreparedChat chat, AttemptResult.ResponseReceived head)
      throws IOException, UnusableResponseException {
    try (var body = head.body()) {
      return streamed
          ? events(chat, head)
          : object(chat, head, BodyReader.whole(body, BodyReader.MAX_BYTES));
    }
  }

  private static ChatResult object(
      PreparedChat chat, AttemptResult.ResponseReceived head, byte[] bytes)
      throws UnusableResponseException {
    // Bytes that are not UTF-8 are replaced: a parser of bytes would refuse the whole answer.
    String text = new String(bytes, StandardCharsets.UTF_8);
    ChatResponseParser answer = new ChatResponseParser(chat.tokenLimit());
    String json;
    try {
      answer.read(text);
      json = ChatJson.of(text);
    } catch (JacksonException e) {
      throw UnusableResponseException.notJson(e, text);
    }
    if (answer.error.isPresent()) {
      throw new UnusableResponseException(
          "status 200 with an error", answer.error.get(), Optional.empty());
    }
    return result(chat, head, answer, json, text);
  }

  private static ChatResult events(PreparedChat chat, AttemptResult.ResponseReceived head)
      throws IOException, UnusableResponseException {
    ChatResponseParser answer = new ChatResponseParser(chat.tokenLimit());
    SseReader events = new SseReader(head.body());
    String last = "";
    try {
      for (var next = events.next(); next.isPresent(); next = events.next()) {
        last = next.get().data();
        if (last.strip().equals("[DONE]")) {
          break;
        }
        answer.add(last);
        if (answer.error.isPresent()) {
          throw new UnusableResponseException(
              "the stream brought an error", answer.error.get(), answer.apiError());
        }
      }
    } catch (BodyReader.TooLargeException e) {
      throw UnusableResponseException.tooLarge(e, answer.text.toString());
    } catch (JacksonException e) {
      throw UnusableResponseException.notJson(e, last);
    }
    if (answer.finish.isEmpty()) {
      throw new UnusableResponseException(
          "the stream ended without a finish reason", last, Optional.empty());
    }
    return result(chat, head, answer, ChatJson.rebuilt(answer), last);
  }

  private static ChatResult result(
      PreparedChat chat,
      AttemptResult.ResponseReceived head,
      ChatResponseParser answer,
      String json,
      String body)
      throws UnusableResponseException {
    ChatResult result =
        new ChatResult(answer, json, ResponseClassifier.requestId(head.headers()), chat);
    if (!result.isUsable()) {
      String missing = answer.choice ? "an answer without text" : "an answer without choices";
      throw new UnusableResponseException(missing, body, Optional.empty());
    }
    return result;
  }

  @Override
  public String noun() {
    return streamed ? "stream" : "answer";
  }

  @Override
  public Spend spend(PreparedChat chat, ChatResult result) {
    return chat.spend(result.answer());
  }

  @Override
  public CallMetadata.AnswerMetadata metadata(PreparedChat chat, ChatResult result) {
    return chat.metadata(result.answer(), result.requestId());
  }

  @Override
  public String text(ChatResult result) {
    return result.answer().text.toString();
  }
}
