package dev.synthlab.llm;

import dev.synthlab.call.CallReport;
import dev.synthlab.call.ErrorBody;
import dev.synthlab.call.Spend;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** A chat completion that was read to its end, and the request it answers. */
record ChatResult(
    ChatResponseParser answer,
    JsonLine json,
    Optional<String> requestId,
    PreparedChat chat,
    Usage usage,
    Spend spend) {

  static ChatResult of(
      ChatResponseParser answer, JsonLine json, Optional<String> requestId, PreparedChat chat) {
    Usage usage = chat.usage(answer);
    return new ChatResult(answer, json, requestId, chat, usage, chat.spend(answer, usage));
  }

  Completion completion(String request, CallReport report) {
    return new Completion(
        answer.text.toString(),
        answer.reasoningText.toString(),
        answer.finish,
        usage,
        request,
        answer.model.isEmpty() ? request : answer.model,
        requestId,
        json,
        answer.toolCalls(),
        problem(),
        List.of(),
        report);
  }

  static void requireNoError(ChatResponseParser answer) throws UnusableResponseException {
    if (answer.error.isPresent()) {
      ErrorBody error = answer.error.get();
      throw new UnusableResponseException("an error", error.message(), Optional.of(error));
    }
  }

  /** Refuses a body that ended early, or whose parts do not make one answer. */
  static void requireWhole(ChatResponseParser answer, ChatChunks chunks, String last)
      throws UnusableResponseException {
    boolean isEndKnown = chunks.endStated() || (!chunks.isEventStream() && !answer.isInPieces());
    Optional<String> flaw = answer.flaw(isEndKnown);
    if (flaw.isPresent()) {
      throw new UnusableResponseException(flaw.get(), last, Optional.empty());
    }
  }

  private Optional<AnswerProblem> problem() {
    if (!answer.refusal.isEmpty()) {
      return Optional.of(new AnswerProblem.Refused(answer.refusal.toString()));
    }
    if (answer.finish.equals(FinishReason.CONTENT_FILTER)) {
      return Optional.of(new AnswerProblem.ContentFiltered());
    }
    if (!answer.calls.isEmpty() && !chat.offersTools()) {
      String names =
          answer.toolCalls().stream().map(Part.ToolCall::tool).collect(Collectors.joining(", "));
      return Optional.of(new AnswerProblem.UnexpectedToolCall(names));
    }
    if (answer.text.isEmpty() && answer.finish.equals(FinishReason.LENGTH)) {
      return Optional.of(new AnswerProblem.Truncated());
    }
    return Optional.empty();
  }

  /** Whether a caller can use any part of it. */
  boolean isUsable() {
    return answer.choice
        && answer.error.isEmpty()
        && (!answer.text.isEmpty()
            || !answer.refusal.isEmpty()
            || !answer.calls.isEmpty()
            || answer.finish.equals(FinishReason.LENGTH)
            || answer.finish.equals(FinishReason.CONTENT_FILTER));
  }
}
