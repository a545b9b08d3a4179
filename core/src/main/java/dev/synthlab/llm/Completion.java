package dev.synthlab.llm;

import dev.synthlab.call.CallReport;
import java.util.Optional;

/**
 * A model's whole answer.
 *
 * @param text what it said; may be empty when {@link #problem()} says why
 * @param finishReason why it stopped
 * @param usage the tokens
 * @param modelAsked the model the request named
 * @param modelAnswered the model that answered, by its own word
 * @param requestId the server's name for the request
 * @param json the whole answer as one line of JSON, in the form of the chat completion object
 * @param problem set when the answer is not what was asked: refused, filtered, or a tool call
 *     nobody asked for
 * @param report how the call went: attempts, waits, times
 */
public record Completion(
    String text,
    FinishReason finishReason,
    Usage usage,
    String modelAsked,
    String modelAnswered,
    Optional<String> requestId,
    String json,
    Optional<AnswerException> problem,
    CallReport report) {

  /**
   * Whether the token limit cut the text off.
   *
   * @return true when the finish reason is {@code length}
   */
  public boolean truncated() {
    return finishReason.equals(FinishReason.LENGTH);
  }
}
