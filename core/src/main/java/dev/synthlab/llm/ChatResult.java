package dev.synthlab.llm;

import dev.synthlab.call.CallReport;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** A chat completion that was read to its end, and the request it answers. */
record ChatResult(
    ChatResponseParser answer, String json, Optional<String> requestId, PreparedChat chat) {

  Completion completion(String request, CallReport report) {
    return new Completion(
        answer.text.toString(),
        answer.finishReason(),
        chat.usage(answer),
        request,
        answer.model.isEmpty() ? request : answer.model,
        requestId,
        json,
        answer.toolCalls(),
        problem(),
        List.of(),
        report);
  }

  private Optional<AnswerException> problem() {
    String text = answer.text.toString();
    if (!answer.refusal.isEmpty()) {
      return Optional.of(new AnswerException.Refused(answer.refusal.toString()));
    }
    if (answer.finishReason().equals(FinishReason.CONTENT_FILTER)) {
      return Optional.of(new AnswerException.ContentFiltered(text));
    }
    if (!answer.calls.isEmpty() && !chat.offersTools()) {
      String names = answer.calls.stream().map(call -> call.tool).collect(Collectors.joining(", "));
      return Optional.of(new AnswerException.UnexpectedToolCall(names, text));
    }
    if (text.isEmpty() && answer.finishReason().equals(FinishReason.LENGTH)) {
      return Optional.of(new AnswerException.Truncated(text));
    }
    return Optional.empty();
  }

  /** Whether a caller can use any part of it. */
  boolean isUsable() {
    return answer.choice
        && (!answer.text.isEmpty()
            || !answer.refusal.isEmpty()
            || !answer.calls.isEmpty()
            || answer.finishReason().equals(FinishReason.LENGTH)
            || answer.finishReason().equals(FinishReason.CONTENT_FILTER));
  }
}
