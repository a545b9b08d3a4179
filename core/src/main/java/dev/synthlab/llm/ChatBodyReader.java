package dev.synthlab.llm;

import dev.synthlab.call.AttemptResult;
import dev.synthlab.call.CallMetadata;
import dev.synthlab.call.ResponseClassifier;
import dev.synthlab.call.Spend;
import dev.synthlab.http.BodyReader;
import java.io.IOException;
import java.util.Optional;
import tools.jackson.core.JacksonException;

/**
 * Reads a chat completion to its end: one JSON object or the events of a stream, whichever the
 * server sends.
 *
 * @param streamed whether a stream was requested
 * @param onFirstText called when the first text of a stream has arrived
 */
record ChatBodyReader(boolean streamed, Runnable onFirstText)
    implements ResponseReader<PreparedChat, ChatResult> {

  @Override
  public ChatResult read(PreparedChat chat, AttemptResult.ResponseReceived head)
      throws IOException, UnusableResponseException {
    ChatResponseParser answer = new ChatResponseParser(chat.tokenLimit());
    String last = "";
    boolean begun = false;
    try (var body = head.body()) {
      ChatChunks chunks = new ChatChunks(body, head.headers(), streamed);
      for (var next = chunks.next(); next.isPresent(); next = chunks.next()) {
        last = next.get().data();
        answer.add(next.get());
        ChatResult.requireNoError(answer);
        if (chunks.isEventStream()) {
          head.onEvent().run(); // from now on silence is limited, and not the whole time
          if (!begun && !answer.text.isEmpty()) {
            begun = true;
            onFirstText.run();
          }
        }
      }
      ChatResult.requireWhole(answer, chunks, last);
      JsonLine json =
          chunks.isEventStream() || answer.isInPieces()
              ? ChatJson.rebuilt(answer)
              : ChatJson.of(last, answer);
      return result(chat, head, answer, json, last);
    } catch (BodyReader.TooLargeException e) {
      if (answer.text.isEmpty()) {
        throw e;
      }
      throw UnusableResponseException.tooLarge(e, answer.text.toString());
    } catch (JacksonException e) {
      throw UnusableResponseException.notJson(e, last);
    }
  }

  private static ChatResult result(
      PreparedChat chat,
      AttemptResult.ResponseReceived head,
      ChatResponseParser answer,
      JsonLine json,
      String body)
      throws UnusableResponseException {
    ChatResult result =
        ChatResult.of(answer, json, ResponseClassifier.requestId(head.headers()), chat);
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
    return result.spend();
  }

  @Override
  public CallMetadata.AnswerMetadata metadata(PreparedChat chat, ChatResult result) {
    return chat.metadata(result.answer(), result.requestId(), result.spend());
  }

  @Override
  public String text(ChatResult result) {
    return result.answer().text.toString();
  }
}
